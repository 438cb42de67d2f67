import JSONCore
import Workflow

/// A post that an official holds in a unit.
public struct Post: Sendable, Equatable {
    public var id: String
    public var official: String
    public var unit: String
    public var title: String
    /// What the post entitles to.
    public var roles: [String]
    /// Whether it is the official's main post, where the official is assessed.
    public var main: Bool
    /// Whether it leads or manages, which decides on the form of the monthly assessment.
    public var leader: Bool
    /// The block of work (khối công tác) that it belongs to.
    public var block: String?
    /// The first and the last day; nil goes on.
    public var from: LocalDate
    public var to: LocalDate?

    public init(
        id: String, official: String, unit: String, title: String, roles: [String], main: Bool,
        leader: Bool = false, block: String? = nil, from: LocalDate, to: LocalDate? = nil
    ) {
        self.id = id
        self.official = official
        self.unit = unit
        self.title = title
        self.roles = roles
        self.main = main
        self.leader = leader
        self.block = block
        self.from = from
        self.to = to
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), official: try json.string("official"), unit: try json.string("unit"),
            title: try json.string("title"), roles: try json.strings("roles"), main: try json.bool("main"),
            leader: try json.bool("leader"), block: try json.optionalString("block"), from: try json.date("from"),
            to: try json.optionalDate("to"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "official": .string(official), "unit": .string(unit), "title": .string(title),
            "roles": JSON(roles), "main": .bool(main), "leader": .bool(leader), "block": JSON(block),
            "from": JSON(from), "to": JSON(to),
        ]
        return json.withoutNulls
    }
}
