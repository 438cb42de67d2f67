import JSONCore
import Workflow

/// One change of the directory as a whole: an import, or the acceptance of a delegation.
public struct DirectoryEntry: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case `import`, acceptance
    }

    public var number: Int
    public var kind: Kind
    public var at: Timestamp
    /// The login of who did it; of an acceptance, the deputy.
    public var by: String
    public var added: Int
    public var changed: Int

    public init(number: Int, kind: Kind, at: Timestamp, by: String, added: Int, changed: Int) {
        self.number = number
        self.kind = kind
        self.at = at
        self.by = by
        self.added = added
        self.changed = changed
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            number: try json.int("number"), kind: try json.word("kind"), at: try json.timestamp("at"),
            by: try json.string("by"), added: try json.int("added"), changed: try json.int("changed"))
    }

    public var json: JSONObject {
        [
            "number": .int(number), "kind": .string(kind.rawValue), "at": JSON(at), "by": .string(by),
            "added": .int(added), "changed": .int(changed),
        ]
    }
}
