import Foundation
import Testing

/// From inside each unit: what its program must not be able to do, should somebody else come to rule it, is refused.
@Suite(.needsBed, .timeLimit(.minutes(3))) struct SandboxTests {
    /// What none of them may.
    private static let refused = [
        "inet", "inet6", "netlink", "packet", "ptrace", "written-page", "writable-executable-page", "namespace",
        "mount",
        "root", "kill-init", "read:/root/secret", "read:/etc/shadow", "read:/var/lib/other-plugin/secret",
        "write:/etc/rotationd", "write:/usr/lib", "write:/var/lib", "write:/run/rotationd", "read:/proc/1/environ",
        "set-user-id:/tmp", "run-written:/tmp", "run-written:/var/tmp",
    ]
    private static let storage = "/var/lib/rotationd-storage-sqlite"

    @Test(arguments: DebianRelease.allCases)
    func testServicesCannotLeaveTheirSandbox(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        try bed.write("secret", to: "/root/secret", mode: 0o644)
        try bed.write("secret", to: "/var/lib/other-plugin/secret", mode: 0o600)
        try await bed.run("systemctl stop rotationd.socket 'rotationd*.socket' 'rotationd*.service'")
        let probe = try await Probe.sandbox.install(in: bed)

        let daemon = try await Self.attempts(
            bed, "rotationd", probe, Self.refused + ["read:\(Self.storage)/rotationd.sqlite", "write:\(Self.storage)"],
            allowed: ["connect:/run/rotationd/storage/sqlite", "connect:/run/rotationd/notification/journal"])
        #expect(daemon == [])
        let store = try await Self.attempts(
            bed, "rotationd-storage-sqlite", probe,
            Self.refused + ["connect:/run/rotationd/notification/journal", "run-written:\(Self.storage)"],
            allowed: ["write:\(Self.storage)", "read:\(Self.storage)/rotationd.sqlite"])
        #expect(store == [])
        let notifier = try await Self.attempts(
            bed, "rotationd-notify-journal", probe,
            Self.refused + [
                "read:\(Self.storage)/rotationd.sqlite", "write:\(Self.storage)",
                "connect:/run/rotationd/storage/sqlite",
            ], allowed: [])
        #expect(notifier == [])
        // Channels that are installed and off.
        for (name, network) in [("webhook", ["inet", "inet6"]), ("command", [])] {
            let attempts = try await Self.attempts(
                bed, "rotationd-notify-\(name)", probe,
                Self.refused.filter { !network.contains($0) } + [
                    "read:\(Self.storage)/rotationd.sqlite", "write:\(Self.storage)",
                    "connect:/run/rotationd/storage/sqlite", "run-written:/var/lib/rotationd-notify-\(name)",
                ], allowed: network)
            #expect(attempts == [])
        }
        // A channel that is installed and off; it is started without the password that it could have.
        let mail = try await Self.attempts(
            bed, "rotationd-notify-email", probe,
            Self.refused.filter { !["inet", "inet6"].contains($0) } + [
                "read:\(Self.storage)/rotationd.sqlite", "write:\(Self.storage)",
                "connect:/run/rotationd/storage/sqlite",
            ], allowed: ["inet", "inet6"])
        #expect(mail == [])
    }

    /// Runs the probe as the unit would run its program.
    /// - Returns: What went otherwise than it should.
    private static func attempts(
        _ bed: Bed, _ unit: String, _ probe: String, _ refused: [String], allowed: [String]
    ) async throws -> [String] {
        // What is to be refused must be there to be had.
        for attempt in refused + allowed where attempt.hasPrefix("read:/") || attempt.hasPrefix("write:/") {
            try await bed.run("test -e \(attempt.drop { $0 != "/" })")
        }
        // So many starts in a row would be too many for systemd.
        try await bed.run(
            "systemctl reset-failed; systemctl start rotationd-storage-sqlite.socket rotationd-notify-journal.socket")
        try await bed.override(
            "\(unit).service",
            """
            [Unit]
            OnFailure=
            [Service]
            Type=oneshot
            Restart=no
            ExecStart=
            ExecStart=\(probe) \((refused + allowed).joined(separator: " "))
            ExecPaths=\(probe)
            StandardOutput=file:/run/probe-\(unit)
            """)
        try await bed.run("systemctl start \(unit).service || { journalctl -u \(unit); false; }")
        let lines = try bed.read("/run/probe-\(unit)").split(separator: "\n").map(String.init)
        try await bed.removeOverride("\(unit).service")
        try await bed.run("systemctl stop 'rotationd*.socket' 'rotationd*.service'")
        let wrong = lines.filter { line in
            let allowing = line.hasSuffix(" allowed")
            return allowing != allowed.contains { line.hasPrefix($0 + " ") }
        }
        return wrong + (lines.count == refused.count + allowed.count ? [] : ["not all was tried: \(lines)"])
    }
}
