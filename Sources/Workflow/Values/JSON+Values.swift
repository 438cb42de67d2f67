import JSONCore

extension JSON {
    /// The instant's text, or null for nil.
    public init(_ timestamp: Timestamp?) { self = timestamp.map { .string($0.description) } ?? .null }
    public init(_ date: LocalDate?) { self = date.map { .string($0.description) } ?? .null }
}

extension JSONObject {
    public func timestamp(_ name: String) throws(JSONFieldError) -> Timestamp {
        guard let timestamp = Timestamp(try string(name)) else {
            throw JSONFieldError(field: name, expected: "an RFC 3339 time such as 2022-07-29T02:00:00Z")
        }
        return timestamp
    }

    public func optionalTimestamp(_ name: String) throws(JSONFieldError) -> Timestamp? {
        try optionalString(name) == nil ? nil : try timestamp(name)
    }

    public func date(_ name: String) throws(JSONFieldError) -> LocalDate {
        guard let date = LocalDate(try string(name)) else {
            throw JSONFieldError(field: name, expected: "a date such as 2022-07-29")
        }
        return date
    }

    public func optionalDate(_ name: String) throws(JSONFieldError) -> LocalDate? {
        try optionalString(name) == nil ? nil : try date(name)
    }
}
