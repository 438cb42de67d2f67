import Foundation
import GRDB
import JSONCore
import PluginKit
import Workflow

/// Puts a backup in the place of a store that nobody holds. At any moment the database is either the old one or the whole
/// new one; the old one is kept under another name.
struct Restore {
    let backup: String
    let database: String

    /// Why nothing was changed.
    struct Refusal: Error, CustomStringConvertible {
        /// As in sysexits.h.
        let status: Int32
        let description: String

        static func data(_ text: String) -> Refusal { Refusal(status: EX_DATAERR, description: text) }
        static func cannotWrite(_ path: String) -> Refusal {
            let reason = POSIXError.current.localizedDescription
            return Refusal(
                status: EX_CANTCREAT,
                description: "\(path) cannot be written: \(reason); run this as root, with room on the disk")
        }
    }

    /// What a store says of itself.
    struct Facts {
        let storeID: String
        let clock: String
        let cases: Int
        let events: Int
        let lastCommitAt: String?

        init(_ db: Database) throws {
            (storeID, clock) = try db.row("SELECT id, clock FROM store") { ($0[0], $0[1]) } ?? ("", "")
            cases = try db.row("SELECT cases FROM totals") { $0[0] } ?? 0
            let newest = try db.row("SELECT position, at FROM events ORDER BY position DESC LIMIT 1") {
                ($0[0] as Int, $0[1] as String)
            }
            events = newest?.0 ?? 0
            lastCommitAt = newest?.1
        }
    }

    /// - Returns: What is there now, as one JSON object.
    func run(now: Timestamp) throws -> JSONObject {
        try refuseOther()
        let folder = URL(filePath: database).deletingLastPathComponent().path
        var place = stat()
        guard stat(database, &place) == 0 || stat(folder, &place) == 0 else { throw Refusal.cannotWrite(folder) }
        let lock = try hold(owner: place)
        defer { withExtendedLifetime(lock) {} }

        let part = database + ".restoring"
        // With what SQLite left beside it when an earlier one was killed: it would be taken for this copy's.
        func removePart() { for suffix in ["", "-journal", "-wal", "-shm"] { unlink(part + suffix) } }
        removePart()
        defer { removePart() }
        try copy(to: part)
        let facts = try inspect(part)
        try compare(facts, with: existing())
        // SQLite has written to it, so it is synced only now; its owner is that of what it replaces.
        let descriptor = open(part, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw Refusal.cannotWrite(part) }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o640) == 0, Self.give(descriptor, to: place), fsync(descriptor) == 0 else {
            throw Refusal.cannotWrite(part)
        }
        let aside = try replace(with: part, now: now)
        let json: JSONObject = [
            "database": .string(database), "cases": .int(facts.cases), "events": .int(facts.events),
            "lastCommitAt": JSON(facts.lastCommitAt), "clock": .string(facts.clock), "previous": JSON(aside),
        ]
        return json.withoutNulls
    }

    // MARK: - What is refused

    /// Refuses what is no backup, before anything is written.
    private func refuseOther() throws {
        guard let file = FileHandle(forReadingAtPath: backup) else {
            throw Refusal(
                status: EX_NOINPUT, description: "\(backup) cannot be read: \(POSIXError.current.localizedDescription)")
        }
        defer { try? file.close() }
        let header = (try? file.read(upToCount: 100)) ?? Data()
        guard header.starts(with: Array("SQLite format 3\0".utf8)), header.count == 100,
            header[68..<72].reduce(0, { $0 << 8 | Int($1) }) == Schema.applicationID
        else { throw Refusal.data("\(backup) is not a backup of rotationd; name another file") }
        var log = stat()
        if stat(backup + "-wal", &log) == 0, log.st_size > 0 {
            throw Refusal.data(
                "\(backup) is a store that was in use, not a backup: what is in \(backup)-wal would be lost")
        }
        var (source, target) = (stat(), stat())
        if stat(backup, &source) == 0, stat(database, &target) == 0, source.st_ino == target.st_ino,
            source.st_dev == target.st_dev
        {
            throw Refusal.data("\(backup) is the store itself; name a backup of it")
        }
    }

    private func hold(owner place: stat) throws -> FileLock {
        let path = database + ".lock"
        let isNew = access(path, F_OK) != 0
        do {
            let lock = try FileLock(path: database)
            // Made by root it would keep the plugin's user out.
            if isNew, getuid() == 0 { lchown(path, place.st_uid, place.st_gid) }
            return lock
        } catch let held as FileLock.Held {
            throw Refusal(
                status: EX_TEMPFAIL,
                description: "\(database) is in use by \(held.holder); stop the storage plugin first")
        } catch {
            throw Refusal.cannotWrite(path)
        }
    }

    /// Goes through the whole copy, and brings its tables up to date as opening it would.
    private func inspect(_ part: String) throws -> Facts {
        do {
            let queue = try DatabaseQueue(path: part)
            defer { try? queue.close() }
            let damage = try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(10)") }
            guard damage == ["ok"] else {
                throw Refusal.data("\(backup) is damaged: \(damage.joined(separator: "; "))")
            }
            guard try !queue.read(Schema.migrator.hasBeenSuperseded) else {
                throw Refusal.data("\(backup) was made by a newer version of storage-sqlite; install that version")
            }
            try Schema.migrator.migrate(queue)
            let (facts, problems) = try queue.read { (try Facts($0), try SQLiteStorage.problems($0)) }
            guard problems.isEmpty else {
                throw Refusal.data("\(backup) is not sound: \(problems.prefix(10).joined(separator: "; "))")
            }
            return facts
        } catch let error as DatabaseError {
            throw Refusal.data("\(backup) is damaged: \(error.message ?? "\(error.resultCode)")")
        }
    }

    /// What the old store says; nil when there is none or it cannot be read. Its log becomes part of it, so that it is one
    /// file.
    private func existing() throws -> Facts? {
        var status = stat()
        guard stat(database, &status) == 0, status.st_size > 0 else { return nil }
        guard let queue = try? DatabaseQueue(path: database) else { return nil }
        defer { try? queue.close() }
        guard let application = try? queue.read({ try Int.fetchOne($0, sql: "PRAGMA application_id") }) else {
            return nil
        }
        guard application == Schema.applicationID else {
            throw Refusal.data(
                "\(database) is not a store of rotationd and is left alone; name the store with --database")
        }
        _ = try? queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        do {
            return try queue.read { try Facts($0) }
        } catch let error as DatabaseError
            where [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode)
        {
            return nil
        } catch {
            throw Refusal(
                status: EX_TEMPFAIL,
                description: "\(database) cannot be compared with the backup (\(error)); move it away first")
        }
    }

    private func compare(_ facts: Facts, with old: Facts?) throws {
        guard let old else { return }
        if old.clock != facts.clock {
            throw Refusal.data(
                """
                \(backup) was made under the \(facts.clock) clock and \(database) under the \(old.clock) clock; \
                name a backup of this store
                """)
        }
        // An empty store is what the plugin makes when it finds none.
        if old.storeID != facts.storeID, old.events > 0 {
            throw Refusal.data(
                """
                \(backup) is a backup of another store (\(facts.storeID)) than \(database) (\(old.storeID), \
                \(old.cases) cases); to use it all the same, move that one away first
                """)
        }
    }

    // MARK: - What is changed

    private func copy(to part: String) throws {
        let source = open(backup, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else {
            throw Refusal(
                status: EX_NOINPUT, description: "\(backup) cannot be read: \(POSIXError.current.localizedDescription)")
        }
        defer { close(source) }
        let target = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard target >= 0 else { throw Refusal.cannotWrite(part) }
        defer { close(target) }
        while true {
            let count = sendfile(target, source, nil, 1 << 30)
            if count == 0 { return }
            if count < 0, errno != EINTR { throw Refusal.cannotWrite(part) }
        }
    }

    /// Only root gives files to others; anybody else is the owner already.
    private static func give(_ descriptor: Int32, to place: stat) -> Bool {
        getuid() != 0 || fchown(descriptor, place.st_uid, place.st_gid) == 0
    }

    /// - Returns: What the old store is called now.
    private func replace(with part: String, now: Timestamp) throws -> String? {
        var aside: String?
        if access(database, F_OK) == 0 {
            let name = "\(database).before-restore-\(BackupFolder.text(now))"
            guard link(database, name) == 0 else { throw Refusal.cannotWrite(name) }
            aside = name
        }
        // Only a damaged store still has a log here, or one that was moved away without it. Left behind, it would be taken
        // for the new one's.
        for suffix in ["-wal", "-journal"] where access(database + suffix, F_OK) == 0 {
            let name = "\(database).before-restore-\(BackupFolder.text(now))" + suffix
            guard rename(database + suffix, name) == 0 else { throw Refusal.cannotWrite(name) }
        }
        unlink(database + "-shm")
        try syncFolder(of: database)
        guard rename(part, database) == 0 else { throw Refusal.cannotWrite(database) }
        try syncFolder(of: database)
        return aside
    }
}
