import JSONCore

/// One record that an import adds or changes, or that a deputy's acceptance changed.
public struct DirectoryChange: Sendable, Equatable {
    /// The number of the entry in the history; nil before it is made.
    public var entry: Int?
    public var table: DirectoryRecords.Table
    public var id: String
    /// nil: it is added.
    public var old: JSONObject?
    /// nil in the history of a record that was added: what it is, is in the directory or the next change.
    public var new: JSONObject?

    public init(
        entry: Int? = nil, table: DirectoryRecords.Table, id: String, old: JSONObject? = nil, new: JSONObject? = nil
    ) {
        self.entry = entry
        self.table = table
        self.id = id
        self.old = old
        self.new = new
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            entry: try json.optionalInt("entry"), table: try json.word("table"), id: try json.string("id"),
            old: try json.optionalObject("old"), new: try json.optionalObject("new"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "entry": JSON(entry), "table": .string(table.rawValue), "id": .string(id),
            "old": old.map(JSON.object) ?? .null, "new": new.map(JSON.object) ?? .null,
        ]
        return json.withoutNulls
    }
}
