import JSONCore

/// Where the chain of all events stood when a day had ended.
public struct Seal: Sendable, Equatable {
    /// The id of the store.
    public var store: String
    /// The last day that had ended, in the district's time zone.
    public var day: LocalDate
    public var chain: EventChain

    public init(store: String, day: LocalDate, chain: EventChain) {
        self.store = store
        self.day = day
        self.chain = chain
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        guard let day = LocalDate(try json.string("day")) else {
            throw JSONFieldError(field: "day", expected: "a date such as 2022-07-29")
        }
        self.init(
            store: try json.string("store"), day: day,
            chain: EventChain(position: try json.int("position"), head: try json.string("head")))
    }

    public var json: JSONObject {
        [
            "store": .string(store), "day": .string(day.description), "position": .int(chain.position),
            "head": .string(chain.head),
        ]
    }
}
