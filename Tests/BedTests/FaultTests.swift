import Foundation
import JSONCore
import Testing
import Varlink

/// What goes wrong on a server, and how rotationd comes through it.
@Suite(.needsBed, .timeLimit(.minutes(5))) struct FaultTests {
    private static let units = ["rotationd", "rotationd-storage-sqlite", "rotationd-notify-journal"]

    @Test(arguments: DebianRelease.allCases)
    func testEveryProcessMayBeKilledAtAnyMoment(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        try await Load.run(on: bed) { load in
            for unit in Self.units {
                for _ in 0..<3 {
                    try await Self.end(unit, by: "KILL", on: bed)
                    try await load.untilMoreAnswers()
                }
            }
        }
        try await bed.untilNothingHasFailed()
    }

    @Test(arguments: DebianRelease.allCases)
    func testEveryProcessThatHangsIsStartedAgain(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        // The same watchdog, but with less patience than the units have.
        for unit in Self.units { try await bed.override("\(unit).service", "[Service]\nWatchdogSec=2s\n") }
        try await bed.restart()
        try await Load.run(on: bed) { load in
            for unit in Self.units {
                try await Self.end(unit, by: "STOP", on: bed)
                #expect(try await bed.journal(unit).contains("Watchdog timeout"))
                try await load.untilMoreAnswers()
            }
        }
    }

    /// Sends a signal to the unit's process and waits for the next one.
    private static func end(_ unit: String, by signal: String, on bed: Bed) async throws {
        // It may be on its way up again.
        try await until("\(unit) runs") { try await bed.show(unit, "SubState") == "running" }
        let before = try await bed.mainPID(unit)
        try await bed.run("kill -\(signal) \(before)")
        try await until("\(unit) is started again", limit: .seconds(60)) {
            let now = try await bed.mainPID(unit)
            return now != 0 && now != before
        }
    }

    @Test(arguments: DebianRelease.allCases)
    func testAFullDiskIsToldAndLosesNothing(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        let folder = "/var/lib/rotationd-storage-sqlite"
        try await bed.run(
            """
            systemctl stop rotationd rotationd-storage-sqlite
            cp -a \(folder) /root/store
            mount -t tmpfs -o size=8M,mode=750 store \(folder)
            cp -a /root/store/. \(folder); chown --reference=/root/store \(folder)
            systemctl start rotationd
            """)
        let id = try await bed.official("cb-01").open().id
        let official = try await bed.official("cb-11")
        // Nothing is left.
        _ = try await bed.attempt("dd if=/dev/zero of=\(folder)/filler bs=64k")
        var answers = [try await bed.official("cb-11").history(id).count]
        var refusal: VarlinkError?
        while refusal == nil, answers.count < 10_000 {
            do {
                answers.append(try await official.saveDraft(id, key: "\(answers.count)").version)
            } catch let error as VarlinkError {
                refusal = error
            }
        }
        #expect(refusal?.name == "org.rotationd.Workflow.Unavailable")
        #expect(refusal?.parameters["reason"]?.stringValue?.contains("the disk is full") == true, "\(refusal as Any)")
        // What was acknowledged can be read, and the daemon goes on.
        #expect(try await official.history(id).count == answers.count)
        #expect(try await bed.show("rotationd", "NRestarts") == "0")
        try await bed.run("rm \(folder)/filler")
        // The same command is taken when there is room, once.
        #expect(try await official.saveDraft(id, key: "\(answers.count)").version == answers.count + 1)
        #expect(try await official.history(id).count == answers.count + 1)
        try await bed.expectSound()
        try await bed.restart()
        #expect(try await bed.official("cb-11").history(id).count == answers.count + 1)
    }

    @Test(arguments: DebianRelease.allCases)
    func testWorkGoesOnWithoutTheJournal(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        let id = try await bed.official("cb-01").open().id
        let official = try await bed.official("cb-11")
        try await bed.run("mv /run/systemd/journal/socket /run/systemd/journal/away")
        for _ in 0..<5 { _ = try await official.saveDraft(id) }
        try await bed.restart()
        let again = try await bed.official("cb-11")
        for _ in 0..<5 { _ = try await again.saveDraft(id) }
        try await bed.run("mv /run/systemd/journal/away /run/systemd/journal/socket")

        try await bed.run("systemctl stop systemd-journald.service 'systemd-journald*.socket'")
        for _ in 0..<5 { _ = try await again.saveDraft(id) }
        try await bed.run("systemctl start systemd-journald.socket systemd-journald.service")
        #expect(try await again.saveDraft(id).version == 17)
        try await until("the journal has it again") {
            try await bed.journal("rotationd", "--output verbose").contains("ROTATIOND_VERSION=17")
        }
        try await bed.expectSound()
    }

    @Test(arguments: DebianRelease.allCases)
    func testAClockThatIsSetBackStopsNothing(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        let library = try await Probe.clock.install(in: bed)
        for unit in Self.units {
            try await bed.override("\(unit).service", "[Service]\nEnvironment=LD_PRELOAD=\(library)\n")
        }
        try await bed.restart()
        let id = try await bed.official("cb-01").open().id
        let official = try await bed.official("cb-11")
        let before = try await official.saveDraft(id)
        let time = try await bed.run("rotationctl clock show --json")
        // A day back, while they run.
        try await bed.run("truncate --size 86400 /run/clock-shift")
        #expect(try await bed.run("rotationctl clock show --json") < time)
        let after = try await official.saveDraft(id)
        #expect(after.version == before.version + 1)
        try await bed.expectSound()
        try await bed.restart()
        #expect(try await bed.official("cb-11").saveDraft(id).version == after.version + 1)
        try await bed.run("rm /run/clock-shift")
        #expect(try await bed.official("cb-11").saveDraft(id).version == after.version + 2)
        try await bed.expectSound()
    }

    @Test(arguments: DebianRelease.allCases, ["rotationd.yaml", "workflows/rotation-onboarding.yaml"])
    func testAWrongConfigurationIsSaidOnceAndWaitsForItsRepair(_ release: DebianRelease, _ file: String) async throws {
        let bed = try await InstalledBed.make(release)
        try await bed.run("cp /etc/rotationd/\(file) /root/kept; echo 'nonsense: 1' >>/etc/rotationd/\(file)")
        // A client that waits at the socket does not have it started again and again.
        try await bed.run("systemctl stop rotationd.service")
        let waiting = try await bed.connect()
        try await until("the daemon has failed") { try await bed.show("rotationd", "ActiveState") == "failed" }
        #expect(try await bed.show("rotationd", "ExecMainStatus") == "78")
        try await until("the socket is gone") { try await bed.show("rotationd.socket", "ActiveState") == "inactive" }
        await waiting.close()
        let told = try await bed.attempt("rotationctl status --language en")
        #expect(told.status == 69 && told.text.contains("systemctl status rotationd"), "\(told)")
        #expect(try await bed.run("systemctl list-units").contains("rotationd cannot run as it is configured"))
        let said = try await bed.journal("rotationd")
        #expect(said.contains("/etc/rotationd/\(file):"), "\(said)")
        #expect(said.split(separator: "\n").count { $0.contains("status=78") } == 1, "\(said)")

        try await bed.run("cp /root/kept /etc/rotationd/\(file); systemctl restart rotationd")
        _ = try await bed.official("cb-01").open()
        try await bed.untilNothingHasFailed()
    }

    @Test(arguments: DebianRelease.allCases)
    func testAPluginThatCrashesAtOnceIsTriedEverMoreSlowly(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        let unit = "rotationd-storage-sqlite"
        let daemon = try await bed.mainPID("rotationd")
        try await bed.run("cp /bin/false /usr/lib/test-false")
        try await bed.override("\(unit).service", "[Service]\nExecStart=\nExecStart=/usr/lib/test-false\n")
        try await bed.run("kill -KILL \(bed.mainPID(unit))")
        let killed = Date.now.timeIntervalSince1970
        func starts() async throws -> [Double] {
            let text = try await bed.journal(unit, "--output short-unix --grep '^Starting'")
            return text.split(separator: "\n").compactMap { Double($0.prefix { $0 != " " }) }.filter { $0 > killed }
        }
        try await until("it is started some times", limit: .seconds(60)) { try await starts().count >= 6 }
        let times = Array(try await starts().prefix(6))
        let pauses = zip(times, times.dropFirst()).map { $1 - $0 }
        // Each is spread a little, and the machine may be busy; all in all they grow.
        #expect(pauses.count == 5 && pauses[3] + pauses[4] > pauses[0] + pauses[1], "\(pauses)")
        // Between two tries.
        try await until("it has failed") { try await bed.show(unit, "ActiveState") == "failed" }
        #expect(try await bed.run("systemctl --failed").contains(unit))
        // The daemon lives, and says what is wrong.
        #expect(try await bed.mainPID("rotationd") == daemon)
        let status = try await bed.attempt("rotationctl status --language en")
        #expect(status.text.contains("/run/rotationd/storage/sqlite is not ready"), "\(status)")
        await #expect(throws: VarlinkError.self) { try await bed.official("cb-01").open() }

        try await bed.removeOverride("\(unit).service")
        try await until("it is back", limit: .seconds(60)) { (try? await bed.official("cb-01").open()) != nil }
        try await bed.untilNothingHasFailed()
    }

    @Test(arguments: DebianRelease.allCases)
    func testAPluginOfAnotherContractIsRefusedWithBothEditions(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        let plugin = try await Probe.plugin.install(in: bed)
        try await bed.run("systemctl stop rotationd rotationd-storage-sqlite")
        try await bed.override(
            "rotationd-storage-sqlite.service",
            "[Service]\nType=simple\nWatchdogSec=0\nExecStart=\nExecStart=\(plugin)\nExecPaths=\(plugin)\n")
        #expect(try await bed.attempt("systemctl start rotationd").status != 0)
        #expect(try await bed.show("rotationd", "ExecMainStatus") == "78")
        let said = try await bed.journal("rotationd")
        #expect(said.contains("future 9.0 speaks edition 99") && said.contains("this program edition 1"), "\(said)")
        try await bed.run("systemctl stop rotationd-storage-sqlite")
        try await bed.removeOverride("rotationd-storage-sqlite.service")
        try await bed.run("systemctl restart rotationd")
        _ = try await bed.official("cb-01").open()
    }

    @Test(arguments: DebianRelease.allCases)
    func testASocketWithoutPermissionIsTold(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        let socket = "/run/rotationd/storage/sqlite"
        try await bed.run("chmod 0 \(socket); systemctl restart rotationd-storage-sqlite")
        try await until("the status says why storage is away") {
            try await bed.attempt("rotationctl status --language en").text.contains("Permission denied")
        }
        await #expect(throws: VarlinkError.self) { try await bed.official("cb-01").open() }
        try await bed.run("chmod 600 \(socket)")
        try await until("it is back", limit: .seconds(60)) { (try? await bed.official("cb-01").open()) != nil }
    }
}
