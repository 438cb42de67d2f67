import JSONCore
import Workflow

/// A unit of the organisation as it is for a time. It is known by its id and its first day: a unit that is renamed or moved
/// in the tree has another row with the same id from a later day, one that is merged into another has a successor.
public struct Unit: Sendable, Equatable {
    public var id: String
    public var name: String
    /// A level of the organisation by its configured name: commune, district …
    public var level: String
    public var parent: String?
    /// The first and the last day of the row, both included; nil is without begin or end.
    public var from: LocalDate?
    public var to: LocalDate?
    /// The unit that takes its place when the row ends.
    public var successor: String?
    /// The defaults of those who hold a post in it.
    public var preferences: Preferences

    public init(
        id: String, name: String, level: String, parent: String? = nil, from: LocalDate? = nil, to: LocalDate? = nil,
        successor: String? = nil, preferences: Preferences = Preferences()
    ) {
        self.id = id
        self.name = name
        self.level = level
        self.parent = parent
        self.from = from
        self.to = to
        self.successor = successor
        self.preferences = preferences
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), name: try json.string("name"), level: try json.string("level"),
            parent: try json.optionalString("parent"), from: try json.optionalDate("from"),
            to: try json.optionalDate("to"), successor: try json.optionalString("successor"),
            preferences: try json.preferences())
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "name": .string(name), "level": .string(level), "parent": JSON(parent),
            "from": JSON(from), "to": JSON(to), "successor": JSON(successor), "preferences": JSON(preferences),
        ]
        return json.withoutNulls
    }
}
