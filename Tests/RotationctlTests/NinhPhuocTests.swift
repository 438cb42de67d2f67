import JSONCore
import Testing

/// The month of a whole commune, played through the socket as `make run MONTH=1` plays it.
@Suite(.timeLimit(.minutes(10))) struct NinhPhuocTests {
    static let rosters = "rosters=" + Tool.file("config/samples/ninh-phuoc/rosters")
    static let scenario = Tool.file("config/samples/ninh-phuoc/july-2022.yaml")

    @Test func testOneOf42OfficialsCompletedHisTasksAnd41CompletedThemWellOrBetter() async throws {
        try await RealDaemon.with([Self.rosters]) { tool in
            let play = try await tool("rehearse", Self.scenario, "--language", "en")
            #expect(play.status == 0, "\(play.errors)")
            #expect(play.lines.contains("✓  cb-02: monthly-assessment × 0"), "the roster has opened all of them")
            func cases(_ filter: String...) async throws -> [JSON] {
                let all = ["case", "list", "--workflow", "monthly-assessment", "--unit", "xa-ninh-phuoc", "--json"]
                return try await tool.run(all + ["--period", "2022-07", "--person", "cb-01"] + filter).json()
            }
            let decided = try await cases("--state", "decided")
            #expect(decided.count == 42 && Set(decided.compactMap { $0["subject"]?.stringValue }).count == 42)
            let completed = try await cases("--field", "final_level=completed")
            let good = try await cases("--field", "final_level=good")
            let excellent = try await cases("--field", "final_level=excellent")
            #expect(completed.count == 1 && good.count + excellent.count == 41)
            for block in ["Khối Đảng", "Khối chính quyền", "Khối Mặt trận - đoàn thể"] {
                let found = try await cases("--field", "block=\(block)")
                #expect(!found.isEmpty)
            }

            func document(_ official: String) async throws -> JSON {
                let id = try #require(decided.first { $0["subject"] == .string(official) }?["id"]?.stringValue)
                return try #require(
                    await tool("case", "show", id, "--json", "--person", "cb-01").json().first?["document"])
            }
            // Nobody voted on himself: of 40 present members 39 could vote on one of them, 40 on one who was away.
            let present = try await document("cb-119")["ballots"]?["unit_vote"]?["result"]
            #expect(present?["members"] == 42 && present?["present"] == 40 && present?["voters"] == 39)
            let absent = try await document("cb-142")["ballots"]?["unit_vote"]?["result"]
            #expect(absent?["present"] == 40 && absent?["voters"] == 40)
            // The superior's side led and decided the head's own case.
            let head = try await document("cb-101")
            #expect(head["unit_vote"]?["chair"] == "cb-03" && head["head_decision"]?["decided_by"] == "cb-03")
            #expect(head["head_decision"]?["capacity"] == "superior")
            let tied = try await document("cb-118")
            #expect(tied["ballots"]?["unit_vote"]?["result"]?["tie"] == true)
            #expect(tied["head_decision"]?["proposed_level"] == nil && tied["head_decision"]?["reason"] != nil)
            #expect(try await document("cb-127")["head_decision"]?["final_level"] == "completed")

            // Nothing of it waits for anybody any more, and the history is sound.
            #expect(try await tool("task", "list", "--person", "cb-101", "--json").lines.isEmpty)
            #expect(try await tool("verify", "--json").json().last?["problems"] == 0)
        }
    }
}
