import JSONCore
import Workflow

/// A unit of the organisation.
public struct Unit: Sendable, Equatable {
    public var id: String
    public var name: String
    /// A level of the organisation by its configured name: commune, district …
    public var level: String
    public var parent: String?
    /// The first and the last day on which it exists; nil goes on.
    public var from: LocalDate?
    public var to: LocalDate?
    /// The unit that it was merged into or renamed to.
    public var successor: String?

    public init(
        id: String, name: String, level: String, parent: String? = nil, from: LocalDate? = nil, to: LocalDate? = nil,
        successor: String? = nil
    ) {
        self.id = id
        self.name = name
        self.level = level
        self.parent = parent
        self.from = from
        self.to = to
        self.successor = successor
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), name: try json.string("name"), level: try json.string("level"),
            parent: try json.optionalString("parent"), from: try json.optionalDate("from"),
            to: try json.optionalDate("to"), successor: try json.optionalString("successor"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "name": .string(name), "level": .string(level), "parent": JSON(parent),
            "from": JSON(from), "to": JSON(to), "successor": JSON(successor),
        ]
        return json.withoutNulls
    }
}
