import Foundation
import JSONCore
import Testing
import Varlink

/// What becomes of messages that a channel refuses.
@Suite(.timeLimit(.minutes(1))) struct OutboxTests {
    @Test func testARefusedMessageIsParkedListedAndTriedAgain() async throws {
        let daemon = try TestDaemon(settings: ["notifications=exec:strict"])
        // It refuses for good until it is let.
        try daemon.installPlugin(
            "strict",
            text: StartTests.plugin(kind: "notification", contract: 1).replacing(
                "        daemon.sendall",
                with: """
                            if json.loads(call)["method"].endswith("Deliver"):
                                import os
                                reply = {"outcome": "rejected", "reason": "no such mailbox"}
                                if os.path.exists("\(daemon.folder)/let"): reply = {"outcome": "delivered"}
                            daemon.sendall
                    """))
        try await daemon.start()
        try await daemon.importDirectory()
        let manager = try await daemon.client()
        let id = try await daemon.client("cb-01").open("rotation-onboarding", Samples.form("rotation")).id
        try await until("the message is parked") { try await manager.manager("GetStatus")["messagesParked"] == 1 }
        let listed = try await tool(daemon, "list", "--json")
        let message = try #require(JSON(parsing: listed).objectValue)
        #expect(message["case"] == .string(id) && message["topic"] == "draft_requested", "\(message)")
        #expect(message["reason"] == "no such mailbox" && message["attempts"] == 1)
        let key = try message.string("id")
        #expect(try await tool(daemon, "list", "--language", "en").contains("no such mailbox"))

        #expect(try await manager.manager("RetryMessages", ["ids": ["nothing"]])["retried"] == [])
        #expect(FileManager.default.createFile(atPath: daemon.folder + "/let", contents: nil))
        #expect(try await tool(daemon, "retry", "--all", "--language", "en").contains("1 messages will be tried again"))
        try await until("the message is delivered") {
            let delivered = try await manager.manager("ListMessages", ["state": "delivered"]).array("messages")
            return delivered.map { $0["id"] } == [.string(key)]
        }
        let status = try await manager.manager("GetStatus")
        #expect(status["messagesParked"] == 0 && status["messagesWaiting"] == 0)
        // What is delivered is not sent again.
        #expect(try await manager.manager("RetryMessages", ["ids": [.string(key)]])["retried"] == [])
    }

    /// What `rotationctl outbox` prints.
    private func tool(_ daemon: TestDaemon, _ arguments: String...) async throws -> String {
        let output = daemon.folder + "/output-\(UUID().uuidString)"
        let process = try ChildProcess(
            TestDaemon.programs + "/rotationctl", ["outbox"] + arguments + ["--socket", daemon.socket], output: output)
        #expect(await process.exitStatus == 0, "\((try? String(contentsOfFile: output, encoding: .utf8)) ?? "")")
        return try String(contentsOfFile: output, encoding: .utf8)
    }
}
