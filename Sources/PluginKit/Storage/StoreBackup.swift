import JSONCore
import Workflow

/// A copy of the store in the plugin's backup folder.
public struct StoreBackup: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Stays until somebody removes it.
        case manual
        /// Makes room for newer ones.
        case scheduled
    }

    /// On the plugin's machine.
    public var path: String
    public var kind: Kind
    /// When it was begun, by the machine's clock.
    public var madeAt: Timestamp
    public var bytes: Int

    public init(path: String, kind: Kind, madeAt: Timestamp, bytes: Int) {
        self.path = path
        self.kind = kind
        self.madeAt = madeAt
        self.bytes = bytes
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            path: try json.string("path"), kind: try json.word("kind"), madeAt: try json.timestamp("madeAt"),
            bytes: try json.int("bytes"))
    }

    public var json: JSONObject {
        [
            "path": .string(path), "kind": .string(kind.rawValue), "madeAt": JSON(madeAt), "bytes": .int(bytes),
        ]
    }
}
