import JSONCore
import Varlink

/// The errors of the interface org.rotationd.Storage.
extension StorageError {
    private static let interface = "org.rotationd.Storage."

    /// What a plugin answers.
    var varlink: VarlinkError {
        func error(_ name: String, _ parameters: JSONObject) -> VarlinkError {
            VarlinkError(Self.interface + name, parameters)
        }
        switch self {
        case .clockMismatch(let clock): return error("ClockMismatch", ["storeClock": .string(clock.rawValue)])
        case .storeInUse(let holder): return error("StoreInUse", ["holder": .string(holder)])
        case .unavailable(let operation, let reason), .unreachable(let operation, let reason),
            .contractBroken(let operation, let reason):
            return error("StorageUnavailable", ["operation": .string(operation), "reason": .string(reason)])
        case .tooLarge(let operation, _, _):
            return error(
                "StorageUnavailable", ["operation": .string(operation), "reason": .string(description)])
        case .unreadable(let reason): return error("StoreUnreadable", ["reason": .string(reason)])
        case .definitionExists(let name, let version):
            return error("DefinitionExists", ["name": .string(name), "version": .int(version)])
        case .importNotFound(let name): return error("ImportNotFound", ["import": .string(name)])
        case .backupFailed(let path, let reason):
            return error("BackupFailed", ["path": .string(path), "reason": .string(reason)])
        case .invalidParameter(let parameter): return .invalidParameter(parameter)
        case .notSupported(let operation): return .methodNotImplemented(Self.interface + operation)
        }
    }

    /// What came of a call.
    init(_ error: any Error, operation: String) {
        switch error {
        case let error as StorageError: self = error
        case let error as VarlinkError: self = Self.answered(error, operation)
        case let error as ConnectionError:
            if case .messageTooLarge(let bytes, let limit) = error.reason {
                self = .tooLarge(operation: operation, bytes: bytes, limit: limit)
            } else {
                self = .unreachable(operation: operation, reason: "\(error)")
            }
        case let error as JSONFieldError: self = .contractBroken(operation: operation, reason: "its answer: \(error)")
        default: self = .unreachable(operation: operation, reason: "\(error)")
        }
    }

    private static func answered(_ error: VarlinkError, _ operation: String) -> StorageError {
        let parameters = error.parameters
        do throws(JSONFieldError) {
            switch error.name {
            case interface + "ClockMismatch": return .clockMismatch(storeClock: try parameters.word("storeClock"))
            case interface + "StoreInUse": return .storeInUse(holder: try parameters.string("holder"))
            case interface + "StorageUnavailable":
                return .unavailable(
                    operation: try parameters.string("operation"), reason: try parameters.string("reason"))
            case interface + "StoreUnreadable": return .unreadable(reason: try parameters.string("reason"))
            case interface + "DefinitionExists":
                return .definitionExists(name: try parameters.string("name"), version: try parameters.int("version"))
            case interface + "ImportNotFound": return .importNotFound(try parameters.string("import"))
            case interface + "BackupFailed":
                return .backupFailed(path: try parameters.string("path"), reason: try parameters.string("reason"))
            case "org.varlink.service.InvalidParameter":
                return .invalidParameter(try parameters.string("parameter"))
            case "org.varlink.service.MethodNotImplemented", "org.varlink.service.MethodNotFound":
                return .notSupported(operation: operation)
            default: return .contractBroken(operation: operation, reason: "it answered \(error)")
            }
        } catch {
            return .contractBroken(operation: operation, reason: "an error's \(error)")
        }
    }
}
