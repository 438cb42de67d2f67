import Foundation
import JSONCore
import Testing
import Varlink

/// Plugins that go away and come back.
@Suite(.timeLimit(.minutes(1))) struct FailureTests {
    private func started() async throws -> TestDaemon {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        return daemon
    }

    @Test func testWithoutStorageCommandsAreUnavailableAndRecoverByThemselves() async throws {
        let daemon = try await started()
        let board = try await daemon.client("cb-01")
        let before = try await daemon.dump()
        try daemon.removePlugin("storage-sqlite")
        #expect(daemon.killPlugin("storage-sqlite"))
        let form = try Samples.form("rotation")
        let refusal = await refusal { try await board.open("rotation-onboarding", form, key: "k") }
        #expect(refusal.name == "Unavailable")
        #expect(refusal.1["reason"]?.stringValue?.isEmpty == false && refusal.1["message"]?["en"] != nil)
        for method in ["ListCases", "ListTasks"] {
            #expect(await DaemonTests.refusal { try await board.workflow(method) }.name == "Unavailable")
        }
        // What needs no storage goes on, and says what is wrong.
        try await until("the status says that storage is gone") {
            let status = try await board.manager("GetStatus")
            return status["plugins"]?[0]?["state"] == "connecting"
                && status["needsAttention"]?[0]?["action"]?["en"] != nil
        }
        #expect(try await daemon.client().workflow("ListWorkflows").array("workflows").count == 2)
        try daemon.installPlugin("storage-sqlite")
        try await until("storage is back") { try await board.manager("GetStatus")["needsAttention"] == [] }
        #expect(try await daemon.dump() == before)
        let answer = try await board.open("rotation-onboarding", form, key: "k")
        #expect(try await board.open("rotation-onboarding", form, key: "k") == answer)
        let plugin = try await board.manager("ListPlugins").array("plugins").first { $0["kind"] == "storage" }
        #expect(plugin?["restarts"]?.intValue ?? 0 >= 1)
        #expect(daemon.log.contains("it was ended by signal 9"))
        try await daemon.expectSound()
    }

    @Test func testAWatchEndsWithStorageAndGoesOnFromItsCursor() async throws {
        let daemon = try await started()
        let board = try await daemon.client("cb-01")
        var replies = try await daemon.connect().stream("org.rotationd.Workflow.Watch", ["person": "cb-01"])
            .makeAsyncIterator()
        let cursor = try #require(try await replies.next()?["cursor"])
        #expect(daemon.killPlugin("storage-sqlite"))
        var id: String?
        try await until("a case is opened again") {
            id = try? await board.open("rotation-onboarding", Samples.form("rotation"), key: "after").id
            return id != nil
        }
        var again = try await daemon.connect().stream(
            "org.rotationd.Workflow.Watch", ["person": "cb-01", "cursor": cursor]
        ).makeAsyncIterator()
        #expect(try await again.next()?["events"]?[0]?["case"] == id.map(JSON.string))
    }

    @Test func testMessagesWaitForTheirChannel() async throws {
        let daemon = try await started()
        let board = try await daemon.client("cb-01")
        try daemon.removePlugin("notify-journal")
        #expect(daemon.killPlugin("notify-journal"))
        try await until("the channel is gone") {
            try await board.manager("GetStatus").array("needsAttention").count == 1
        }
        let id = try await board.open("rotation-onboarding", Samples.form("rotation")).id
        let status = try await board.manager("GetStatus")
        #expect(status["messagesWaiting"] == 1 && status["messagesParked"] == 0)
        #expect(!daemon.log.contains("topic=draft_requested"))
        try daemon.installPlugin("notify-journal")
        try await until("the message is delivered") {
            try await board.manager("GetStatus")["messagesWaiting"] == 0
        }
        let lines = daemon.log.split(separator: "\n").filter { $0.contains("topic=draft_requested") }
        #expect(lines.count == 1 && lines[0].contains("case=\(id)") && lines[0].contains("recipient=cb-11"))
    }

    @Test func testADelivererThatAsksForALaterTimeIsAskedAgain() async throws {
        let daemon = try TestDaemon(settings: ["notifications=exec:later"])
        // The first time: not now. Then: delivered.
        try daemon.installPlugin(
            "later",
            text: StartTests.plugin(kind: "notification", contract: 1).replacing(
                "        daemon.sendall",
                with: """
                            if json.loads(call)["method"].endswith("Deliver"):
                                message = json.loads(call)["parameters"]["message"]["id"]
                                with open("\(daemon.folder)/asked", "a") as file: print(message, file=file)
                                with open("\(daemon.folder)/asked") as file: asked = len(file.readlines())
                                reply = {"outcome": "delivered"} if asked > 1 else {"outcome": "retry", "retryAfterSeconds": 1}
                            daemon.sendall
                    """))
        try await daemon.start()
        try await daemon.importDirectory()
        let board = try await daemon.client("cb-01")
        _ = try await board.open("rotation-onboarding", Samples.form("rotation"))
        try await until("the message is delivered") { try await board.manager("GetStatus")["messagesWaiting"] == 0 }
        let asked = try String(contentsOfFile: daemon.folder + "/asked", encoding: .utf8).split(separator: "\n")
        #expect(asked.count == 2 && asked[0] == asked[1])
    }

    /// A plugin that was started again while clients were connected must not hold their connections, or they would not
    /// learn that the daemon is gone.
    @Test func testAPluginHoldsNothingOfTheDaemons() async throws {
        let daemon = try await started()
        let client = try await daemon.connect()
        let first = daemon.pluginPID("storage-sqlite")
        #expect(daemon.killPlugin("storage-sqlite"))
        try await until("the plugin is there again") {
            guard let pid = daemon.pluginPID("storage-sqlite"), pid != first else { return false }
            return try await daemon.client().manager("GetStatus")["needsAttention"] == []
        }
        let plugin = try #require(daemon.pluginPID("storage-sqlite"))
        defer { kill(plugin, SIGKILL) }
        kill(plugin, SIGSTOP)
        await daemon.killNow()
        try await confirmClosed(client)
    }

    private func confirmClosed(_ client: VarlinkClient) async throws {
        let closed = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                _ = try await client.whenClosed
                return true
            }
            group.addTask {
                try await Task.sleep(for: .seconds(10))
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
        #expect(closed)
    }
}
