import GRDB
import JSONCore
import PluginKit

extension StorageError {
    /// What an error of SQLite or of the system means to the daemon.
    init(_ error: any Error, operation: String) {
        switch error {
        case let error as StorageError: self = error
        case let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode):
            self = .unreadable(reason: "\(operation): \(Self.reason(error)); restore a backup")
        case let error as DatabaseError: self = .unavailable(operation: operation, reason: Self.reason(error))
        case is ColumnError, is JSONSyntaxError, is JSONFieldError:
            self = .unreadable(reason: "\(operation): \(error); was the store changed by hand?")
        default: self = .unavailable(operation: operation, reason: "\(error)")
        }
    }

    /// Whether the disk, not the work, is at fault: trying the parts of a batch one by one would not help.
    static func isDisk(_ error: any Error) -> Bool {
        guard let error = error as? DatabaseError else { return false }
        return [.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_CORRUPT, .SQLITE_NOTADB]
            .contains(error.resultCode)
    }

    private static func reason(_ error: DatabaseError) -> String {
        let text = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        return switch error.resultCode {
        case .SQLITE_FULL: "\(text): the disk is full, or a quota is used up; make room"
        case .SQLITE_READONLY, .SQLITE_CANTOPEN: "\(text): look at the file's owner, mode and file system"
        default: "\(text) (SQLite \(error.extendedResultCode.rawValue))"
        }
    }
}
