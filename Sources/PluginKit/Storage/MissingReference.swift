import JSONCore

/// A record of an import that names a record which is neither in the import nor in the store.
public struct MissingReference: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case official, unit
    }

    /// Of the record that is missing.
    public var kind: Kind
    public var id: String
    /// The record that names it: "post p-17".
    public var referrer: String

    public init(kind: Kind, id: String, referrer: String) {
        self.kind = kind
        self.id = id
        self.referrer = referrer
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(kind: try json.word("kind"), id: try json.string("id"), referrer: try json.string("referrer"))
    }

    public var json: JSONObject {
        ["kind": .string(kind.rawValue), "id": .string(id), "referrer": .string(referrer)]
    }
}
