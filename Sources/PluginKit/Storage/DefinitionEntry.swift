import JSONCore
import Workflow

/// A line of the list of definitions.
public struct DefinitionEntry: Sendable, Equatable {
    public var name: String
    public var version: Int
    public var digest: String
    public var addedAt: Timestamp

    public init(name: String, version: Int, digest: String, addedAt: Timestamp) {
        self.name = name
        self.version = version
        self.digest = digest
        self.addedAt = addedAt
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            name: try json.string("name"), version: try json.int("version"), digest: try json.string("digest"),
            addedAt: try json.timestamp("addedAt"))
    }

    public var json: JSONObject {
        ["name": .string(name), "version": .int(version), "digest": .string(digest), "addedAt": JSON(addedAt)]
    }
}
