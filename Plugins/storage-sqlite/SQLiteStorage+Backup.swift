import Foundation
import GRDB
import PluginKit
import Workflow

extension SQLiteStorage {
    func backup(keep: Int?) async throws(StorageError) -> MadeBackup {
        if let keep, keep < 1 { throw .invalidParameter("keep") }
        let store = try store("Backup")
        let folder = store.backups
        guard !isBackingUp else {
            throw .backupFailed(path: folder.path, reason: "another backup is being made; wait for it")
        }
        isBackingUp = true
        defer { isBackingUp = false }
        let (kind, madeAt) = (keep == nil ? StoreBackup.Kind.manual : .scheduled, Self.now)
        let file = folder.file(kind, madeAt: madeAt)
        let copy: (bytes: Int, position: Int)
        do {
            try folder.make()
            copy = try await Self.copy(store.path, to: file)
        } catch {
            throw .backupFailed(path: file, reason: Self.reason(error))
        }
        return MadeBackup(
            backup: StoreBackup(path: file, kind: kind, madeAt: madeAt, bytes: copy.bytes), position: copy.position,
            removed: keep.map { folder.prune(keeping: $0, besides: file) } ?? [])
    }

    func listBackups() async throws(StorageError) -> [StoreBackup] { try store("ListBackups").backups.list() }

    /// On a connection of its own: a reader among others, which neither stops commits nor sees those after its start.
    private static func copy(_ source: String, to file: String) async throws -> (bytes: Int, position: Int) {
        var configuration = Configuration()
        configuration.label = "backup"
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: source, configuration: configuration)
        defer { try? queue.close() }
        // On the queue's thread, which may wait for the disk.
        return try await queue.writeWithoutTransaction { db in
            try makeSureOfRoom(db, beside: source)
            let part = BackupFolder.part(of: file)
            // Made here for its mode.
            let descriptor = Foundation.open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
            guard descriptor >= 0 else { throw POSIXError.current }
            defer {
                Foundation.close(descriptor)
                unlink(part)
            }
            try db.execute(sql: "VACUUM INTO ?", arguments: [part])
            let position = try checkedPosition(of: part)
            guard fsync(descriptor) == 0, link(part, file) == 0 else { throw POSIXError.current }
            try syncFolder(of: file)
            return (Int(lseek(descriptor, 0, SEEK_END)), position)
        }
    }

    /// Before anything is written: a copy that fills the disk would stop the commits as well, which go on meanwhile and whose
    /// log cannot begin anew while it is read.
    private static func makeSureOfRoom(_ db: Database, beside path: String) throws {
        func pragma(_ name: String) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA \(name)") ?? 0 }
        let needed = try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size") + 16 * leastRoom
        guard let free = freeBytes(beside: path), free < needed else { return }
        throw NoRoom(needed: needed, free: free)
    }

    struct NoRoom: Error, CustomStringConvertible {
        let needed: Int
        let free: Int
        var description: String { "it needs \(needed) bytes and the disk has \(free) left; make room" }
    }

    /// A copy that cannot be read is none.
    private static func checkedPosition(of path: String) throws -> Int {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { db in
            if let problem = try String.fetchOne(db, sql: "PRAGMA quick_check(1)"), problem != "ok" {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: problem)
            }
            return try db.lastPosition
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as POSIXError: error.localizedDescription
        case let error as NoRoom: "\(error)"
        default:
            switch StorageError(error, operation: "Backup") {
            case .unavailable(_, let reason), .unreadable(let reason): reason
            case let other: "\(other)"
            }
        }
    }

    /// What the disk of a file's folder has left; nil when it cannot be told.
    static func freeBytes(beside path: String) -> Int? {
        var status = statvfs()
        let folder = URL(filePath: path).deletingLastPathComponent().path
        return statvfs(folder, &status) == 0 ? Int(status.f_bavail) * Int(status.f_frsize) : nil
    }
}

extension POSIXError {
    /// What errno says.
    static var current: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}

/// Makes a new or other name of a file last.
func syncFolder(of file: String) throws {
    let folder = open(URL(filePath: file).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw POSIXError.current }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw POSIXError.current }
}
