import JSONCore
import Testing

/// Commands that need no daemon.
@Suite struct OfflineTests {
    private let tool = Tool()

    @Test func testAWrongCommandLineIsAUsageError() async throws {
        for arguments in [
            ["nonsense"], ["case", "send", "c1"], ["case", "list", "--limit", "0"], ["status", "--language", "fr"],
            ["case", "send", "c", "e", "--no-form", "--set", "a=b"], ["case", "show", "c", "--at", "x"],
            ["plugin", "check", "nowhere"], ["directory", "show", "posts", "--text", "a"], ["outbox", "retry"],
            ["outbox", "retry", "m", "--all"],
        ] {
            let run = try await tool.run(arguments)
            #expect(run.status == 64, "\(arguments)")
            #expect(run.output.isEmpty && !run.errors.isEmpty, "\(arguments)")
        }
    }

    @Test func testEveryCommandExplainsItself() async throws {
        for command in [
            [], ["status"], ["verify"], ["backup"], ["backup", "make"], ["backup", "list"], ["restore"], ["reload"],
            ["outbox"], ["outbox", "list"], ["outbox", "retry"], ["clock", "show"], ["clock", "advance"],
            ["plugin", "list"],
            ["plugin", "check"], ["case", "open"], ["case", "list"], ["case", "show"], ["case", "history"],
            ["case", "watch"], ["case", "send"], ["task", "list"], ["form", "show"], ["form", "check"],
            ["workflow", "list"], ["workflow", "show"], ["workflow", "check"], ["workflow", "graph"],
            ["directory", "show"], ["directory", "import"], ["directory", "whoami"], ["directory", "history"],
            ["directory", "accept-delegation"],
        ] {
            let run = try await tool.run(command + ["--help"])
            #expect(run.status == 0 && run.output.contains("OVERVIEW: "), "\(command)")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func testShellsGetCompletions(shell: String) async throws {
        let run = try await tool("--generate-completion-script", shell)
        #expect(run.status == 0)
        #expect(run.output.contains("workflow list --names"))
    }

    // MARK: Workflows

    @Test func testTheShippedWorkflowsAreGood() async throws {
        let files = ["monthly-assessment", "rotation-onboarding"].map { Tool.file("config/workflows/\($0).yaml") }
        let run = try await tool.run(["workflow", "check"] + files)
        #expect(run.status == 0 && run.output.isEmpty)
        #expect(run.errors.contains("good (version 2, "))
    }

    @Test func testEveryProblemOfADefinitionIsTold() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("workflow: x\nversion: 0\ntitle: x\nnonsense: 1\n", to: "x.yaml")
        let run = try await tool("workflow", "check", file)
        #expect(run.status == 65)
        #expect(run.lines.count > 3)
        #expect(run.lines.allSatisfy { $0.hasPrefix(file + ":") })
        #expect(run.output.contains("\(file):2:10: "))
        let json = try await tool("workflow", "check", file, "--json").json()
        #expect(json.contains { $0["line"] == 2 && $0["column"] == 10 })
    }

    @Test func testAFileThatIsNotThereIsNoInput() async throws {
        let run = try await tool("workflow", "check", "/nonexistent/x.yaml", "--language", "vi")
        #expect(run.status == 66)
        #expect(run.errors.contains("kiểm tra quy trình: không đọc được /nonexistent/x.yaml"))
    }

    @Test func testAWorkflowIsDrawn() async throws {
        let file = Tool.file("config/workflows/monthly-assessment.yaml")
        let mermaid = try await tool("workflow", "graph", file, "--language", "vi")
        #expect(mermaid.status == 0)
        #expect(mermaid.lines.contains("stateDiagram-v2"))
        #expect(mermaid.lines.contains("    state \"Tự đánh giá\" as self_assessment_"))
        #expect(mermaid.lines.contains("    [*] --> self_assessment_: Mở đánh giá"))
        #expect(mermaid.lines.contains("    decided_ --> [*]"))
        #expect(!mermaid.output.contains("decided_ --> decided_"))
        #expect(
            try await tool("workflow", "graph", file, "--all").output.contains("decided_ --> decided_: Acknowledge"))
        let dot = try await tool("workflow", "graph", file, "--format", "dot")
        #expect(dot.lines.first == "digraph workflow {" && dot.lines.last == "}")
        #expect(dot.output.contains(#""s:decision" -> "s:decided" [label="Decide the level"];"#))
    }

    // MARK: Forms

    @Test func testABlankFormIsShownWithTitlesAndHints() async throws {
        let file = Tool.file("config/workflows/monthly-assessment.yaml")
        let vi = try await tool("form", "show", file, "self_assess", "--language", "vi")
        #expect(vi.status == 0)
        #expect(vi.lines.first == "## Đánh giá cán bộ hằng tháng: Nộp phiếu tự đánh giá")
        #expect(vi.output.contains("\nself_level:"))
        let unknown = try await tool("form", "show", file, "self_asses")
        #expect(unknown.status == 66)
        #expect(unknown.errors.contains("Events: open, self_assess, do_not_assess"))
    }

    @Test func testAFormIsCheckedWithThePlaceOfEveryFault() async throws {
        let folder = try TemporaryFolder()
        let schema = try folder.write(SampleReplies.schema, to: "s.json")
        let form = try folder.write("title: ab\nlevel: best\n\nother:\n  - 1\n", to: "f.yaml")
        let run = try await tool("form", "check", schema, form, "--language", "vi")
        #expect(run.status == 65)
        #expect(run.lines.count == 3)
        #expect(run.output.contains("\(form):1:1: /title (Tên việc): "))
        #expect(run.output.contains("\(form):2:1: /level (Mức): "))
        #expect(run.output.contains("\(form):4:1: /other: "))
        let json = try await tool("form", "check", schema, form, "--json").json()
        #expect(Set(json.compactMap { $0["pointer"]?.stringValue }) == ["/title", "/level", "/other"])
        #expect(json.first { $0["pointer"] == "/level" }?["line"] == 2)
    }

    @Test func testAGoodFormIsGoodAndBlankFieldsAreLeftOut() async throws {
        let folder = try TemporaryFolder()
        let schema = try folder.write(SampleReplies.schema, to: "s.json")
        let yaml = try await tool.run(["form", "check", schema, "-"], input: "title: abc\nlevel: good\ncount:\n")
        #expect(yaml.status == 0 && yaml.output.isEmpty)
        // Tabs and escapes that YAML does not know: JSON is read as JSON.
        let json = try await tool.run(
            ["form", "check", schema, "-"], input: "{\n\t\"title\": \"\\ud83d\\ude00bc\", \"level\": \"good\"}")
        #expect(json.status == 0)
    }

    @Test func testWhatIsNoFormOrNoSchemaIsToldWithItsPlace() async throws {
        let folder = try TemporaryFolder()
        let schema = try folder.write(SampleReplies.schema, to: "s.json")
        let form = try folder.write("title: [\n", to: "f.yaml")
        let broken = try await tool("form", "check", schema, form)
        #expect(broken.status == 65 && broken.errors.contains("\(form):"))
        let bad = try folder.write("{\n \"type\": \"object\",\n \"propertys\": {}}", to: "bad.json")
        let refused = try await tool("form", "check", bad, form)
        #expect(refused.status == 65)
        #expect(refused.errors.contains("\(bad):3:2: "))
        let latin = try await tool.run(["form", "check", schema, folder.path])
        #expect(latin.status == 66)
    }

    @Test func testEveryShippedSampleFitsItsForm() async throws {
        let run = try await tool(
            "form", "check", Tool.file("config/forms/self-assessment.schema.json"),
            Tool.file("config/samples/self-assessment.yaml"))
        #expect(run.status == 0, "\(run.output)")
    }
}
