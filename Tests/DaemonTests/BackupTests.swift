import Foundation
import JSONCore
import Synchronization
import Testing
import Varlink

/// Backups as an administrator makes and restores them, with rotationctl and the real daemon.
@Suite(.timeLimit(.minutes(2))) struct BackupTests {
    private func started() async throws -> TestDaemon {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        return daemon
    }

    /// Runs rotationctl.
    private func tool(
        _ daemon: TestDaemon, _ arguments: String...
    ) async throws -> (status: Int32, output: String) {
        let output = daemon.folder + "/output-\(UUID().uuidString)"
        let process = try ChildProcess(
            TestDaemon.programs + "/rotationctl", arguments, output: output,
            environment: ["ROTATIOND_SOCKET": daemon.socket, "LC_ALL": "C.UTF-8"])
        return (await process.exitStatus, try String(contentsOfFile: output, encoding: .utf8))
    }

    private func restore(_ file: String, into daemon: TestDaemon) async throws -> (status: Int32, output: String) {
        try await tool(
            daemon, "restore", file, "--database", daemon.database, "--plugin", TestDaemon.programs + "/storage-sqlite")
    }

    /// What the clients have been told.
    private final class Ledger: Sendable {
        private let told = Mutex<[String: Person.Answer]>([:])
        private let over = Mutex(false)

        var answers: [String: Person.Answer] { told.withLock { $0 } }
        var isOver: Bool {
            get { over.withLock { $0 } }
            set { over.withLock { $0 = newValue } }
        }

        func tell(_ key: String, _ answer: Person.Answer) { told.withLock { $0[key] = answer } }
    }

    @Test func testABackupUnderLoadHasEveryCommandThatWasAnsweredBefore() async throws {
        let daemon = try await started()
        let board = try await daemon.client("cb-01")
        let id = try await board.open("rotation-onboarding", Samples.form("rotation")).id
        let ledger = Ledger()
        let file = daemon.folder + "/copy"
        let before = try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<4 {
                group.addTask {
                    let official = try await daemon.client("cb-11")
                    var number = 0
                    while !ledger.isOver {
                        let key = "\(client)-\(number)"
                        let answer = try await official.send(
                            "save_draft", ["advantages": [.string(key)]], to: id, key: key)
                        ledger.tell(key, answer)
                        number += 1
                    }
                }
            }
            defer { ledger.isOver = true }
            try await until("the clients get on") { ledger.answers.count >= 40 }
            let before = ledger.answers
            let made = try await tool(daemon, "backup", file)
            #expect(made.status == 0 && made.output.contains("Backed up to \(file)"), "\(made)")
            try await until("the clients get on") { ledger.answers.count >= before.count + 20 }
            ledger.isOver = true
            try await group.waitForAll()
            return before
        }
        var cursor: JSON?
        for try await reply in board.client.stream("org.rotationd.Workflow.Watch", ["person": "cb-01"]) {
            cursor = reply["cursor"]
            break
        }
        let last = ledger.answers.values.map(\.version).max() ?? 0
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
        // The plugin's own copy has made room for it.
        #expect(try await tool(daemon, "backup", "list").output.contains("There is no backup yet"))
        // Nobody's store is replaced while it is used.
        let busy = try await restore(file, into: daemon)
        #expect(busy.status == 75 && busy.output.contains("systemctl stop rotationd.socket"), "\(busy)")
        #expect(await daemon.stop() == 0)

        let restored = try await restore(file, into: daemon)
        #expect(restored.status == 0 && restored.output.contains("db.before-restore-"), "\(restored)")
        try await daemon.start()
        try await daemon.expectSound()
        let official = try await daemon.client("cb-11")
        let events = try await official.history(id)
        #expect(events.count < last)
        for (key, answer) in before {
            #expect(events[answer.version - 1]["form"]?["advantages"] == [.string(key)])
            #expect(
                try await official.send("save_draft", ["advantages": [.string(key)]], to: id, key: key) == answer)
        }
        // A watcher that has seen more is told, also when the store has grown past its place again.
        let place = try #require(cursor)
        for _ in 0..<2 {
            let lost = await refusal {
                for try await reply in try await daemon.connect().stream(
                    "org.rotationd.Workflow.Watch", ["person": "cb-01", "cursor": place])
                {
                    return reply
                }
                return [:]
            }
            #expect(lost.name == "CursorLost" && lost.1["message"]?["vi"] != nil)
            for number in events.count...last {
                try await official.send("save_draft", ["advantages": [.string("new-\(number)")]], to: id)
            }
        }
    }

    @Test func testAnInterruptedRestoreEnds() async throws {
        let daemon = try TestDaemon()
        // It waits for somebody who writes there.
        let file = daemon.folder + "/fifo"
        try #require(mkfifo(file, 0o600) == 0)
        let process = try ChildProcess(
            TestDaemon.programs + "/rotationctl",
            [
                "restore", file, "--database", daemon.database, "--plugin", TestDaemon.programs + "/storage-sqlite",
            ], output: daemon.folder + "/interrupted")
        var plugin: pid_t?
        try await until("the restore has begun") {
            plugin = process.children(named: "storage-sqlite").first
            return plugin != nil
        }
        let restore = try #require(plugin)
        process.signal(SIGINT)
        #expect(await process.exitStatus == 128 + SIGINT)
        // A zombie has no command line.
        try await until("the plugin's program has ended") {
            (try? Data(contentsOf: URL(filePath: "/proc/\(restore)/cmdline")))?.isEmpty ?? true
        }
        #expect(!FileManager.default.fileExists(atPath: daemon.database))
    }

    @Test func testScheduledBackupsMakeRoomAndOthersStay() async throws {
        let daemon = try await started()
        for _ in 0..<2 { #expect(try await tool(daemon, "backup").status == 0) }
        for _ in 0..<4 { #expect(try await tool(daemon, "backup", "--keep", "2").status == 0) }
        let kinds = try await tool(daemon, "backup", "list", "--json").output.split(separator: "\n")
            .map { try JSON(parsing: String($0))["kind"] }
        #expect(kinds == ["scheduled", "scheduled", "manual", "manual"])
        #expect(try await daemon.client().manager("GetStatus")["lastBackupAt"] != nil)
        #expect(daemon.log.contains("a backup was written"))
    }

    @Test func testNothingIsWrittenOverAndNothingIsLeft() async throws {
        let daemon = try await started()
        let taken = daemon.folder + "/taken"
        try "mine".write(toFile: taken, atomically: false, encoding: .utf8)
        for file in [taken, daemon.folder + "/nowhere/b", daemon.folder] {
            let run = try await tool(daemon, "backup", file)
            #expect(run.status == 73 && run.output.contains(file), "\(run)")
        }
        #expect(try await tool(daemon, "backup", "x", "--keep", "1").status == 64)
        #expect(try String(contentsOfFile: taken, encoding: .utf8) == "mine")
        #expect(try await tool(daemon, "backup", "list").output.contains("There is no backup yet"))
    }

    @Test func testAStoreWithoutABackupNeedsAPerson() async throws {
        let daemon = try TestDaemon(clock: "real")
        try await daemon.start()
        try await daemon.importDirectory()
        #expect(try await tool(daemon, "status").status == 0)
        let board = try await daemon.client("cb-01")
        try await board.open("rotation-onboarding", Samples.form("rotation"))
        let never = try await tool(daemon, "status")
        #expect(never.status == 1)
        #expect(never.output.contains("There is no backup yet\n    → Make one: rotationctl backup"), "\(never)")
        #expect(try await tool(daemon, "backup").status == 0)
        let fine = try await tool(daemon, "status")
        #expect(fine.status == 0 && fine.output.contains("All is well."), "\(fine)")
        await daemon.stop()
        try await daemon.start(["backup_warning_days=0"])
        #expect(try await tool(daemon, "status").status == 0)
    }
}
