import JSONCore
import Synchronization
import Testing
import Varlink

/// Forms that are filled in in an editor: a script that plays the person.
@Suite struct EditorTests {
    /// Runs `case send c1 report --edit` with editors' scripts, one for each time that the editor opens.
    private func edit(
        _ scripts: [String], arguments: [String] = [], answers: [String: FakeDaemon.Answer] = SampleReplies.reporting(),
        _ body: (Tool.Run, FakeDaemon, _ kept: [String]) throws -> Void
    ) async throws {
        try await FakeDaemon.with(answers) { daemon, tool in
            var tool = tool
            let folder = daemon.folder.path
            for (index, script) in scripts.enumerated() { _ = try daemon.folder.write(script, to: "script\(index)") }
            let editor = try daemon.folder.write(
                """
                #!/bin/bash
                n=$(cat \(folder)/count 2>/dev/null || echo 0)
                echo $((n + 1)) > \(folder)/count
                cp "$1" \(folder)/seen$n
                . \(folder)/script$n
                """, to: "editor", mode: 0o755)
            tool.environment["EDITOR"] = editor
            tool.environment["XDG_STATE_HOME"] = folder + "/state"
            let run = try await tool.run(["case", "send", "c1", "report", "--edit"] + arguments)
            let kept = try await list(folder + "/state/rotationctl")
            try body(run, daemon, kept)
        }
    }

    private func list(_ folder: String) async throws -> [String] {
        let process = try RunningTool(["-c", "cat \(folder)/* 2>/dev/null"], ["PATH": "/usr/bin:/bin"])
        process.write("")
        return await process.end().lines
    }

    @Test func testAFilledInFormIsSentAndTheFileRemoved() async throws {
        try await edit([#"printf 'title: Việc một\nlevel: good\ncount:\n' > "$1""#]) { run, daemon, kept in
            #expect(run.status == 0, "\(run.errors)")
            #expect(daemon.calls("Workflow.SendEvent").first?["form"] == ["title": "Việc một", "level": "good"])
            #expect(kept.isEmpty)
            let template = try daemon.folder.read("seen0")
            #expect(template.hasPrefix("## Cán bộ 07: Report\n"))
            #expect(template.contains("\ntitle:\n") && template.contains("\n# count:\n"))
        }
    }

    @Test(arguments: ["true", #": > "$1""#, #"sed -i '/^#/!d' "$1""#])
    func testAnUnchangedOrEmptiedFormIsNotSent(script: String) async throws {
        try await edit([script]) { run, daemon, kept in
            #expect(run.status == 66)
            #expect(run.errors.contains("nothing was sent"))
            #expect(daemon.calls("Workflow.SendEvent").isEmpty && kept.isEmpty)
        }
    }

    @Test func testAFormThatBreaksARuleIsOpenedAgainWithTheReasons() async throws {
        let scripts = [
            #"printf 'title: ab\nlevel: best\n' > "$1""#, #"sed -i 's/ab/abc/; s/best/good/' "$1""#,
        ]
        try await edit(scripts, arguments: ["--language", "vi"]) { run, daemon, kept in
            #expect(run.status == 0, "\(run.errors)")
            let second = try daemon.folder.read("seen1")
            #expect(second.hasPrefix("#! Biểu mẫu chưa được chấp nhận."))
            // The lines are those of the file as it is now.
            #expect(second.contains("#!   4: /title (Tên việc): ") && second.contains("#!   5: /level (Mức): "))
            #expect(second.hasSuffix("\ntitle: ab\nlevel: best\n"))
            #expect(daemon.calls("Workflow.SendEvent").count == 1 && kept.isEmpty)
        }
    }

    @Test func testWhatIsNotYAMLIsOpenedAgain() async throws {
        try await edit([#"printf 'title: [\n' > "$1""#, #"printf 'title: abc\nlevel: good\n' > "$1""#]) {
            run, daemon, _ in
            #expect(run.status == 0, "\(run.errors)")
            let seen1 = try daemon.folder.read("seen1")
            #expect(seen1.hasSuffix("\ntitle: [\n"))
        }
    }

    @Test func testAFormThatTheDaemonRefusesIsOpenedAgainWithItsReasons() async throws {
        let refused = Mutex(false)
        var answers = SampleReplies.reporting()
        answers["Workflow.SendEvent"] = { parameters in
            if refused.withLock({ refused in
                defer { refused = true }; return refused
            }) {
                return ["case": "c1", "version": 4, "state": "reported"]
            }
            throw VarlinkError(
                "org.rotationd.Workflow.InvalidForm",
                [
                    "form": "report", "message": SampleReplies.text("sai", "wrong"),
                    "violations": [
                        ["pointer": "/count", "keyword": "x", "message": SampleReplies.text("ít quá", "too few")]
                    ],
                ])
        }
        let scripts = [#"printf 'title: abc\nlevel: good\ncount: 1\n' > "$1""#, #"sed -i 's/count: 1/count: 2/' "$1""#]
        try await edit(scripts, answers: answers) { run, daemon, kept in
            #expect(run.status == 0, "\(run.errors)")
            let seen1 = try daemon.folder.read("seen1")
            #expect(seen1.contains("#!   5: /count: too few\n"))
            #expect(daemon.calls("Workflow.SendEvent").map { $0["form"]?["count"] } == [1, 2])
            #expect(Set(daemon.calls("Workflow.SendEvent").compactMap { $0["key"]?.stringValue }).count == 2)
            #expect(kept.isEmpty)
        }
    }

    @Test(arguments: ["true", #": > "$1""#])
    func testWhoGivesUpAfterARefusalLosesNothing(second: String) async throws {
        try await edit([#"printf 'title: ab\nlevel: good\n' > "$1""#, second]) { run, daemon, kept in
            #expect(run.status == 65 || run.status == 66)
            #expect(run.errors.contains("is kept in \(daemon.folder.path)/state/rotationctl/report-"))
            #expect(kept.contains("title: ab"))
        }
    }

    @Test func testWhatWasFilledInIsKeptWhenTheDaemonCannotTakeIt() async throws {
        var answers = SampleReplies.reporting()
        answers["Workflow.SendEvent"] = { _ in
            throw VarlinkError(
                "org.rotationd.Workflow.Unavailable",
                ["reason": "storage", "message": SampleReplies.text("chưa được", "not now")])
        }
        try await edit([#"printf 'title: abc\nlevel: good\n' > "$1""#], answers: answers) { run, _, kept in
            #expect(run.status == 75)
            #expect(run.errors.contains("--file "))
            #expect(kept == ["title: abc", "level: good"])
        }
    }

    @Test func testLineEndsOfAnotherSystemAreUnderstood() async throws {
        let scripts = [#"printf 'title: ab\r\nlevel: good\r\n' > "$1""#, #"sed -i 's/ab/abc/; s/$/\r/' "$1""#]
        try await edit(scripts) { run, daemon, kept in
            #expect(run.status == 0, "\(run.errors)")
            #expect(daemon.calls("Workflow.SendEvent").first?["form"] == ["title": "abc", "level": "good"])
        }
    }

    @Test func testAnEditorThatFailsSendsNothing() async throws {
        try await edit([#"printf 'title: abc\nlevel: good\n' > "$1"; exit 3"#]) { run, daemon, kept in
            #expect(run.status == 69 && run.errors.contains("status 3"))
            #expect(daemon.calls("Workflow.SendEvent").isEmpty)
            #expect(kept == ["title: abc", "level: good"])
        }
        try await edit(["exit 1"]) { run, _, kept in #expect(run.status == 69 && kept.isEmpty) }
    }

    @Test func testAFileIsEditedFurther() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("title: abc\nlevel: good\n", to: "f.yaml")
        try await edit(["true"], arguments: ["--file", file]) { run, daemon, _ in
            #expect(run.status == 0, "\(run.errors)")
            #expect(daemon.calls("Workflow.SendEvent").first?["form"] == ["title": "abc", "level": "good"])
            let seen0 = try daemon.folder.read("seen0")
            #expect(seen0 == "title: abc\nlevel: good\n")
        }
    }

    @Test func testAnEventThatIsNotAcceptedIsToldBeforeTheEditorOpens() async throws {
        var answers = SampleReplies.reporting()
        answers["Workflow.GetCase"] = { _ in
            ["case": SampleReplies.aCase("c1"), "document": [:], "head": "ab", "accepts": []]
        }
        try await edit([], answers: answers) { run, _, _ in
            #expect(run.status == 65)
            #expect(run.errors.contains("the state \"Self-assessment\" does not accept report"))
        }
    }
}
