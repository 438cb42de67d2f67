import JSONCore

/// What ``Storage/open(clock:)`` found or made.
public struct OpenedStore: Sendable, Equatable {
    /// Made when the store was made, and never changed.
    public var storeID: String
    public var created: Bool
    /// The position of the store's newest event; 0 when it has none.
    public var position: Int

    public init(storeID: String, created: Bool, position: Int) {
        self.storeID = storeID
        self.created = created
        self.position = position
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            storeID: try json.string("storeId"), created: try json.bool("created"), position: try json.int("position"))
    }

    public var json: JSONObject {
        ["storeId": .string(storeID), "created": .bool(created), "position": .int(position)]
    }
}
