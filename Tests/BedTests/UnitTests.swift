import Foundation
import Testing
import Varlink

/// What the units promise, asked of systemd itself.
@Suite(.needsBed, .installedBeds, .timeLimit(.minutes(5))) struct UnitTests {
    @Test(arguments: DebianRelease.allCases)
    func testSystemdFindsNothingWrongWithTheUnits(_ release: DebianRelease) async throws {
        let bed = try Bed.shared(release)
        #expect(try await bed.run("systemd-analyze verify /usr/lib/systemd/system/rotationd* 2>&1") == "")
        #expect(try await bed.attempt("journalctl --boot --grep 'rotationd.*(Unknown|ignoring)'").status != 0)
    }

    @Test(
        arguments: DebianRelease.allCases,
        [
            ("rotationd", 1.2), ("rotationd-storage-sqlite", 1.2), ("rotationd-notify-journal", 2.0),
            ("rotationd-notify-email", 2.0), ("rotationd-notify-webhook", 2.0), ("rotationd-notify-command", 2.0),
        ])
    func testServicesAreHardlyExposed(_ release: DebianRelease, _ limit: (unit: String, exposure: Double)) async throws
    {
        let bed = try Bed.shared(release)
        let said = try await bed.run("systemd-analyze security --no-pager \(limit.unit).service")
        let line = try #require(said.split(separator: "\n").last { $0.contains("Overall exposure level") })
        let exposure = try #require(line.firstMatch(of: #/level for .*: ([0-9.]+)/#).flatMap { Double($0.1) })
        #expect(exposure <= limit.exposure, "\(said)")
    }

    @Test(arguments: DebianRelease.allCases)
    func testSocketsLetInWhomTheyShould(_ release: DebianRelease) async throws {
        let bed = try Bed.shared(release)
        let sockets = """
            rotationd rotationd 600 /run/rotationd/notification/journal
            rotationd rotationd-clients 660 /run/rotationd/org.rotationd
            rotationd rotationd 600 /run/rotationd/storage/sqlite

            """
        #expect(try await bed.run("find /run/rotationd -type s -printf '%u %g %m %p\\n' | sort -k4") == sockets)
        try await bed.run("printf 'u cb11 -\\nu stranger -\\nm cb11 rotationd-clients\\n' | systemd-sysusers -")
        // An official of the group is known by his login.
        let who = try await bed.attempt("runuser -u cb11 -- rotationctl directory whoami --json")
        #expect(who.status == 0 && who.text.contains(#""id":"cb-11""#), "\(who)")
        // Others do not come as far as the daemon, and are told so.
        let stranger = try await bed.attempt("runuser -u stranger -- rotationctl directory whoami --language en")
        #expect(stranger.status == 77 && stranger.text.contains("/run/rotationd/org.rotationd"), "\(stranger)")
        // A plugin obeys the daemon alone.
        let plugin = try await bed.attempt(
            "runuser -u cb11 -- rotationctl plugin check unix:/run/rotationd/storage/sqlite --kind storage")
        #expect(plugin.status != 0)
    }

    @Test(arguments: DebianRelease.allCases)
    func testAReloadSaysWhetherItSucceeded(_ release: DebianRelease) async throws {
        let bed = try Bed.shared(release)
        let before = try await bed.mainPID("rotationd")
        try await bed.run("systemctl reload rotationd")
        let file = "/etc/rotationd/workflows/rotation-onboarding.yaml"
        try await bed.run("cp \(file) /root/kept; echo 'nonsense: [' >>\(file)")
        #expect(try await bed.attempt("systemctl reload rotationd").status != 0)
        #expect(try await bed.journal("rotationd").contains("rotation-onboarding.yaml"))
        // The old one stays in force.
        _ = try await bed.official("cb-01").open()
        try await bed.run("cp /root/kept \(file); systemctl reload rotationd")
        #expect(try await bed.mainPID("rotationd") == before)
    }

    @Test(arguments: DebianRelease.allCases)
    func testReadingLeavesNothingInTheJournal(_ release: DebianRelease) async throws {
        let bed = try Bed.shared(release)
        let official = try await bed.official("cb-11")
        _ = try await official.call("ListTasks")
        // What other tests have caused is written by then.
        try await until("every message is delivered") {
            try await official.client.call("org.rotationd.Manager.GetStatus")["messagesWaiting"] == 0
        }
        let cursor = try await bed.run(
            "journalctl --sync; journalctl --lines 1 --show-cursor | sed -n 's/^-- cursor: //p'")
        for _ in 0..<20 { _ = try await official.call("ListTasks") }
        let said = try await bed.journal("'rotationd*'", "--output cat --after-cursor '\(cursor.dropLast())'")
        #expect(said.replacing("-- No entries --\n", with: "") == "")
        // libdispatch does not complain about its threads' priorities.
        #expect(try await !bed.journal("'rotationd*'").contains("priority for worker thread"))
    }
}
