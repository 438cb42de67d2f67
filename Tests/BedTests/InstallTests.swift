import Foundation
import Testing

/// The package, on a bare system: what an administrator does with it, from the first day to the last.
@Suite(.needsBed, .timeLimit(.minutes(5))) struct InstallTests {
    @Test(arguments: DebianRelease.allCases)
    func testInstallingAndSwitchingOnIsAllThereIsToDo(_ release: DebianRelease) async throws {
        let bed = try Bed(release)
        try await bed.boot()
        let said = try await bed.install()
        #expect(said.contains("systemctl enable --now rotationd.socket"))
        // Until the administrator says so, nothing runs.
        #expect(try await bed.attempt("systemctl is-active 'rotationd*'").text == "")
        #expect(try await bed.attempt("systemctl is-enabled rotationd.socket").text == "disabled\n")
        try await bed.run("systemctl enable --now rotationd.socket")
        try await bed.run("rotationctl directory import /usr/share/rotationd/directory")
        #expect(try await bed.attempt("rotationctl status --language en").text.contains("sqlite"))
        try await bed.untilNothingHasFailed()

        try await bed.shutDown()
        try await bed.boot()
        try await bed.untilServing()
        #expect(try await bed.run("rotationctl directory show --json").contains("cb-11"))
        try await bed.untilNothingHasFailed()

        // Switching off is one command too.
        try await bed.run("systemctl disable --now rotationd.socket")
        try await until("nothing runs any more") {
            try await bed.attempt("systemctl is-active 'rotationd*'").text == ""
        }
    }

    @Test(arguments: DebianRelease.allCases)
    func testFilesAreWhereDebianLooksForThem(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        for path in [
            "/usr/bin/rotationctl", "/usr/libexec/rotationd/storage-sqlite", "/usr/lib/systemd/system/rotationd.socket",
            "/usr/lib/sysusers.d/rotationd.conf", "/etc/rotationd/workflows/rotation-onboarding.yaml",
            "/usr/share/man/man1/rotationctl.1.gz", "/usr/share/bash-completion/completions/rotationctl",
            "/usr/share/rotationd/interfaces/org.rotationd.Workflow.varlink",
        ] {
            #expect(try bed.exists(path), "\(path)")
        }
        #expect(try await bed.run("dpkg --verify rotationd | grep -v rotationd.yaml || true") == "")
        // Nothing of Swift is needed.
        #expect(try await bed.attempt("ldd /usr/bin/rotationd | grep -i swift").text == "")
    }

    @Test(arguments: DebianRelease.allCases)
    func testAnUpgradeLosesNothingAndRefusesNobody(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        let newer = try await Self.repack(version: "99.0", bed)
        let before = try await bed.mainPID("rotationd")
        let storageBefore = try await bed.mainPID("rotationd-storage-sqlite")
        try await Load.run(on: bed) { load in
            try await bed.install(newer)
            // It has been started again, with its plugins, and the clients have been answered since.
            #expect(try await bed.mainPID("rotationd") != before)
            try await load.untilMoreAnswers()
            #expect(try await bed.mainPID("rotationd-storage-sqlite") != storageBefore)
        }
        #expect(try await bed.run("dpkg-query --show --showformat '${Version}' rotationd") == "99.0")
        // The administrator's change to a conffile is kept.
        #expect(try bed.read("/etc/rotationd/rotationd.yaml").contains("gateways: [root]"))
        #expect(try await bed.run("systemctl is-enabled rotationd.socket") == "enabled\n")
        try await bed.untilNothingHasFailed()
    }

    @Test(arguments: DebianRelease.allCases)
    func testRemovingAndPurgingKeepTheData(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        let id = try await bed.official("cb-01").open().id
        try await bed.run("apt-get remove --yes rotationd")
        #expect(try await bed.attempt("systemctl is-active 'rotationd*'").text == "")
        #expect(try !bed.exists("/run/rotationd/org.rotationd"))
        #expect(try bed.exists("/etc/rotationd/rotationd.yaml"))
        // Who only removed it and thinks better of it has nothing to switch on.
        try await bed.install()
        #expect(try await bed.run("systemctl is-active rotationd.socket rotationd-backup.timer") == "active\nactive\n")
        #expect(try await bed.official("cb-11").history(id).count == 1)
        let purged = try await bed.run("apt-get purge --yes rotationd 2>&1")
        #expect(purged.contains("the data stays in /var/lib/rotationd-storage-sqlite"))
        #expect(try !bed.exists("/etc/rotationd/rotationd.yaml"))
        #expect(try await bed.run("find /etc/systemd -name 'rotationd*'") == "")
        // Who installs it again has his cases back.
        try await bed.install()
        try await bed.run("sed -i 's/^gateways:.*/gateways: [root]/' /etc/rotationd/rotationd.yaml")
        try await bed.run("systemctl enable --now rotationd.socket")
        #expect(try await bed.official("cb-11").history(id).count == 1)
        try await bed.expectSound()
    }

    /// The same package as another version.
    private static func repack(version: String, _ bed: Bed) async throws -> String {
        let output = "\(bed.folder)/newer.deb"
        let script = Process()
        script.executableURL = URL(filePath: "/bin/sh")
        script.arguments = [
            "-ec",
            """
            dpkg-deb --raw-extract "$1" "$2/tree"
            sed -i "s/^Version: .*/Version: $3/" "$2/tree/DEBIAN/control"
            dpkg-deb --root-owner-group -Zgzip -z1 --build "$2/tree" "$4" >/dev/null
            rm -r "$2/tree"
            """, "sh", try #require(Bed.package), bed.folder, version, output,
        ]
        try script.run()
        script.waitUntilExit()
        try #require(script.terminationStatus == 0)
        return output
    }
}

/// What CI must have run.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["CI"] != nil, "only CI must be able to boot a system"))
struct BedAvailabilityTests {
    @Test func testASystemCanBeBootedWhereCIRuns() { #expect(Bed.obstacle == nil) }
}
