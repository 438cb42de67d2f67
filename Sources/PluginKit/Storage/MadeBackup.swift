import JSONCore

/// What came of a backup.
public struct MadeBackup: Sendable, Equatable {
    public var backup: StoreBackup
    /// Of the newest event in it.
    public var position: Int
    /// The paths of older ones that made room for it.
    public var removed: [String]

    public init(backup: StoreBackup, position: Int, removed: [String]) {
        self.backup = backup
        self.position = position
        self.removed = removed
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            backup: try json.value("backup", StoreBackup.init(json:)), position: try json.int("position"),
            removed: try json.strings("removed"))
    }

    public var json: JSONObject {
        ["backup": .object(backup.json), "position": .int(position), "removed": JSON(removed)]
    }
}
