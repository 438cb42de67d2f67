import Foundation
import JSONCore
import Testing
import Varlink

/// Starting and stopping: with a wrong configuration the daemon says what is wrong and where, and leaves.
@Suite(.timeLimit(.minutes(1))) struct StartTests {
    @Test(
        arguments: [
            ("colour: red\n", "rotationd.yaml:1:1: there is no setting \"colour\""),
            ("limits:\n  wishes: 3\n", "rotationd.yaml:2:3: there is no setting \"limits.wishes\""),
            ("limits:\n  connections: many\n", "must be a number from 1"),
            ("limits:\n  connections: 0\n", "rotationd.yaml:2:3: must be a number from 1"),
            ("time_zone: Mars/Olympus\n", "rotationd.yaml:1:1: there is no time zone \"Mars/Olympus\""),
            ("rehearsal_start: soon\n", "rotationd.yaml:1:1: must be a date"),
            ("language: fr\n", "rotationd.yaml:1:1: must be vi or en"), ("listen: [\n", "is not YAML"),
            ("log_level: loud\n", "rotationd.yaml:1:1: must be one of trace"),
        ])
    func testAWrongSettingIsNamedWithItsPlace(text: String, expected: String) async throws {
        let daemon = try TestDaemon()
        try daemon.write(text, to: "rotationd.yaml")
        let failure = try await daemon.failure()
        #expect(failure.status == 78 && failure.text.contains(expected), "\(failure)")
    }

    @Test(
        arguments: [
            ("storage=sqlite", "is not unix:/path"), ("clock=slow", "must be real or rehearsal"),
            ("colour=red", "--set colour=red"),
            ("socket_mode=999", "octal"),
        ])
    func testAWrongArgumentIsNamed(setting: String, expected: String) async throws {
        let failure = try await TestDaemon(settings: [setting]).failure()
        #expect(failure.status == 78 && failure.text.contains(expected), "\(failure)")
    }

    @Test func testAConfigurationThatIsNotThereIsNamed() async throws {
        let daemon = try TestDaemon()
        try FileManager.default.removeItem(atPath: daemon.config + "/rotationd.yaml")
        let failure = try await daemon.failure()
        #expect(failure.status == 78 && failure.text.contains("rotationd.yaml: cannot be read"))
    }

    @Test func testAllProblemsOfAllDefinitionsAreSaid() async throws {
        let daemon = try TestDaemon()
        for name in ["a", "b"] {
            try daemon.write(
                BadWorkflowTests.small.replacing("small", with: name).replacing("to: choice}", with: "to: nowhere}"),
                to: "workflows/\(name).yaml")
        }
        let failure = try await daemon.failure()
        #expect(failure.status == 78)
        for name in ["a", "b"] { #expect(failure.text.contains("\(name).yaml:17:")) }
    }

    @Test func testAStoreOfTheRehearsalClockIsNotOpenedAsARealOne() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        let before = try await daemon.dump()
        #expect(await daemon.stop() == 0)
        let failure = try await daemon.failure(["clock=real"])
        #expect(failure.status == 78 && failure.text.contains("made under the rehearsal clock"), "\(failure)")
        try await daemon.start()
        #expect(try await daemon.dump() == before)
    }

    @Test func testTheRealClockIsNotMoved() async throws {
        let daemon = try TestDaemon(clock: "real")
        try await daemon.start()
        let client = try await daemon.client()
        #expect(try await client.manager("GetClock")["clock"] == "real")
        #expect(await refusal { try await client.manager("AdvanceClock", ["to": "2100-01-01"]) }.name == "ClockRefused")
    }

    @Test func testAClockThatGoesBackIsRefused() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        let client = try await daemon.client()
        #expect(await refusal { try await client.manager("AdvanceClock", ["to": "2022-06-30"]) }.name == "ClockRefused")
        #expect(try await client.manager("AdvanceClock", ["to": "2022-07-02"])["now"] == "2022-07-01T17:00:00.000Z")
    }

    @Test func testASecondDaemonOnTheSameSocketLeavesTheFirstAlone() async throws {
        let first = try TestDaemon()
        try await first.start()
        let second = try TestDaemon(settings: ["listen=\(first.socket)"])
        let failure = try await second.failure()
        #expect(failure.status == 71 && failure.text.contains("another process listens there"), "\(failure)")
        _ = try await first.client().manager("GetStatus")
    }

    /// A plugin of another edition: the daemon and the plugin's versions are both named.
    static func plugin(kind: String, contract: Int) -> String {
        """
        #!/usr/bin/env python3
        import json, socket
        daemon = socket.socket(fileno=3)
        text = b""
        while part := daemon.recv(65536):
            text += part
            while b"\\0" in text:
                call, _, text = text.partition(b"\\0")
                reply = {"state": "ready"}
                if json.loads(call)["method"].endswith("Describe"):
                    reply = {"name": "other", "version": "9.8.7", "kind": "\(kind)", "contract": \(contract), "capabilities": []}
                daemon.sendall(json.dumps({"parameters": reply}).encode() + b"\\0")
        """
    }

    @Test func testAStoragePluginOfAnotherEditionIsRefused() async throws {
        let daemon = try TestDaemon(settings: ["storage=exec:other"])
        try daemon.installPlugin("other", text: Self.plugin(kind: "storage", contract: 2))
        let failure = try await daemon.failure()
        #expect(failure.status == 78, "\(failure)")
        #expect(
            failure.text.contains("other 9.8.7 speaks edition 2 of the storage contract, this program edition 1"),
            "\(failure)")
    }

    @Test func testAPluginOfAnotherKindIsRefused() async throws {
        let daemon = try TestDaemon(settings: ["storage=exec:other"])
        try daemon.installPlugin("other", text: Self.plugin(kind: "notification", contract: 1))
        let failure = try await daemon.failure()
        #expect(failure.status == 78 && failure.text.contains("is a notification plugin"), "\(failure)")
    }

    @Test func testANotificationPluginOfAnotherEditionIsNamedInTheStatus() async throws {
        let daemon = try TestDaemon(settings: ["notifications=exec:other"])
        try daemon.installPlugin("other", text: Self.plugin(kind: "notification", contract: 2))
        try await daemon.start()
        let client = try await daemon.client()
        try await until("the plugin's edition is refused") {
            let plugins = try await client.manager("ListPlugins").array("plugins")
            return plugins.contains {
                $0["reason"]?.stringValue?.contains("speaks edition 2 of the notification contract") == true
            }
        }
        #expect(try await client.manager("GetStatus").array("needsAttention").count == 1)
    }

    @Test func testAGracefulStopLeavesNothingBehind() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        let watcher = try await daemon.client("cb-01").client.stream(
            "org.rotationd.Workflow.Watch", ["person": "cb-01"])
        var replies = watcher.makeAsyncIterator()
        _ = try await replies.next()
        let plugins = ["storage-sqlite", "notify-journal"].compactMap(daemon.pluginPID)
        #expect(plugins.count == 2)
        #expect(await daemon.stop() == 0)
        // They were its children, and it has waited for them.
        for pid in plugins { #expect(kill(pid, 0) == -1 && errno == ESRCH) }
        let left = try FileManager.default.contentsOfDirectory(atPath: daemon.folder).sorted()
        // The log of the database is part of it again, and the socket is gone.
        #expect(left.filter { $0 != "dump" } == ["config", "db", "db.lock", "log", "plugins"])
    }

    @Test func testARestartKeepsEverything() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        let board = try await daemon.client("cb-01")
        let id = try await board.open("rotation-onboarding", Samples.form("rotation"), key: "before").id
        _ = try await board.manager("AdvanceClock", ["to": "2022-07-10"])
        let before = try await daemon.dump()
        for end in [SIGTERM, SIGKILL, SIGINT] {
            daemon.child?.signal(end)
            _ = await daemon.child?.exitStatus
            try await daemon.start()
            #expect(try await daemon.dump() == before)
            let board = try await daemon.client("cb-01")
            #expect(try await board.manager("GetClock")["now"] == "2022-07-09T17:00:00.000Z")
            #expect(try await board.open("rotation-onboarding", Samples.form("rotation"), key: "before").id == id)
        }
        try await daemon.expectSound()
    }
}
