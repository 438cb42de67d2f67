import JSONCore

/// One group of a count: the values of what was grouped by, in that order, and how many cases have them.
public struct CaseCount: Sendable, Equatable {
    public var values: [String]
    public var count: Int

    public init(values: [String], count: Int) {
        self.values = values
        self.count = count
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(values: try json.strings("values"), count: try json.int("count"))
    }

    public var json: JSONObject { ["values": JSON(values), "count": .int(count)] }
}
