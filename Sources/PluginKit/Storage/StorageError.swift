/// Why a storage plugin did not do what it was asked. Unless a case says otherwise, nothing was changed.
public enum StorageError: Error, Equatable, Sendable {
    /// The store was made under the other clock.
    case clockMismatch(storeClock: StoreClock)
    /// Another process holds the store; `holder` says who, as far as is known.
    case storeInUse(holder: String)
    /// The store has no room, cannot be written or has not been opened. It may work later.
    case unavailable(operation: String, reason: String)
    /// The store was made by a newer version of the plugin, or is damaged.
    case unreadable(reason: String)
    /// Another text is kept under this name and version.
    case definitionExists(name: String, version: Int)
    /// No such import was set aside.
    case importNotFound(String)
    /// The file to back up to exists already or cannot be written.
    case backupFailed(path: String, reason: String)
    /// What was asked does not hold together; `parameter` is the path to what is wrong.
    case invalidParameter(String)
    /// The plugin does not do this: it lacks the capability.
    case notSupported(operation: String)
    /// The plugin could not be reached, or the connection broke before its answer came: whether it was done is not known.
    case unreachable(operation: String, reason: String)
    /// What was to be sent to the plugin has more bytes than a message may have.
    case tooLarge(operation: String, bytes: Int, limit: Int)
    /// The plugin answered what the contract does not allow.
    case contractBroken(operation: String, reason: String)
}

extension StorageError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .clockMismatch(let clock):
            "the store was made under the \(clock.rawValue) clock; open it under that one or name another store"
        case .storeInUse(let holder): "the store is in use by \(holder); stop that process or name another store"
        case .unavailable(let operation, let reason): "\(operation): the store is unavailable: \(reason)"
        case .unreadable(let reason): "the store cannot be read: \(reason)"
        case .definitionExists(let name, let version):
            "another text is kept as version \(version) of \(name); give the changed definition a new version"
        case .importNotFound(let name): "no import \(name) was set aside; stage its records again"
        case .backupFailed(let path, let reason): "backup to \(path): \(reason)"
        case .invalidParameter(let parameter): "the parameter \(parameter) is not valid"
        case .notSupported(let operation): "\(operation): the storage plugin does not support this"
        case .unreachable(let operation, let reason): "\(operation): the storage plugin cannot be reached: \(reason)"
        case .tooLarge(let operation, let bytes, let limit):
            "\(operation): \(bytes) bytes are more than the \(limit) of a message to the storage plugin; split it"
        case .contractBroken(let operation, let reason):
            "\(operation): the storage plugin broke its contract: \(reason); update it"
        }
    }
}
