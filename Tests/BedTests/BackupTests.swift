import Foundation
import JSONCore
import Testing

/// Backups, restoring and looking after it, as an administrator does it on a real system.
@Suite(.needsBed, .timeLimit(.minutes(5))) struct BackupTests {
    private static let stop = """
        systemctl stop rotationd.socket rotationd.service rotationd-storage-sqlite.socket rotationd-storage-sqlite.service
        """
    private static let start = "systemctl start rotationd-storage-sqlite.socket rotationd.socket rotationd.service"

    private func objects(_ lines: String) throws -> [JSON] {
        try lines.split(separator: "\n").map { try JSON(parsing: String($0)) }
    }

    @Test(arguments: DebianRelease.allCases)
    func testTheTimerKeepsTheNewestBackups(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        // It was switched on with the daemon's socket.
        #expect(try await bed.run("systemctl is-active rotationd-backup.timer") == "active\n")
        _ = try await bed.official("cb-01").open()
        let lacking = try await bed.attempt("rotationctl status --language en")
        #expect(lacking.status == 1 && lacking.text.contains("There is no backup yet"), "\(lacking)")
        try await bed.run("rotationctl backup")
        try await bed.override("rotationd-backup.service", "[Unit]\nStartLimitIntervalSec=0\n")
        for _ in 0..<16 { try await bed.run("systemctl start rotationd-backup.service") }
        let kinds = try await objects(bed.run("rotationctl backup list --json")).map { $0["kind"] }
        #expect(kinds == Array(repeating: "scheduled", count: 14) + ["manual"])
        let folder = "/var/lib/rotationd-storage-sqlite/backups"
        #expect(try await bed.run("stat -c '%U %G %a' \(folder)/* | sort -u").split(separator: "\n").count == 1)
        #expect(try await bed.attempt("rotationctl status --language en").status == 0)
        try await bed.removeOverride("rotationd-backup.service")
        let exposure = try await bed.attempt("systemd-analyze security --threshold=12 rotationd-backup.service")
        #expect(exposure.status == 0, "\(exposure)")
        let verified = try await bed.run("systemd-analyze verify rotationd-backup.service rotationd-backup.timer 2>&1")
        #expect(verified == "")
    }

    @Test(arguments: DebianRelease.allCases)
    func testABackupIsRestoredByTheStepsThatTheHelpNames(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        let help = try await bed.run("COLUMNS=500 rotationctl restore --help")
        #expect(help.contains(Self.stop) && help.contains(Self.start), "\(help)")
        let id = try await bed.official("cb-01").open().id
        for _ in 0..<5 { _ = try await bed.official("cb-11").saveDraft(id) }
        try await bed.run("rotationctl backup /root/copy.sqlite")
        for _ in 0..<5 { _ = try await bed.official("cb-11").saveDraft(id) }

        let busy = try await bed.attempt("rotationctl restore /root/copy.sqlite --language en")
        #expect(busy.status == 75 && busy.text.contains(Self.stop), "\(busy)")
        try await bed.run(Self.stop)
        // What the timer would do meanwhile starts nothing.
        #expect(try await bed.attempt("systemctl start rotationd-backup.service").status != 0)
        #expect(try await bed.attempt("systemctl is-active rotationd-storage-sqlite.service").status != 0)
        try await bed.run("systemctl reset-failed rotationd-backup.service")
        let restored = try await bed.run("rotationctl restore /root/copy.sqlite --language en")
        #expect(restored.contains("1 cases, 6 events") && restored.contains(Self.start), "\(restored)")
        let owners = try await bed.run("stat -c '%U' /var/lib/rotationd-storage-sqlite/rotationd.sqlite* | sort -u")
        #expect(owners == "rotationd-storage-sqlite\n")
        try await bed.run(Self.start)
        try await bed.untilServing()
        #expect(try await bed.official("cb-11").history(id).count == 6)
        try await bed.expectSound()
    }

    @Test(arguments: DebianRelease.allCases)
    func testTheDoctorFindsWhatIsWrong(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        let doctor = "rotationctl doctor --json --language en"
        let healthy = try await bed.attempt(doctor)
        let verdicts = try objects(healthy.text).map { $0["verdict"]?.stringValue ?? "" }
        #expect(healthy.status == 0 && !verdicts.contains("bad") && verdicts.count > 10, "\(healthy)")

        let file = "/etc/rotationd/rotationd.yaml"
        try await bed.run("chmod o+w \(file); sed -i 's/^clock:.*/clock: wrong/' \(file)")
        let plugin = "rotationd-storage-sqlite.service"
        try await bed.run("systemctl stop rotationd.socket rotationd.service \(plugin)")
        let ill = try await bed.attempt(doctor)
        #expect(ill.status == 1)
        // Its socket is still there; looking has started nothing.
        #expect(try await bed.attempt("systemctl is-active \(plugin)").text == "inactive\n")
        let bad = try objects(ill.text).filter { $0["verdict"] == "bad" }
        for (check, words) in [
            ("configuration", "can be changed by others"), ("configuration", "must be real"),
            ("socket", "is not there"), ("daemon", "cannot connect"), ("units", "rotationd.socket does not run"),
        ] {
            #expect(
                bad.contains {
                    $0["check"]?.stringValue == check && $0["message"]?.stringValue?.contains(words) == true
                        && $0["action"]?.stringValue?.isEmpty == false
                }, "\(check): \(ill)")
        }
    }
}
