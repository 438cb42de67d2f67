import Foundation
import JSONCore
import Testing
import Varlink
import Workflow

@testable import rotationctl

/// `rotationctl doctor`: a sound installation in a folder, and what is said when something of it is wrong.
@Suite struct DoctorTests {
    private let folder: TemporaryFolder
    private let machine: Answers

    init() throws {
        folder = try TemporaryFolder()
        machine = Answers()
        for path in [
            "etc/rotationd", "etc/credstore", "usr/lib/sysusers.d", "usr/lib/systemd/system", "usr/bin",
            "run/systemd/system", "run/rotationd", "var/log/journal", "var/lib/rotationd-storage-sqlite", "proc",
        ] {
            try FileManager.default.createDirectory(atPath: "\(folder.path)/\(path)", withIntermediateDirectories: true)
        }
        for name in ["rotationd.service", "rotationd.socket", "rotationd-backup.service", "rotationd-backup.timer"] {
            try copy("systemd/\(name)", to: "usr/lib/systemd/system/\(name)")
        }
        try copy("systemd/rotationd.sysusers", to: "usr/lib/sysusers.d/rotationd.conf")
        try copy("config/rotationd.yaml", to: "etc/rotationd/rotationd.yaml")
        let names = try folder.read("usr/lib/sysusers.d/rotationd.conf").split(separator: "\n")
            .map { $0.split(separator: " ") }.filter { ["u", "g"].contains($0.first?.prefix(1)) }.map { $0[1] }
        let accounts = (["root"] + names).enumerated().map { "\($1):x:\($0 == 0 ? 0 : 64_000 + $0):" }
        _ = try folder.write(accounts.joined(separator: "\n"), to: "etc/passwd")
        _ = try folder.write(accounts.joined(separator: "\n"), to: "etc/group")
        _ = try folder.write("MemAvailable:    4000000 kB\n", to: "proc/meminfo")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/etc/localtime", withDestinationPath: "/usr/share/zoneinfo/Asia/Ho_Chi_Minh")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/usr/bin/rotationd",
            withDestinationPath: Tool.programs.appending(path: "rotationd").path)
    }

    private func copy(_ file: String, to path: String) throws {
        try FileManager.default.copyItem(atPath: Tool.file(file), toPath: "\(folder.path)/\(path)")
        chmod("\(folder.path)/\(path)", 0o644)
    }

    /// What the machine's programs answer.
    private struct Answers {
        var units: [String: String] = [:]
        var isSynchronised = true

        /// As `systemctl show` answers.
        func show(_ units: [String]) -> String {
            units.map { unit in
                let type = unit == "rotationd-backup.service" ? "oneshot" : "notify"
                let active = type == "oneshot" ? "inactive" : "active"
                let changes = self.units[unit] ?? ""
                return """
                    Type=\(type)
                    Result=success
                    NRestarts=0
                    Id=\(unit)
                    LoadState=loaded
                    ActiveState=\(active)
                    UnitFileState=enabled
                    \(changes)
                    """
            }.joined(separator: "\n\n")
        }
    }

    private func installation(
        _ answers: Answers? = nil, daemon: Installation.Daemon? = nil, isAdministrator: Bool = true
    ) -> Installation {
        let answers = answers ?? machine
        let machine = Machine(root: folder.path, isAdministrator: isAdministrator) { words in
            switch words[0] {
            case "systemctl":
                ProgramRun(status: 0, output: answers.show(Array(words.dropFirst(3))), errors: "")
            case "timedatectl":
                ProgramRun(status: 0, output: answers.isSynchronised ? "yes\n" : "no\n", errors: "")
            case let program where program.hasSuffix("/rotationd"): await ProgramRun.of(words)
            default: nil
            }
        }
        return Installation(
            machine: machine, socket: "/run/rotationd/org.rotationd", daemon: daemon ?? .answers(Self.status),
            messages: Messages(language: .en), formats: Formats(language: .en), now: Self.now)
    }

    private static let now = Timestamp(milliseconds: 1_659_060_000_000)  // 2022-07-29T02:00:00Z
    private static let status: JSONObject = [
        "version": .string(Rotationctl.configuration.version), "clock": "real", "plugins": [],
        "storageBytes": 1_000_000,
        "lastCommitAt": "2022-07-29T01:59:00.000Z", "lastBackupAt": "2022-07-28T19:00:00.000Z", "needsAttention": [],
    ]

    /// Listens at the daemon's socket below the folder.
    private func listening(_ body: () async throws -> Void) async throws {
        let server = VarlinkServer(
            identity: ServiceIdentity(vendor: "test", product: "test", version: "0", url: ""), interfaces: [],
            onUnexpectedError: { error, _ in VarlinkError("test.Unexpected", ["reason": .string("\(error)")]) })
        try await server.listen(path: folder.path + "/run/rotationd/org.rotationd", mode: 0o660)
        do { try await body() } catch {
            await server.shutdown()
            throw error
        }
        await server.shutdown()
    }

    private func findings(_ installation: Installation) async -> [(check: String, finding: Finding)] {
        var findings: [(String, Finding)] = []
        for check in Installation.checks {
            for finding in await check.findings(installation) { findings.append((check.name, finding)) }
        }
        return findings
    }

    /// Expects that a check finds something with these words, and what to do.
    private func expect(
        _ check: String, _ verdict: Finding.Verdict, _ words: String, _ action: String? = nil,
        in installation: Installation, _ location: SourceLocation = #_sourceLocation
    ) async {
        let found = await findings(installation).filter { $0.check == check }.map(\.finding)
        #expect(
            found.contains { finding in
                finding.verdict == verdict && finding.message.contains(words)
                    && (action.map { finding.action?.contains($0) == true } ?? true)
            }, "\(found)", sourceLocation: location)
    }

    @Test func testASoundInstallationIsGood() async throws {
        try await listening {
            let findings = await findings(installation())
            #expect(findings.allSatisfy { $0.finding.verdict == .good }, "\(findings)")
            #expect(Set(findings.map(\.check)) == Set(Installation.checks.map(\.name)))
            await expect("socket", .good, "(0660); who may connect: root", in: installation())
            await expect("clock", .good, "Asia/Ho_Chi_Minh", in: installation())
        }
    }

    @Test func testAccountsThatAreMissingAreNamed() async throws {
        _ = try folder.write("root:x:0:\n", to: "etc/passwd")
        await expect("accounts", .bad, "rotationd-storage-sqlite", "systemd-sysusers", in: installation())
    }

    @Test(arguments: [
        ("rotationd.socket", "ActiveState=inactive\nUnitFileState=disabled", Finding.Verdict.bad, "enable --now"),
        ("rotationd.service", "ActiveState=failed\nResult=exit-code", .bad, "journalctl -xe -u rotationd.service"),
        ("rotationd.service", "LoadState=not-found", .bad, "daemon-reload"),
        ("rotationd.service", "LoadState=masked", .bad, "unmask"),
        ("rotationd.service", "NRestarts=7", .warning, "journalctl -x -u rotationd.service"),
        ("rotationd-backup.timer", "UnitFileState=disabled", .warning, "systemctl enable rotationd-backup.timer"),
        ("rotationd-backup.service", "Result=exit-code", .bad, "journalctl"),
    ])
    func testAUnitThatIsNotWellIsNamed(unit: String, state: String, verdict: Finding.Verdict, action: String) async {
        var answers = machine
        answers.units[unit] = state
        await expect("units", verdict, unit, action, in: installation(answers))
    }

    @Test func testWithoutSystemdUnitsAreNotChecked() async throws {
        try FileManager.default.removeItem(atPath: folder.path + "/run/systemd")
        await expect("units", .unchecked, "systemd does not run here", in: installation())
        await expect("clock", .unchecked, "timedatectl", in: installation())
    }

    @Test func testASocketWithoutAListenerIsFound() async throws {
        await expect("socket", .bad, "is not there", "rotationd.socket", in: installation())
        try await listening {}
        // A listener that was killed leaves its socket behind.
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = folder.path + "/run/rotationd/left"
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        close(descriptor)
        await expect("sockets", .bad, "Nobody listens at /run/rotationd/left", "rm", in: installation())
    }

    @Test func testWhatTheDaemonNeedsIsPassedOn() async throws {
        var status = Self.status
        status["needsAttention"] = [
            [
                "subject": "messages", "message": SampleReplies.text("1 thông báo", "1 message is parked"),
                "action": SampleReplies.text("Xem nhật ký", "See the journal"),
            ],
            [
                "subject": "backup", "message": SampleReplies.text("Đã 9 ngày", "It is 9 days old"),
                "action": SampleReplies.text("Sao lưu", "Make one"),
            ],
        ]
        let answering = installation(daemon: .answers(status))
        await expect("daemon", .bad, "1 message is parked", "See the journal", in: answering)
        await expect("backup", .bad, "It is 9 days old", "Make one", in: answering)
        await expect("daemon", .unchecked, "run this as root", in: installation(daemon: .refuses("no")))
        let gone = installation(daemon: .unreachable("refused", hint: "systemctl status rotationd"))
        await expect("daemon", .bad, "refused", "systemctl status rotationd", in: gone)
    }

    @Test func testOtherVersionsAreNamed() async throws {
        var status = Self.status
        status["version"] = "9.9.9"
        await expect(
            "versions", .bad, "the running rotationd is 9.9.9", "restart rotationd",
            in: installation(daemon: .answers(status)))
    }

    @Test func testAConfigurationThatIsWrongOrOpenIsFound() async throws {
        let file = folder.path + "/etc/rotationd/rotationd.yaml"
        chmod(file, 0o666)
        await expect("configuration", .bad, "can be changed by others", "chmod go-w", in: installation())
        chmod(file, 0o600)
        await expect("configuration", .bad, "rotationd cannot read /etc/rotationd/rotationd.yaml", in: installation())
        chmod(file, 0o644)
        _ = try folder.write("clock: wrong\n", to: "etc/rotationd/rotationd.yaml")
        await expect("configuration", .bad, "rotationd.yaml:1:", "rotationd --check", in: installation())
        try FileManager.default.removeItem(atPath: file)
        await expect("configuration", .bad, "is not there", in: installation())
    }

    @Test func testASecretIsThereAndForNobodyElse() async throws {
        let unit = "usr/lib/systemd/system/rotationd-notify-email.service"
        _ = try folder.write(
            "[Service]\nLoadCredential=password:/etc/secrets/mail\nLoadCredential=token\n", to: unit)
        // A channel that nobody has switched on needs nothing.
        await expect("credentials", .good, "No unit needs a secret", in: installation())
        let wants = "etc/systemd/system/rotationd.socket.wants"
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/\(wants)", withIntermediateDirectories: true)
        _ = try folder.write("", to: "\(wants)/rotationd-notify-email.socket")
        await expect("credentials", .bad, "/etc/secrets/mail", "install -m 600", in: installation())
        await expect("credentials", .unchecked, "Only root", in: installation(isAdministrator: false))
        try FileManager.default.createDirectory(
            atPath: folder.path + "/etc/secrets", withIntermediateDirectories: false)
        let secret = try folder.write("x", to: "etc/secrets/mail", mode: 0o644)
        _ = try folder.write("x", to: "etc/credstore/token", mode: 0o600)
        await expect("credentials", .bad, "Everybody may read", "chmod 600", in: installation())
        chmod(secret, 0o600)
        await expect("credentials", .good, "2 secrets", in: installation())
    }

    @Test func testTheClockIsHeldAgainstTheStore() async throws {
        var status = Self.status
        status["lastCommitAt"] = "2022-07-29T03:00:00.000Z"
        await expect("clock", .bad, "29/07/2022 10:00", "timedatectl", in: installation(daemon: .answers(status)))
        var answers = machine
        answers.isSynchronised = false
        await expect("clock", .warning, "not synchronised", "set-ntp", in: installation(answers))
    }

    @Test func testAFullDiskAndLittleMemoryAreFound() async throws {
        var status = Self.status
        status["storageBytes"] = .int(1 << 60)
        await expect("disk", .bad, "has only", "Make room", in: installation(daemon: .answers(status)))
        _ = try folder.write("MemAvailable:    4000 kB\n", to: "proc/meminfo")
        await expect("memory", .warning, "4.1 MB", "systemd-cgtop", in: installation())
    }

    @Test func testAJournalThatIsNotKeptIsFound() async throws {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/etc/systemd/journald.conf.d", withIntermediateDirectories: true)
        _ = try folder.write("[Journal]\nStorage=volatile\n", to: "etc/systemd/journald.conf.d/a.conf")
        await expect("journal", .warning, "Storage=volatile", "journald.conf.d", in: installation())
        _ = try folder.write("[Journal]\nStorage=none\n", to: "etc/systemd/journald.conf.d/b.conf")
        await expect("journal", .bad, "Storage=none", in: installation())
        try FileManager.default.removeItem(atPath: folder.path + "/etc/systemd/journald.conf.d")
        try FileManager.default.removeItem(atPath: folder.path + "/var/log/journal")
        await expect("journal", .warning, "/var/log/journal is not there", in: installation())
    }

    @Test func testWithoutTheDaemonTheBackupsThemselvesAreLookedAt() async throws {
        let gone = installation(daemon: .unreachable("x", hint: nil))
        await expect("backup", .warning, "There is no backup", "rotationctl backup", in: gone)
        let hidden = installation(daemon: .unreachable("x", hint: nil), isAdministrator: false)
        await expect("backup", .unchecked, "Only root", in: hidden)
        let backups = "var/lib/rotationd-storage-sqlite/backups"
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/\(backups)", withIntermediateDirectories: false)
        _ = try folder.write("x", to: "\(backups)/20220720T010000.000Z-scheduled-0123abcd.sqlite")
        await expect("backup", .bad, "9 days", "rotationctl backup", in: gone)
        _ = try folder.write("x", to: "\(backups)/20220729T010000.000Z-manual-0123abcd.sqlite")
        await expect("backup", .good, "29/07/2022 08:00", in: gone)
    }

    // MARK: - The command

    @Test func testTheCommandTellsEachFindingWithWhatToDo() async throws {
        try FileManager.default.removeItem(atPath: folder.path + "/var/log/journal")
        try await listening {
            let run = try await Tool()("doctor", "--root", folder.path)
            #expect(run.status == 0, "\(run.output) \(run.errors)")
            let line = try #require(run.lines.firstIndex { $0.hasPrefix("warning      journal ") })
            #expect(run.lines[line + 1].contains("→ mkdir -p /etc/systemd/journald.conf.d"))
            #expect(run.lines.last?.hasSuffix("not checked.") == true)
        }
        // The listener is gone.
        let json = try await Tool()("doctor", "--root", folder.path, "--json", "--language", "vi")
        #expect(json.status == 1)
        let bad = try json.json().filter { $0["verdict"] == "bad" }
        #expect(bad.map { $0["check"] } == ["socket"] && bad[0]["action"]?.stringValue?.contains("systemctl") == true)
    }

    @Test func testThisMachineIsLookedAt() async throws {
        let run = try await Tool()("doctor", "--json")
        let checks = try run.json().compactMap { $0["check"]?.stringValue }
        #expect(checks.contains("daemon") && checks.contains("disk") && checks.contains("memory"))
        // Nobody listens there.
        #expect(run.status == 1)
    }
}
