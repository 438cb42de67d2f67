import Foundation
import GRDB
import JSONCore
import PluginKit
import Testing

/// Backups of the SQLite plugin, made and put back.
@Suite struct BackupTests {
    private let folder: TemporaryFolder
    private var database: String { folder.path + "/a.sqlite" }
    private var backups: String { folder.path + "/backups" }

    init() throws { folder = try TemporaryFolder() }

    // MARK: - Making one

    @Test func aBackupMadeWhileCommitsGoOnHasAllThatWasAcknowledgedBefore() async throws {
        let plugin = try await plugin(connections: 3)
        let opened = try await plugin.storage.open(clock: .real)
        for number in 0..<10 { _ = try await plugin.storage.commit([Samples.opening("before-\(number)")]) }
        async let during: Void = {
            for number in 0..<50 { _ = try await plugin.storage.commit([Samples.opening("during-\(number)")]) }
        }()
        let made = try await plugin.storage.backup(keep: nil)
        try await during
        await plugin.close()
        _ = await plugin.process.ended()
        let size = try FileManager.default.attributesOfItem(atPath: made.backup.path)[.size] as? Int
        #expect(size == made.backup.bytes)

        let other = folder.path + "/b.sqlite"
        #expect(try await restore(made.backup.path, to: other).code == 0)
        let second = try await ConnectedPlugin.start("storage-sqlite", ["--database", other])
        let reopened = try await second.storage.open(clock: .real)
        #expect(reopened.storeID == opened.storeID && !reopened.created && reopened.position == made.position)
        #expect(try await second.storage.check() == [])
        #expect(try await second.storage.eventCases().prefix(10) == (0..<10).map { "before-\($0)" }[...])
    }

    @Test func onlyOlderScheduledBackupsOfTheSameStoreMakeRoom() async throws {
        let plugin = try await plugin()
        _ = try await plugin.storage.open(clock: .real)
        let manual = try await plugin.storage.backup(keep: nil).backup.path
        let first = try await plugin.storage.backup(keep: 2).backup.path
        // What looks like one but is another store's, somebody else's, or no file.
        let foreign = ["20200101T000000.000Z-scheduled-00000000.sqlite", "notes.sqlite", "x-scheduled-y.sqlite"]
        for name in foreign { try Data("x".utf8).write(to: URL(fileURLWithPath: "\(backups)/\(name)")) }
        let own = URL(fileURLWithPath: first).lastPathComponent.suffix("-scheduled-00000000.sqlite".count)
        let link = "20200101T000000.000Z" + own
        try FileManager.default.createSymbolicLink(atPath: "\(backups)/\(link)", withDestinationPath: database)
        let second = try await plugin.storage.backup(keep: 2)
        #expect(second.removed == [])
        let third = try await plugin.storage.backup(keep: 2)
        #expect(third.removed == [first])
        let kept = [manual, second.backup.path, third.backup.path].map { URL(fileURLWithPath: $0).lastPathComponent }
        #expect(Set(try names()) == Set(kept + foreign + [link]))
    }

    @Test func whatAKilledPluginLeftHalfWrittenIsRemoved() async throws {
        let first = try await plugin()
        _ = try await first.storage.open(clock: .real)
        let made = try await first.storage.backup(keep: nil).backup.path
        await first.close()
        _ = await first.process.ended()
        let name = URL(fileURLWithPath: made).lastPathComponent
        for part in [".\(name).part", ".other.part"] {
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(backups)/\(part)"))
        }
        let second = try await plugin()
        _ = try await second.storage.open(clock: .real)
        #expect(try Set(names()) == [name, ".other.part"])
    }

    @Test(.enabled(if: getuid() == 0, "only root can mount a small file system"))
    func aFullDiskMakesNoBackupAndHarmsNoCommit() async throws {
        try run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder.path)
        defer { try? run("umount", "-l", folder.path) }
        let plugin = try await plugin(connections: 2)
        let storage = plugin.storage
        _ = try await storage.open(clock: .real)
        for number in 0..<85 { _ = try await storage.commit([Samples.opening("c\(number)", bytes: 30_000)]) }
        let error = await #expect(throws: StorageError.self) { try await storage.backup(keep: nil) }
        guard case .backupFailed(_, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("make room"), "\(reason)")
        #expect(try names() == [])
        #expect(try await storage.commit([Samples.opening("after")])[0].isCommitted)
        #expect(try await storage.check() == [])
    }

    @Test func aFolderThatCannotBeMadeIsNamed() async throws {
        try Data().write(to: URL(fileURLWithPath: backups))
        let plugin = try await plugin()
        _ = try await plugin.storage.open(clock: .real)
        let error = await #expect(throws: StorageError.self) { try await plugin.storage.backup(keep: nil) }
        guard case .backupFailed(let path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path.hasPrefix(backups))
        #expect(try await plugin.storage.listBackups() == [])
    }

    // MARK: - Putting one back

    @Test func theStoreThatWasThereIsKept() async throws {
        let backup = try await backedUp(["a"], then: ["b"])
        let result = try await restore(backup, to: database)
        #expect(result.code == 0, "\(result)")
        let report = try #require(JSON(parsing: result.output).objectValue)
        #expect(report["cases"] == 1 && report["events"] == 1 && report["clock"] == "real")
        #expect(try await cases(of: database) == ["a"])
        let previous = try #require(report["previous"]?.stringValue)
        #expect(previous.hasPrefix(database + ".before-restore-"))
        #expect(try await cases(of: previous) == ["a", "b"])
    }

    @Test func aStoreThatEndedBadlyKeepsWhatItsLogHolds() async throws {
        let first = try await plugin()
        _ = try await first.storage.open(clock: .real)
        _ = try await first.storage.commit([Samples.opening("a")])
        let backup = try await first.storage.backup(keep: nil).backup.path
        _ = try await first.storage.commit([Samples.opening("b")])
        first.process.signal(SIGKILL)
        _ = await first.process.ended()
        #expect(FileManager.default.fileExists(atPath: database + "-wal"))
        let result = try await restore(backup, to: database)
        let previous = try #require(JSON(parsing: result.output)["previous"]?.stringValue)
        #expect(try await cases(of: database) == ["a"])
        #expect(try await cases(of: previous) == ["a", "b"])
    }

    /// Moved away without its log, a store leaves something that SQLite would read into the backup.
    @Test func whatIsLeftOfAStoreThatWasMovedAwayIsNotReadIntoTheBackup() async throws {
        let first = try await plugin()
        _ = try await first.storage.open(clock: .real)
        _ = try await first.storage.commit([Samples.opening("a")])
        let backup = try await first.storage.backup(keep: nil).backup.path
        _ = try await first.storage.commit([Samples.opening("b")])
        first.process.signal(SIGKILL)
        _ = await first.process.ended()
        try FileManager.default.moveItem(atPath: database, toPath: database + ".away")
        #expect(FileManager.default.fileExists(atPath: database + "-wal"))
        #expect(try await restore(backup, to: database).code == 0)
        #expect(try await cases(of: database) == ["a"])
    }

    @Test func whatAKilledRestoreLeftIsNotReadIntoTheNext() async throws {
        let backup = try await backedUp(["a"], then: ["b"])
        // A journal that says what pages of a file of this name were before.
        let other = folder.path + "/other.sqlite"
        let left = try sqliteJournal(of: other)
        try FileManager.default.moveItem(atPath: left, toPath: database + ".restoring-journal")
        #expect(try await restore(backup, to: database).code == 0)
        #expect(try await cases(of: database) == ["a"])
    }

    /// A hot journal, as a process leaves it that is killed within a transaction.
    private func sqliteJournal(of path: String) throws -> String {
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            try db.execute(sql: "CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000))")
        }
        return try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA cache_size = 2; BEGIN; UPDATE t SET x = randomblob(100000)")
            let copy = path + ".copy"
            try FileManager.default.copyItem(atPath: path + "-journal", toPath: copy)
            try db.execute(sql: "ROLLBACK")
            return copy
        }
    }

    @Test func aRestoreThatIsKilledLeavesOneStoreOrTheOther() async throws {
        let small = try await backedUp(["a"], then: ["b"])
        let plugin = try await plugin()
        _ = try await plugin.storage.open(clock: .real)
        let large = try await plugin.storage.backup(keep: nil).backup.path
        await plugin.close()
        _ = await plugin.process.ended()
        let began = ContinuousClock.now
        #expect(try await restore(small, to: database).code == 0)
        let took = (ContinuousClock.now - began) / .seconds(1)
        var (isSmall, killed) = (true, 0)
        for step in 1...30 {
            let limit = took * Double(step) / 25
            let result = try await restore(
                isSmall ? large : small, to: database, wrapper: ["timeout", "-s", "KILL", "\(limit)"])
            killed += result.code == 0 ? 0 : 1
            let now = try await cases(of: database)
            #expect(now == ["a"] || now == ["a", "b"])
            if result.code == 0 { #expect(now == (isSmall ? ["a", "b"] : ["a"])) }
            isSmall = now == ["a"]
        }
        #expect(killed > 5)
        #expect(try await restore(small, to: database).code == 0)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!left.contains { $0.hasSuffix(".restoring") })
    }

    @Test func aDamagedStoreIsReplaced() async throws {
        let backup = try await backedUp(["a"])
        try Data("This was a store once.".utf8).write(to: URL(fileURLWithPath: database))
        #expect(try await restore(backup, to: database).code == 0)
        #expect(try await cases(of: database) == ["a"])
    }

    @Test(.enabled(if: getuid() == 0, "only root gives files to others"))
    func theStoreBelongsToWhomItBelonged() async throws {
        let backup = try await backedUp(["a"])
        let state = folder.path + "/state"
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
        chown(state, 54_321, 54_322)
        #expect(try await restore(backup, to: state + "/a.sqlite").code == 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: state) {
            var status = stat()
            #expect(stat("\(state)/\(name)", &status) == 0 && status.st_uid == 54_321 && status.st_gid == 54_322)
            #expect(status.st_mode & 0o7 == 0, "\(name) is for everybody")
        }
    }

    @Test func aStoreInUseIsLeftAlone() async throws {
        let plugin = try await plugin()
        _ = try await plugin.storage.open(clock: .real)
        _ = try await plugin.storage.commit([Samples.opening("a")])
        let backup = try await plugin.storage.backup(keep: nil).backup.path
        let result = try await restore(backup, to: database)
        #expect(result.code == EX_TEMPFAIL && result.errors.contains("in use by process \(plugin.process.pid)"))
        #expect(try await plugin.storage.commit([Samples.opening("b")])[0].isCommitted)
    }

    @Test func whatIsNoSoundBackupOfThisStoreIsRefused() async throws {
        let backup = try await backedUp(["a"], then: ["b"])
        let good = try Data(contentsOf: URL(fileURLWithPath: backup))
        let before = try Data(contentsOf: URL(fileURLWithPath: database))
        func file(_ name: String, _ data: Data) throws -> String {
            let path = folder.path + "/" + name
            try data.write(to: URL(fileURLWithPath: path))
            return path
        }
        func altered(_ name: String, _ sql: String) throws -> String {
            let path = try file(name, good)
            let queue = try DatabaseQueue(path: path)
            try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
            try queue.close()
            return path
        }
        var torn = good
        torn.replaceSubrange(good.count / 2..<good.count / 2 + 4096, with: Data(repeating: 0x55, count: 4096))
        let used = try file("used", good)
        _ = try file("used-wal", Data("x".utf8))
        let foreign = folder.path + "/foreign"
        let queue = try DatabaseQueue(path: foreign)
        try await queue.write { try $0.execute(sql: "CREATE TABLE cases (id)") }
        try queue.close()
        let other = try await TemporaryStore.backup(["a"], clock: .real)
        let rehearsal = try await TemporaryStore.backup(["a"], clock: .rehearsal)
        for (path, status, words) in [
            ("/nowhere/b", EX_NOINPUT, "cannot be read"),
            (try file("text", Data("A letter.".utf8)), EX_DATAERR, "is not a backup of rotationd"),
            (foreign, EX_DATAERR, "is not a backup of rotationd"),
            (try file("cut", good.prefix(good.count - 4096)), EX_DATAERR, "damaged"),
            (try file("torn", torn), EX_DATAERR, "damaged"),
            (try altered("newer", "INSERT INTO grdb_migrations VALUES ('999 more')"), EX_DATAERR, "newer version"),
            (try altered("edited", "UPDATE cases SET head = 'x'"), EX_DATAERR, "is not sound"),
            (used, EX_DATAERR, "used-wal"), (database, EX_DATAERR, "is the store itself"),
            (other.path, EX_DATAERR, "another store"), (rehearsal.path, EX_DATAERR, "rehearsal clock"),
        ] {
            let result = try await restore(path, to: database)
            #expect(result.code == status && result.errors.contains(words), "\(path): \(result)")
            #expect(result.output == "")
        }
        let now = try Data(contentsOf: URL(fileURLWithPath: database))
        #expect(now == before)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!left.contains { $0.contains("restor") }, "\(left)")
    }

    @Test func aDatabaseOfAnotherProgramIsLeftAlone() async throws {
        let backup = try await backedUp(["a"])
        let foreign = folder.path + "/foreign"
        let queue = try DatabaseQueue(path: foreign)
        try await queue.write { try $0.execute(sql: "CREATE TABLE cases (id)") }
        try queue.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: foreign))
        let result = try await restore(backup, to: foreign)
        #expect(result.code == EX_DATAERR && result.errors.contains("left alone"), "\(result)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: foreign)) == before)
    }

    // MARK: -

    private func plugin(connections: Int = 1) async throws -> ConnectedPlugin {
        try await .start("storage-sqlite", ["--database", database], connections: connections)
    }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: backups) }

    /// A store with cases, backed up and then given more; its plugin has ended.
    /// - Returns: The backup's path.
    private func backedUp(_ cases: [String], then more: [String] = []) async throws -> String {
        try await TemporaryStore.backup(database, cases, then: more, clock: .real)
    }

    private func cases(of database: String) async throws -> [String] {
        let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", database])
        _ = try await plugin.storage.open(clock: .real)
        #expect(try await plugin.storage.check() == [])
        let cases = try await plugin.storage.eventCases()
        await plugin.close()
        _ = await plugin.process.ended()
        return cases
    }

    private func restore(
        _ backup: String, to database: String, wrapper: [String] = []
    ) async throws -> (code: Int32?, output: String, errors: String) {
        let process = try PluginProcess(
            "storage-sqlite", ["--restore", backup, "--database", database], wrapper: wrapper)
        let code = await process.ended().code
        let written = await process.written
        return (code, written.output, written.errors)
    }
}

/// A store that was backed up, in a folder of its own.
struct TemporaryStore {
    let folder: TemporaryFolder
    let path: String

    static func backup(_ cases: [String], clock: StoreClock) async throws -> TemporaryStore {
        let folder = try TemporaryFolder()
        return TemporaryStore(
            folder: folder, path: try await backup(folder.path + "/a.sqlite", cases, then: [], clock: clock))
    }

    static func backup(
        _ database: String, _ cases: [String], then more: [String], clock: StoreClock
    ) async throws -> String {
        let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", database])
        _ = try await plugin.storage.open(clock: clock)
        for id in cases { _ = try await plugin.storage.commit([Samples.opening(id)]) }
        let path = try await plugin.storage.backup(keep: nil).backup.path
        for id in more { _ = try await plugin.storage.commit([Samples.opening(id)]) }
        await plugin.close()
        _ = await plugin.process.ended()
        return path
    }
}
