import Foundation
import JSONCore
import Testing
import Varlink

/// What systemd is told of the daemon's life.
@Suite(.timeLimit(.minutes(1))) struct SupervisionTests {
    @Test func testSystemdIsToldOfEveryTurn() async throws {
        let manager = try NotifySocket()
        let daemon = try TestDaemon(notifySocket: manager.name)
        try await daemon.start()
        try await until("it is ready") { manager.assignments.contains("READY=1") }
        try await daemon.importDirectory()
        try await daemon.client("cb-01").open("rotation-onboarding", Samples.form("rotation"))
        try await until("the status tells of the case and the plugins") {
            manager.assignments.contains {
                $0.hasPrefix("STATUS=1 cases open, 0 overdue; last commit 2022-07-")
                    && $0.hasSuffix("; storage sqlite ready; notification journal ready")
            }
        }
        let before = manager.assignments.count
        #expect(try await daemon.client().manager("Reload")["problems"] == [])
        try await until("the reload is told") { manager.assignments.dropFirst(before).contains("READY=1") }
        let reload = manager.assignments.dropFirst(before).filter { !$0.hasPrefix("STATUS=") }
        #expect(reload.map { $0.prefix { $0 != "=" } } == ["RELOADING", "MONOTONIC_USEC", "READY"])
        await daemon.stop()
        #expect(manager.assignments.contains("STOPPING=1"))
        // The plugins' own turns are not the daemon's.
        #expect(manager.assignments.count { $0 == "READY=1" } == 2)
    }

    @Test func testAStartWaitsForALongMigrationAndSaysSo() async throws {
        let manager = try NotifySocket()
        let daemon = try TestDaemon(settings: ["storage=exec:slow"], notifySocket: manager.name)
        try daemon.installPlugin(
            "slow",
            text: StartTests.plugin(kind: "storage", contract: 1).replacing(
                #"{"state": "ready"}"#, with: #"{"state": "starting", "reason": "migration 7 of 9"}"#))
        try daemon.launch()
        try await until("systemd is asked for more time") {
            manager.assignments.contains("EXTEND_TIMEOUT_USEC=30000000")
        }
        #expect(manager.assignments.contains("STATUS=waiting for storage exec:slow: migration 7 of 9"))
        #expect(!manager.assignments.contains("READY=1"))
        daemon.child?.signal(SIGTERM)
        #expect(await daemon.child?.exitStatus == 0)
    }
}
