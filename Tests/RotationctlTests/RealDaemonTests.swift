import JSONCore
import Testing

/// The same commands against the daemon itself.
@Suite struct RealDaemonTests {
    @Test func testACaseIsOpenedMovedReadAndFollowed() async throws {
        try await RealDaemon.with { tool in
            func sample(_ name: String) -> String { Tool.file("config/samples/\(name).yaml") }
            let opened = try await tool(
                "case", "open", "rotation-onboarding", "--file", sample("rotation"), "--person", "cb-01", "--json")
            let id = try #require(try opened.json().first?["case"]?.stringValue, "\(opened.errors)")

            // A draft without a program, then the whole of it.
            let early = try await tool(
                "case", "send", id, "submit", "--no-form", "--person", "cb-11", "--language", "vi")
            #expect(early.status == 65 && early.errors.contains("Dự thảo chưa đủ nội dung bắt buộc"))
            let draft = try await tool(
                "case", "send", id, "save_draft", "--file", sample("action-program-1"), "--person", "cb-11")
            #expect(draft.status == 0, "\(draft.errors)")
            let refused = try await tool(
                "case", "send", id, "submit", "--set", "key_tasks=none", "--person", "cb-11", "--language", "vi")
            #expect(refused.status == 65 && refused.errors.contains("\n  /key_tasks"), "\(refused.errors)")
            #expect(try await tool("case", "send", id, "submit", "--no-form", "--person", "cb-11").status == 0)
            let late = try await tool("case", "send", id, "submit", "--no-form", "--person", "cb-11")
            #expect(late.status == 65 && late.errors.contains("Accepted now: "))
            let foreign = try await tool("case", "send", id, "schedule_hearing", "--set", "a=b", "--person", "cb-11")
            #expect(foreign.status == 77)

            let history = try await tool("case", "history", id, "--person", "cb-11", "--language", "vi")
            #expect(history.lines.contains { $0.contains("Trình Ban Thường vụ (submit) · ") })
            #expect(history.lines.contains("    → Chờ xếp lịch"))
            let list = try await tool("case", "list", "--text", "que trung", "--person", "cb-01", "--language", "vi")
            #expect(list.lines.count == 2 && list.lines[1].hasPrefix(id + "  Chương trình hành động: "))
            let tasks = try await tool("task", "list", "--person", "cb-01", "--json").json()
            #expect(tasks.contains { $0["event"] == "schedule_hearing" })

            // What is shown can be sent again.
            let shown = try await tool("case", "show", id, "--at", "/action_program", "--person", "cb-11")
            #expect(try await tool("case", "send", id, "recall", "--no-form", "--person", "cb-11").status == 0)
            let again = try await tool.run(
                ["case", "send", id, "save_draft", "--file", "-", "--person", "cb-11"], input: shown.output)
            #expect(again.status == 0, "\(again.errors)")
        }
    }

    @Test func testAnAdministratorSeesHowItIs() async throws {
        try await RealDaemon.with { tool in
            let status = try await tool("status", "--language", "vi")
            #expect(status.status == 0 && status.output.contains("(diễn tập)"), "\(status.errors)")
            #expect(try await tool("status", "--json").json().first?["clock"] == "rehearsal")
            let advanced = try await tool("clock", "advance", "05/07/2022 07:30", "--language", "vi")
            #expect(advanced.output.hasPrefix("Bây giờ là 05/07/2022 07:30;"), "\(advanced.errors)")
            #expect(try await tool("clock", "show").output == "05/07/2022 07:30 Asia/Ho_Chi_Minh (rehearsal)\n")
            #expect(try await tool("clock", "advance", "2022-07-01").status == 65)
            #expect(try await tool("clock", "advance", "tomorrow").status == 64)
            #expect(try await tool("verify", "--json").json().last?["problems"] == 0)
            #expect(try await tool("reload").status == 0)
            #expect(try await tool("plugin", "list", "--json").json().map { $0["name"] } == ["sqlite"])
            let names = try await tool("workflow", "list", "--names").lines
            #expect(names.sorted() == ["monthly-assessment", "rotation-onboarding"])
            #expect(try await tool("workflow", "graph", "monthly-assessment").output.contains("stateDiagram-v2"))
            let form = try await tool("form", "show", "rotation-onboarding", "open", "--language", "vi")
            #expect(form.status == 0 && form.output.contains("bắt buộc"))
            let file = Tool.file("config/workflows/monthly-assessment.yaml")
            #expect(try await tool("workflow", "check", "--daemon", file).status == 0)
            #expect(try await tool("case", "show", "nothing", "--person", "cb-01").status == 66)
            #expect(try await tool("workflow", "show", "nothing").status == 66)
            #expect(try await tool("case", "list", "--person", "nobody").status == 77)
        }
    }

    @Test func testTheDirectoryIsShown() async throws {
        try await RealDaemon.with { tool in
            let officials = try await tool("directory", "show", "officials", "--text", "can bo 11", "--json").json()
            #expect(
                officials.first?["id"] == "cb-11"
                    && officials.allSatisfy { $0["id"]?.stringValue?.hasPrefix("cb-11") == true })
            let posts = try await tool("directory", "show", "posts", "--unit", "xa-que-trung", "--json").json()
            #expect(!posts.isEmpty && posts.allSatisfy { $0["unit"] == "xa-que-trung" })
            let who = try await tool("directory", "whoami", "--person", "cb-01", "--language", "vi")
            #expect(who.lines.contains { $0.hasPrefix("Vai trò") && $0.contains("organisation_board@huyen-nong-son") })
            let again = try await tool("directory", "import", Tool.file("config/directory"), "--json").json()
            #expect(again.first?["officials"]?["same"]?.intValue ?? 0 > 50)
            let folder = try TemporaryFolder()
            let file = try folder.write(
                "id,name,level,parent,from,to,successor\nx,X,y,nowhere,bad,,\n", to: "units.csv")
            let bad = try await tool("directory", "import", file, "--language", "vi")
            #expect(bad.status == 65 && bad.output.hasPrefix("\(file):2:"), "\(bad.output) \(bad.errors)")
        }
    }

    @Test func testAPluginIsCheckedWithoutTheDaemon() async throws {
        let program = Tool.programs.appending(path: "notify-journal").path
        let run = try await Tool()("plugin", "check", "exec:\(program)", "--json")
        let results = try run.json()
        #expect(run.status == 0, "\(run.output)")
        #expect(results.count > 3 && results.dropFirst().allSatisfy { $0["outcome"] == "passed" })
        let probed = try await Tool()("plugin", "check", "exec:\(program)", "--probe", "--language", "vi")
        #expect(probed.status == 0 && probed.lines.contains { $0.hasSuffix("sẵn sàng") })
        #expect(try await Tool()("plugin", "check", "exec:/nonexistent/plugin").status == 69)
    }
}
