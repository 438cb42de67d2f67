import JSONCore

/// How many records of one kind an import adds, changes and leaves as they are.
public struct ImportCount: Sendable, Equatable {
    public var added: Int
    public var changed: Int
    public var same: Int

    public static let zero = ImportCount(added: 0, changed: 0, same: 0)

    public init(added: Int, changed: Int, same: Int) {
        self.added = added
        self.changed = changed
        self.same = same
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(added: try json.int("added"), changed: try json.int("changed"), same: try json.int("same"))
    }

    public var json: JSONObject {
        ["added": .int(added), "changed": .int(changed), "same": .int(same)]
    }
}
