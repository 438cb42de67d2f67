import JSONCore

/// How many officials have their main posts in one unit and block.
public struct OfficialCount: Sendable, Hashable {
    public var unit: String
    /// "" when their posts name none.
    public var block: String
    /// Whether the posts lead or manage.
    public var leader: Bool
    public var count: Int

    public init(unit: String, block: String, leader: Bool, count: Int) {
        self.unit = unit
        self.block = block
        self.leader = leader
        self.count = count
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            unit: try json.string("unit"), block: try json.string("block"), leader: try json.bool("leader"),
            count: try json.int("count"))
    }

    public var json: JSONObject {
        ["unit": .string(unit), "block": .string(block), "leader": .bool(leader), "count": .int(count)]
    }
}
