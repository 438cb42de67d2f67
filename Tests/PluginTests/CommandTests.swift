import Foundation
import JSONCore
import PluginKit
import Testing

/// notify-command with real programs.
@Suite(.timeLimit(.minutes(5))) struct CommandTests {
    /// A plugin whose program is a shell script.
    private struct Fixture {
        let folder: TemporaryFolder
        let plugin: ConnectedPlugin

        init(_ script: String, settings: String = "") async throws {
            folder = try TemporaryFolder()
            let program = folder.path + "/program"
            try "#!/bin/sh\n\(script)\n".write(toFile: program, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            let config = folder.path + "/notify-command.yaml"
            try """
            program: \(program)
            arguments: [--brand, "Huyện ủy $HOME; `id`", ""]
            working_directory: \(folder.path)
            retry_seconds: 7
            \(settings)
            """.write(toFile: config, atomically: true, encoding: .utf8)
            plugin = try await ConnectedPlugin.start(
                "notify-command", ["--config", config],
                wrapper: ["env", "SECRET_OF_THE_PLUGIN=1", "CREDENTIALS_DIRECTORY=/run/c"])
        }

        func deliver(_ id: String = "m-1") async throws -> DeliveryOutcome {
            try await Samples.deliver(Samples.notification(id), over: plugin.clients[0])
        }

        func read(_ name: String) -> String {
            (try? String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)) ?? ""
        }

        /// Waits until the file holds a line.
        func line(_ name: String) async throws -> String {
            while !read(name).hasSuffix("\n") { try await Task.sleep(for: .milliseconds(20)) }
            return String(read(name).dropLast())
        }

        /// Waits until the process has ended; who inherits it may leave it a zombie.
        func gone(_ pid: String) async throws {
            while let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8), !stat.contains(") Z ") {
                try await Task.sleep(for: .milliseconds(20))
            }
        }

        func stop() async {
            await plugin.close()
            #expect(await plugin.process.ended() == .init(code: 0))
            #expect(await plugin.process.written.output == "")
        }
    }

    @Test func testTheNotificationContractIsKept() async throws {
        let fixture = try await Fixture("cat >/dev/null")
        let results = await NotificationConformance.run(over: fixture.plugin.clients[0])
        #expect(results.count > 5)
        for result in results { #expect(result.outcome == .passed, "\(result)") }
        await fixture.stop()
    }

    @Test func testTheProgramGetsTheNotificationAndNothingElse() async throws {
        let fixture = try await Fixture(
            "cat >input; env | sort >environment; pwd >folder; printf '[%s]' \"$@\" >arguments; ls -l /proc/$$/fd >files"
        )
        #expect(try await PluginClient(fixture.plugin.clients[0]).probe() == .ready)
        #expect(try await fixture.deliver() == .delivered)
        let input = try JSON(parsing: fixture.read("input").trimmingCharacters(in: .newlines))
        #expect(input.objectValue == Samples.notification("m-1").json)
        #expect(fixture.read("folder") == fixture.folder.path + "\n")
        #expect(fixture.read("arguments") == "[--brand][Huyện ủy $HOME; `id`][]")
        let names = fixture.read("environment").split(separator: "\n").map { $0.prefix { $0 != "=" } }
        // PWD, and what else a shell makes itself.
        #expect(
            names.filter { !["PWD", "OLDPWD", "SHLVL", "_"].contains($0) }.sorted() == [
                "CREDENTIALS_DIRECTORY", "HOME", "LANG", "PATH",
            ])
        let sockets = fixture.read("files").split(separator: "\n").filter { $0.contains("socket:") }
        #expect(sockets.isEmpty)
        await fixture.stop()
    }

    @Test(arguments: [
        ("exit 0", DeliveryOutcome.delivered),
        // It has not read its input.
        ("exec <&-; exit 0", .delivered),
        ("echo 'tổng đài bận' >&2; exit 75", .retry(afterSeconds: 7, reason: "tổng đài bận")),
        ("exit 75", .retry(afterSeconds: 7, reason: "the program asked for another attempt (75)")),
        ("printf 'first\\nno such number \\033[31m\\n\\n' >&2; exit 1", .rejected(reason: "no such number [31m")),
        ("exit 64", .rejected(reason: "the program ended with 64 and wrote nothing to standard error")),
        ("kill -SEGV $$", .retry(afterSeconds: 7, reason: "the program was ended by signal 11")),
        ("yes | head -c 3000000 >&2; yes | head -c 3000000; echo enough >&2; exit 3", .rejected(reason: "enough")),
    ])
    func testHowTheProgramEndsIsTheOutcome(script: String, outcome: DeliveryOutcome) async throws {
        let fixture = try await Fixture(script)
        #expect(try await fixture.deliver() == outcome)
        await fixture.stop()
    }

    @Test func testWhatIsTooSlowIsKilledWithAllThatItStarted() async throws {
        let fixture = try await Fixture(
            "trap '' TERM HUP INT; (trap '' TERM; sleep 1000 & echo $! >child; wait) & wait",
            settings: "time_limit_seconds: 2")
        let outcome = try await fixture.deliver()
        #expect(outcome == .retry(afterSeconds: 7, reason: "the program did not end within 2 s and was killed"))
        try await fixture.gone(try await fixture.line("child"))
        await fixture.stop()
    }

    @Test func testWhatIsLeftBehindIsKilledAndNotWaitedFor() async throws {
        let fixture = try await Fixture("sleep 1000 & echo $! >child; exit 0")
        #expect(try await fixture.deliver() == .delivered)
        try await fixture.gone(try await fixture.line("child"))
        await fixture.stop()
    }

    @Test func testNothingOutlivesAPluginThatIsKilled() async throws {
        let fixture = try await Fixture("echo $$ >program.pid; sleep 1000 & echo $! >child; wait")
        let outcome = Task { try await fixture.deliver() }
        let child = try await fixture.line("child")
        let program = try await fixture.line("program.pid")
        fixture.plugin.process.signal(SIGKILL)
        await #expect(throws: (any Error).self) { try await outcome.value }
        for pid in [program, child] { try await fixture.gone(pid) }
        #expect(await fixture.plugin.process.ended() == .init(signal: SIGKILL))
    }

    @Test func testAPluginThatIsStoppedLetsTheProgramComeToItsEnd() async throws {
        let fixture = try await Fixture("echo $$ >program.pid; until [ -e go ]; do sleep 0.05; done; exit 0")
        async let outcome = fixture.deliver()
        _ = try await fixture.line("program.pid")
        fixture.plugin.process.signal(SIGTERM)
        try "".write(toFile: fixture.folder.path + "/go", atomically: true, encoding: .utf8)
        #expect(try await outcome == .delivered)
        #expect(await fixture.plugin.process.ended() == .init(code: 0))
    }

    @Test func testNoMoreRunAtTheSameTimeThanAllowed() async throws {
        let folder = try TemporaryFolder()
        let program = folder.path + "/program"
        // Leaves a name while it runs and notes how many there are.
        try """
        #!/bin/sh
        touch \(folder.path)/running.$$
        ls \(folder.path) | grep -c running >>\(folder.path)/counts
        sleep 0.2
        rm \(folder.path)/running.$$
        """.write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let config = folder.path + "/notify-command.yaml"
        try "program: \(program)\nconcurrency: 2".write(toFile: config, atomically: true, encoding: .utf8)
        let plugin = try await ConnectedPlugin.start("notify-command", ["--config", config], connections: 6)
        try await withThrowingTaskGroup(of: DeliveryOutcome.self) { group in
            for (index, client) in plugin.clients.enumerated() {
                group.addTask { try await Samples.deliver(Samples.notification("m-\(index)"), over: client) }
            }
            for try await outcome in group { #expect(outcome == .delivered) }
        }
        let counts = try String(contentsOfFile: folder.path + "/counts", encoding: .utf8).split(separator: "\n")
        #expect(counts.count == 6)
        #expect(counts.allSatisfy { ["1", "2"].contains($0) }, "\(counts)")
        await plugin.close()
        #expect(await plugin.process.ended() == .init(code: 0))
    }

    @Test func testWithoutAProgramMessagesWait() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../config/notify-command.yaml").standardizedFileURL.path
        let check = try PluginProcess("notify-command", ["--check", "--config", file])
        #expect(await check.ended() == .init(code: 0))
        let plugin = try await ConnectedPlugin.start("notify-command", ["--config", file])
        let reason = "no program is set in \(file)"
        #expect(try await PluginClient(plugin.clients[0]).probe() == .failing(reason))
        #expect(
            try await Samples.deliver(Samples.notification("m-1"), over: plugin.clients[0])
                == .retry(afterSeconds: 3600, reason: reason))
        await plugin.close()
        #expect(await plugin.process.ended() == .init(code: 0))
    }

    @Test func testAProgramThatHasGoneIsWaitedFor() async throws {
        let fixture = try await Fixture("exit 0")
        // It does not start without.
        #expect(try await PluginClient(fixture.plugin.clients[0]).probe() == .ready)
        try FileManager.default.removeItem(atPath: fixture.folder.path + "/program")
        guard case .retry(7, let reason) = try await fixture.deliver() else {
            Issue.record("it is not tried again")
            return
        }
        #expect(reason == "\(fixture.folder.path)/program: No such file or directory")
        guard case .failing = try await PluginClient(fixture.plugin.clients[0]).probe() else {
            Issue.record("the probe says nothing")
            return
        }
        await fixture.stop()
    }

    @Test(arguments: [
        ("program: send-sms", ":1:1: /program: is not written as required: a whole path, beginning with /"),
        ("arguments: []\nprogram: /nowhere/send-sms", ":2:1: /program: /nowhere/send-sms cannot be executed"),
        ("shell: true", ":1:1: /shell: there is no such setting"),
        ("concurrency: 0", ":1:1: /concurrency: must be 1 or more"),
        ("arguments: --brand x", ":1:1: /arguments: must be a list"),
    ])
    func testAMistakeIsNamedWithItsPlace(yaml: String, said: String) async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/notify-command.yaml"
        try yaml.write(toFile: file, atomically: true, encoding: .utf8)
        let process = try PluginProcess("notify-command", ["--check", "--config", file])
        #expect(await process.ended() == .init(code: 78))
        let written = await process.written.errors
        #expect(written.contains(file + said), "\(written)")
    }
}
