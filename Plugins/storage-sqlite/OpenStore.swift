import Foundation
import GRDB
import PluginKit

/// A store that is open: its connections and the hold of its file.
final class OpenStore: Sendable {
    let path: String
    let storeID: String
    let clock: StoreClock
    let backups: BackupFolder
    /// Readers see what was committed before they began and never wait for the writer.
    let pool: DatabasePool
    let writer: GroupWriter
    private let checkpointer: Checkpointer
    // Let go last, when the connections are closed.
    private let lock: FileLock

    /// - Returns: Whether the store was made.
    static func open(path: String, clock: StoreClock, newID: String, now: String) throws -> (OpenStore, created: Bool) {
        let lock: FileLock
        do {
            lock = try FileLock(path: path)
        } catch let held as FileLock.Held {
            throw StorageError.storeInUse(holder: held.holder)
        } catch {
            throw StorageError.unavailable(
                operation: "Open",
                reason: "\(path).lock: \(error.localizedDescription); look at the folder's owner and mode")
        }
        try refuseForeign(path: path)
        // Made here for its mode, which SQLite gives to the files beside it: personnel files are not for everybody.
        Foundation.close(Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640))
        let pool = try DatabasePool(path: path, configuration: configuration)
        let created = try pool.write { db in
            if try Int.fetchOne(db, sql: "SELECT 1 FROM sqlite_master WHERE name = 'store'") == nil { return true }
            let made = try String.fetchOne(db, sql: "SELECT clock FROM store").flatMap(StoreClock.init(rawValue:))
            guard let made else { throw StorageError.unreadable(reason: "\(path) does not say who made it") }
            if made != clock { throw StorageError.clockMismatch(storeClock: made) }
            return false
        }
        try Schema.migrator.migrate(pool)
        let storeID = try pool.writeWithoutTransaction { db in
            // A pool sets NORMAL when it turns the write-ahead log on, and would lose acknowledged commits at a power cut.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA cache_size = -65536")
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
            try db.inTransaction(.immediate) {
                if created {
                    try db.execute(sql: "INSERT INTO store VALUES (?, ?, ?)", arguments: [newID, clock.rawValue, now])
                }
                try db.forgetStaged()
                return .commit
            }
            return try String.fetchOne(db, sql: "SELECT id FROM store") ?? ""
        }
        return (try OpenStore(path: path, storeID: storeID, clock: clock, pool: pool, lock: lock), created)
    }

    private init(path: String, storeID: String, clock: StoreClock, pool: DatabasePool, lock: consuming FileLock) throws
    {
        self.path = path
        self.storeID = storeID
        self.clock = clock
        self.pool = pool
        self.lock = lock
        backups = BackupFolder(database: path, storeID: storeID)
        backups.removeParts()
        let checkpointer = try Checkpointer(path: path)
        self.checkpointer = checkpointer
        pool.writeWithoutTransaction { checkpointer.watch($0) }
        writer = try GroupWriter(pool: pool) { checkpointer.batchWritten($0) }
    }

    /// Closes the connections, after which the log is part of the database file.
    func close() throws {
        writer.close()
        try pool.close()
        // Last: the pool's last connection is a reader, which could not take the log in.
        try checkpointer.close()
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "store"
        configuration.maximumReaderCount = 4
        // An administrator's sqlite3 may hold the file for a moment.
        configuration.busyMode = .timeout(10)
        return configuration
    }

    /// Refuses a file that is not ours or that a newer version made, before anything in it is touched.
    private static func refuseForeign(path: String) throws {
        guard (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int).flatMap({ $0 }) ?? 0 > 0 else {
            return
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        try queue.read { db in
            guard try Int.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else {
                throw StorageError.unreadable(reason: "\(path) is not a store of rotationd; name another file")
            }
            if try Schema.migrator.hasBeenSuperseded(db) {
                throw StorageError.unreadable(
                    reason: "\(path) was made by a newer version of storage-sqlite; install that version")
            }
        }
    }
}
