import Testing

/// What only happens on a terminal, which script(1) is for the program.
@Suite struct TerminalTests {
    private func onTerminal(
        _ tool: Tool, _ arguments: String, columns: Int, environment: [String: String] = [:]
    ) async throws -> [String] {
        var tool = tool
        tool.environment = environment.merging(["TERM": "xterm"]) { given, _ in given }
        let process = try tool.start(
            [], shell: "exec script -qec \"stty cols \(columns); $1 \(arguments)\" /dev/null")
        // Its input stays open: script ends the program when that ends.
        let run = await process.end()
        #expect(run.status == 0, "\(run.output) \(run.errors)")
        return run.output.split { $0.isNewline }.map(String.init)
    }

    private static let cases: FakeDaemon.Answer = { _ in
        ["cases": [SampleReplies.aCase("c1", title: "Đánh giá tháng 07/2022: Nguyễn Ngọc Hiền", overdue: true)]]
    }

    @Test func testATableIsCutToTheTerminal() async throws {
        try await FakeDaemon.with(["Workflow.ListCases": Self.cases]) { _, tool in
            let lines = try await onTerminal(
                tool, "case list --language vi", columns: 72, environment: ["NO_COLOR": "1"])
            #expect(lines.count == 2)
            #expect(lines.allSatisfy { !$0.contains("\u{1B}") })
            #expect(lines.last?.contains("…") == true && (lines.last?.count ?? 99) <= 72, "\(lines)")
            #expect(lines.last?.hasSuffix("quá hạn") == true)
            let wide = try await onTerminal(tool, "case list", columns: 200, environment: ["NO_COLOR": "1"])
            #expect(wide.last?.contains("Nguyễn Ngọc Hiền") == true)
        }
    }

    @Test func testColoursAreForTerminalsThatWantThem() async throws {
        try await FakeDaemon.with(["Workflow.ListCases": Self.cases]) { _, tool in
            #expect(try await onTerminal(tool, "case list", columns: 200).last?.contains("\u{1B}[31moverdue") == true)
            let dumb = try await onTerminal(tool, "case list", columns: 200, environment: ["TERM": "dumb"])
            #expect(dumb.allSatisfy { !$0.contains("\u{1B}") })
            #expect(!(try await tool("case", "list").output.contains("\u{1B}")))
        }
    }
}
