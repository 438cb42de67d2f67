import Foundation
import GRDB
import PluginKit
import Testing
import Varlink

/// What the SQLite plugin promises beyond the contract.
@Suite struct SQLiteStoreTests {
    @Test(.enabled(if: isExecutable("/usr/bin/strace"), "strace is not installed"))
    func everyCommitIsSyncedBeforeItIsAcknowledged() async throws {
        let folder = try TemporaryFolder()
        let log = folder.path + "/strace.txt"
        let plugin = try await ConnectedPlugin.start(
            "storage-sqlite", ["--database", folder.path + "/a.sqlite"],
            wrapper: ["/usr/bin/strace", "-f", "-y", "-e", "trace=fdatasync,fsync", "-o", log])
        _ = try await plugin.storage.open(clock: .real)
        func syncs() throws -> Int {
            try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
                .filter { $0.contains("sync(") && $0.contains("a.sqlite-wal") }.count
        }
        let before = try syncs()
        for number in 0..<50 {
            #expect(try await plugin.storage.commit([Samples.opening("c\(number)")])[0].isCommitted)
        }
        #expect(try syncs() - before >= 50)
        // One for a whole group.
        let group = try syncs()
        _ = try await plugin.storage.commit((100..<164).map { Samples.opening("c\($0)") })
        #expect((1...3).contains(try syncs() - group))
        await plugin.close()
        _ = await plugin.process.ended()
    }

    @Test func largeEventsComeInPagesThatFitAMessage() async throws {
        let folder = try TemporaryFolder()
        let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", folder.path + "/a.sqlite"])
        _ = try await plugin.storage.open(clock: .real)
        for number in 0..<5 {
            let transaction = Samples.opening("c\(number)", formBytes: 8 << 20)
            #expect(try await plugin.storage.commit([transaction])[0].isCommitted)
        }
        #expect(try await plugin.storage.readEvents(after: 0, limit: 1000).events.count == 2)
        #expect(try await plugin.storage.eventCases() == (0..<5).map { "c\($0)" })
        await plugin.close()
        _ = await plugin.process.ended()
    }

    @Test func whatDoesNotFitAMessageIsNotSent() async throws {
        let folder = try TemporaryFolder()
        let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", folder.path + "/a.sqlite"])
        _ = try await plugin.storage.open(clock: .real)
        let transactions = (0..<9).map { Samples.opening("c\($0)", bytes: 8 << 20) }
        do throws(StorageError) {
            _ = try await plugin.storage.commit(transactions)
            Issue.record("it was sent")
        } catch {
            guard case .tooLarge("Commit", _, _) = error else { throw error }
        }
        #expect(try await plugin.storage.commit(Array(transactions[..<4])).allSatisfy(\.isCommitted))
        #expect(try await plugin.storage.eventCases().count == 4)
        await plugin.close()
        _ = await plugin.process.ended()
    }

    @Test func acknowledgedCommitsOutliveAKillExactlyOnce() async throws {
        let folder = try TemporaryFolder()
        let database = folder.path + "/a.sqlite"
        var acknowledged: Set<String> = []
        for round in 0..<20 {
            let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", database], connections: 3)
            _ = try await plugin.storage.open(clock: .real)
            let ids = await withTaskGroup(of: [String].self) { group in
                for (number, client) in plugin.clients.enumerated() {
                    group.addTask {
                        let storage = StorageClient(writer: client)
                        var ids: [String] = []
                        for count in 0... {
                            let batch = (0...number).map { "c\(round)-\(number)-\(count)-\($0)" }
                            if number == 0, count == 3 + round { plugin.process.signal(SIGKILL) }
                            guard let outcomes = try? await storage.commit(batch.map { Samples.opening($0) }) else {
                                break
                            }
                            ids += zip(batch, outcomes).filter { $1.isCommitted }.map(\.0)
                        }
                        return ids
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            #expect(await plugin.process.ended().signal == SIGKILL)
            acknowledged.formUnion(ids)
        }
        #expect(acknowledged.count > 20)
        let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", database])
        let opened = try await plugin.storage.open(clock: .real)
        let kept = try await plugin.storage.eventCases()
        #expect(kept.count == opened.position)
        #expect(Set(kept).count == kept.count)
        #expect(acknowledged.subtracting(kept) == [])
        #expect(try await plugin.storage.check() == [])
        // What was acknowledged, asked again, is known.
        let id = try #require(acknowledged.first)
        let repeated = try await plugin.storage.commit([Samples.opening(id)])[0]
        #expect(!repeated.isCommitted)
    }

    @Test func aSecondProcessIsToldWhoHoldsTheFile() async throws {
        let folder = try TemporaryFolder()
        let database = folder.path + "/a.sqlite"
        let first = try await ConnectedPlugin.start("storage-sqlite", ["--database", database])
        _ = try await first.storage.open(clock: .real)
        let second = try await ConnectedPlugin.start("storage-sqlite", ["--database", database])
        await #expect(throws: StorageError.storeInUse(holder: "process \(first.process.pid)")) {
            try await second.storage.open(clock: .real)
        }
        await first.close()
        _ = await first.process.ended()
        #expect(try await second.storage.open(clock: .real).created == false)
    }

    @Test func aNewerSchemaIsRefusedAndLeftAlone() async throws {
        let folder = try TemporaryFolder()
        let database = folder.path + "/a.sqlite"
        try await make(database)
        let queue = try DatabaseQueue(path: database)
        try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999 of tomorrow')") }
        try queue.close()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: database))
        let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", database])
        let refusal = StorageError.unreadable(
            reason: "\(database) was made by a newer version of storage-sqlite; install that version")
        await #expect(throws: refusal) { try await plugin.storage.open(clock: .real) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: database)) == bytes)
    }

    @Test func aFileThatIsNoStoreIsRefusedAndLeftAlone() async throws {
        let folder = try TemporaryFolder()
        let foreign = folder.path + "/foreign.sqlite"
        let queue = try DatabaseQueue(path: foreign)
        try await queue.write { try $0.execute(sql: "CREATE TABLE cases (id)") }
        try queue.close()
        let text = folder.path + "/text"
        try Data("This is a letter, not a database. ".utf8).write(to: URL(fileURLWithPath: text))
        for path in [foreign, text] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", path])
            let error = await #expect(throws: StorageError.self) { try await plugin.storage.open(clock: .real) }
            guard case .unreadable = error else { Issue.record("\(path): \(String(describing: error))"); continue }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
        }
    }

    @Test func aStoreWhoseFolderIsMissingIsUnavailable() async throws {
        let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", "/nowhere/at/all/a.sqlite"])
        let error = await #expect(throws: StorageError.self) { try await plugin.storage.open(clock: .real) }
        guard case .unavailable(let operation, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(operation == "Open")
        #expect(reason.contains("/nowhere/at/all"))
    }

    @Test func aChangeBehindThePluginsBackIsFoundByTheCheck() async throws {
        let folder = try TemporaryFolder()
        let database = folder.path + "/a.sqlite"
        try await make(database)
        let queue = try DatabaseQueue(path: database)
        try await queue.write { try $0.execute(sql: "UPDATE cases SET head = 'x'; UPDATE totals SET cases = 5") }
        try queue.close()
        let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", database])
        _ = try await plugin.storage.open(clock: .real)
        let problems = try await plugin.storage.check()
        #expect(problems.contains("case c1 does not stand where its newest event left it"))
        #expect(problems.contains { $0.hasPrefix("the table totals says [5, 1") })
    }

    @Test(.enabled(if: getuid() == 0, "only root can mount a small file system"))
    func aFullDiskLosesNothingAndPasses() async throws {
        let folder = try TemporaryFolder()
        try run("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder.path)
        defer { try? run("umount", "-l", folder.path) }
        let filler = folder.path + "/filler"
        try Data(count: 3 << 20).write(to: URL(fileURLWithPath: filler))
        let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", folder.path + "/a.sqlite"])
        let storage = plugin.storage
        _ = try await storage.open(clock: .real)
        var acknowledged: [String] = []
        var failure: StorageError?
        while failure == nil, acknowledged.count < 1000 {
            let id = "c\(acknowledged.count)"
            do {
                if try await storage.commit([Samples.opening(id, bytes: 20_000)])[0].isCommitted {
                    acknowledged.append(id)
                }
            } catch {
                failure = error
            }
        }
        guard case .unavailable("Commit", let reason) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(reason.contains("make room"))
        guard case .failing = try await PluginClient(plugin.clients[0]).probe() else {
            Issue.record("a plugin with a full disk says that it is ready")
            return
        }
        // Reading goes on, nothing is half done.
        #expect(try await storage.eventCases() == acknowledged)
        try FileManager.default.removeItem(atPath: filler)
        #expect(try await storage.commit([Samples.opening("afterwards", bytes: 20_000)])[0].isCommitted)
        #expect(try await PluginClient(plugin.clients[0]).probe() == .ready)
        #expect(try await storage.eventCases() == acknowledged + ["afterwards"])
        #expect(try await storage.check() == [])
        await plugin.close()
        #expect(await plugin.process.ended() == .init(code: 0))
    }

    private func make(_ database: String) async throws {
        let plugin = try await ConnectedPlugin.start("storage-sqlite", ["--database", database])
        _ = try await plugin.storage.open(clock: .real)
        _ = try await plugin.storage.commit([Samples.opening("c1")])
        await plugin.close()
        #expect(await plugin.process.ended() == .init(code: 0))
    }
}

private func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }
