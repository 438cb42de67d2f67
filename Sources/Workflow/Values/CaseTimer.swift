import JSONCore

/// A moment that a case waits for. A timer reminds, marks overdue, escalates or opens a child case; it never decides.
public struct CaseTimer: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case remind, overdue, escalate
        /// Opens the next case of a recurrence.
        case open
    }

    /// Unique within the case, e.g. `submit/remind/0`.
    public var id: String
    public var kind: Kind
    /// The deadline or the recurrence in the definition.
    public var name: String
    public var due: Timestamp
    /// For ``Kind/open``: the period to open, e.g. `2022-08`.
    public var period: String?

    public init(id: String, kind: Kind, name: String, due: Timestamp, period: String? = nil) {
        self.id = id
        self.kind = kind
        self.name = name
        self.due = due
        self.period = period
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        guard let kind = Kind(rawValue: try json.string("kind")) else {
            throw JSONFieldError(field: "kind", expected: "one of \(Kind.allCases.map(\.rawValue))")
        }
        self.init(
            id: try json.string("id"), kind: kind, name: try json.string("name"), due: try json.timestamp("due"),
            period: try json.optionalString("period"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "kind": .string(kind.rawValue), "name": .string(name), "due": JSON(due),
            "period": JSON(period),
        ]
        return json.withoutNulls
    }
}
