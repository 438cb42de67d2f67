import JSONCore
import Workflow

/// A version of a workflow's definition with the forms that it uses, as text.
public struct StoredDefinition: Sendable, Equatable {
    public var name: String
    public var version: Int
    public var source: String
    /// By the names under which the definition refers to them.
    public var forms: [String: String]
    /// The SHA-256 of source and forms, made by whoever saves it.
    public var digest: String
    public var addedAt: Timestamp

    public init(
        name: String, version: Int, source: String, forms: [String: String], digest: String, addedAt: Timestamp
    ) {
        self.name = name
        self.version = version
        self.source = source
        self.forms = forms
        self.digest = digest
        self.addedAt = addedAt
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            name: try json.string("name"), version: try json.int("version"), source: try json.string("source"),
            forms: try json.optionalStringMap("forms") ?? [:], digest: try json.string("digest"),
            addedAt: try json.timestamp("addedAt"))
    }

    public var json: JSONObject {
        [
            "name": .string(name), "version": .int(version), "source": .string(source), "forms": JSON(forms),
            "digest": .string(digest), "addedAt": JSON(addedAt),
        ]
    }
}
