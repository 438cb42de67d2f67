import Foundation
import JSONCore
import Testing

/// A clerk's and a head's work on many cases at once, against the daemon itself.
@Suite(.timeLimit(.minutes(5))) struct BulkTests {
    /// The assessments of these officials of Quế Trung in July 2022, whose head is cb-14, handed in.
    static func assessed(_ officials: [String], _ tool: Tool, _ folder: TemporaryFolder) async throws {
        _ = try folder.write("official,full_name\n" + officials.map { "\($0),Cán bộ\n" }.joined(), to: "open.csv")
        _ = try folder.write("official\n" + officials.map { "\($0)\n" }.joined(), to: "self.csv")
        let scenario = try folder.write(
            """
            steps:
              - open: monthly-assessment
                as: cb-01
                lines: open.csv
                form: {unit: xa-que-trung, period: "2022-07", form_kind: staff}
              - {send: self_assess, as: subject, lines: self.csv, form: {self_level: good}, workflow: monthly-assessment}
            """, to: "scenario.yaml")
        let play = try await tool("rehearse", scenario)
        try #require(play.status == 0, "\(play.errors)")
    }

    static let staff = ["cb-15", "cb-16", "cb-17", "cb-18", "cb-19"]
    static let present = (14...21).map { "cb-\($0)" }.joined(separator: ";")
    static let session = ["--set", "method=secret", "--set", "chair=cb-14", "--set", "present=\(present)"]
    static let month = ["--workflow", "monthly-assessment", "--unit", "xa-que-trung", "--period", "2022-07"]

    /// The sheet of an event as rows of cells, without the row of titles.
    static func sheet(_ event: String, by person: String, _ tool: Tool, _ more: [String] = []) async throws
        -> [[String]]
    {
        let run = try await tool.run(["case", "sheet", event, "--person", person] + month + more)
        try #require(run.status == 0, "\(run.errors)")
        let rows = run.lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        return rows.filter { $0.first?.hasPrefix("#") == false }
    }

    static func send(
        _ event: String, _ file: String, by person: String, _ tool: Tool, _ more: [String] = []
    ) async throws -> (status: Int32, lines: [JSON]) {
        let run = try await tool.run(
            ["case", "send-each", event, file, "--person", person, "--json", "--language", "vi"] + month + more)
        return (run.status, try run.json())
    }

    @Test func testTheClerkEntersTheVotesOfASessionFromASheet() async throws {
        try await RealDaemon.with { tool in
            let folder = try TemporaryFolder()
            try await Self.assessed(Self.staff, tool, folder)
            let sheet = try await Self.sheet(
                "record_vote", by: "cb-18", tool, ["--column", "votes_good", "--column", "votes_completed"])
            let head = try #require(sheet.first)
            #expect(head.prefix(5) == ["case", "official", "#name", "period", "version"])
            #expect(head.contains("#self_level") && head.suffix(2) == ["votes_good", "votes_completed"])
            // The clerk's own case is not among them.
            let officials = sheet.dropFirst().map { $0[1] }
            #expect(officials == ["cb-15", "cb-16", "cb-17", "cb-19"], "\(sheet)")
            #expect(sheet[1].contains("good"))

            // Semicolons, a byte order mark and CRLF, as a spreadsheet saves it; the second line has one vote too many.
            var rows = sheet.map { $0.joined(separator: ";") }
            for index in 1..<rows.count {
                rows[index] = sheet[index].dropLast(2).joined(separator: ";") + (index == 2 ? ";8;0" : ";5;2")
            }
            func save() throws -> String {
                try folder.write("\u{FEFF}" + rows.map { $0 + "\r\n" }.joined() + ";;;\r\n", to: "votes.csv")
            }
            let zeros = ["--set", "votes_excellent=0", "--set", "votes_not_completed=0"] + Self.session
            let dry = try await Self.send("record_vote", try save(), by: "cb-18", tool, zeros + ["--dry-run"])
            #expect(dry.status == 65 && dry.lines.map { $0["status"] } == ["valid", "refused", "valid", "valid"])
            #expect(dry.lines[1]["line"] == 3 && dry.lines[1]["message"]?.stringValue?.contains("7") == true)
            #expect(try await Self.sheet("record_vote", by: "cb-18", tool).count == 5, "a dry run changes nothing")

            let sent = try await Self.send("record_vote", try save(), by: "cb-18", tool, zeros)
            #expect(sent.status == 65 && sent.lines.map { $0["status"] } == ["sent", "refused", "sent", "sent"])
            // Corrected and sent again: only what was wrong is sent.
            rows[2] = rows[2].replacing(";8;0", with: ";6;1")
            let again = try await Self.send("record_vote", try save(), by: "cb-18", tool, zeros)
            #expect(again.status == 0, "\(again.lines)")
            #expect(again.lines.map { $0["status"] } == ["already_sent", "sent", "already_sent", "already_sent"])
            let table = try await tool.run(
                ["case", "send-each", "record_vote", try save(), "--person", "cb-18", "--language", "vi"] + Self.month
                    + zeros)
            #expect(table.status == 0 && table.lines.count == 5 && table.errors.contains("đã gửi từ trước: 4"))
            let id = try #require(again.lines[0]["case"]?.stringValue)
            #expect(try await tool("case", "history", id, "--person", "cb-14", "--json").json().count == 3)
        }
    }

    @Test func testTheHeadDecidesInBulkAndGivesAReasonWhereItIsNotTheVote() async throws {
        try await RealDaemon.with { tool in
            let folder = try TemporaryFolder()
            try await Self.assessed(Self.staff + ["cb-14"], tool, folder)
            let votes = """
                form: {method: open, place: Trụ sở, present: [\(Self.present.replacing(";", with: ", "))]}
                lines:
                \(Self.staff.map { "- {official: \($0), form: {votes_excellent: 0, votes_good: 6, votes_completed: 1, votes_not_completed: 0}}\n" }.joined())
                """
            let entered = try await Self.send(
                "record_vote", try folder.write(votes, to: "votes.yaml"), by: "cb-14", tool)
            #expect(entered.status == 0 && entered.lines.count == 5, "\(entered.lines)")
            // His own case is not the head's.
            let own = "official,votes_excellent,votes_good,votes_completed,votes_not_completed\ncb-14,0,7,0,0\n"
            let file = try folder.write(own, to: "own.csv")
            #expect(try await Self.send("record_vote", file, by: "cb-14", tool, Self.session).status == 77)
            let clerk = try await Self.send("record_vote", file, by: "cb-18", tool, Self.session)
            #expect(
                clerk.status == 65 && clerk.lines[0]["status"] == "refused", "the head's case is none of his clerk's")
            let chaired = try await Self.send("record_vote", file, by: "cb-02", tool, Self.session)
            #expect(chaired.status == 65 && chaired.lines[0]["message"]?.stringValue?.contains("chủ trì") == true)
            let stepped = try await Self.send(
                "record_vote", file, by: "cb-02", tool, Self.session + ["--set", "chair=cb-03"])
            #expect(stepped.status == 0, "\(stepped.lines)")

            let levels = """
                official,final_level,reason
                cb-15,Hoàn thành tốt nhiệm vụ,
                cb-16,completed,
                cb-17,completed,Chậm tiến độ (ví dụ)
                cb-18,good,
                cb-19,good,
                cb-14,good,
                """
            let decisions = try folder.write(levels, to: "levels.csv")
            let decided = try await Self.send("decide", decisions, by: "cb-14", tool, ["--set", "capacity=head"])
            #expect(
                decided.lines.map { $0["status"] } == ["sent", "refused", "sent", "sent", "sent", "refused"],
                "\(decided.lines)")
            #expect(decided.lines[1]["message"]?.stringValue?.contains("lý do") == true)
            #expect(decided.lines[5]["error"]?.stringValue?.hasSuffix(".NotAllowed") == true && decided.status == 65)
            let superior = try await Self.send(
                "decide", try folder.write("official,final_level\ncb-14,good\n", to: "head.csv"), by: "cb-03", tool,
                ["--set", "capacity=superior"])
            #expect(superior.status == 0, "\(superior.lines)")
        }
    }

    @Test func testALineThatWasSentAndTakenBackIsNotSentAgainByAnOldSheet() async throws {
        try await RealDaemon.with { tool in
            let folder = try TemporaryFolder()
            try await Self.assessed(["cb-15"], tool, folder)
            let id = try await Self.sheet("recall", by: "cb-15", tool)[1][0]
            let file = try folder.write("official\ncb-15\n", to: "recall.csv")
            #expect(try await Self.send("recall", file, by: "cb-15", tool).status == 0)
            #expect(
                try await tool("case", "send", id, "self_assess", "--set", "self_level=good", "--person", "cb-15")
                    .status == 0)
            let old = try await Self.send("recall", file, by: "cb-15", tool)
            #expect(old.status == 65 && old.lines[0]["status"] == "refused", "\(old.lines)")
            // A new sheet knows the case's version.
            let sheet = try await Self.sheet("recall", by: "cb-15", tool).map { $0.joined(separator: ",") + "\n" }
            let new = try await Self.send("recall", try folder.write(sheet.joined(), to: "new.csv"), by: "cb-15", tool)
            #expect(new.status == 0 && new.lines[0]["status"] == "sent", "\(new.lines)")
        }
    }

    @Test func testAMemberVotesByShowOfHandsOnManyButNeverOnHimself() async throws {
        try await RealDaemon.with { tool in
            let folder = try TemporaryFolder()
            try await Self.assessed(["cb-15", "cb-16", "cb-17"], tool, folder)
            let opened = try await Self.send(
                "open_vote", try folder.write("official\ncb-15\ncb-16\ncb-17\n", to: "open.csv"), by: "cb-14", tool,
                ["--set", "method=Giơ tay", "--set", "present=\(Self.present)"])
            #expect(opened.status == 0, "\(opened.lines)")
            let sheet = try await Self.sheet("vote", by: "cb-15", tool, ["--column", "choice"])
            #expect(sheet.dropFirst().map { $0[1] } == ["cb-16", "cb-17"], "\(sheet)")
            let rows = sheet.enumerated().map { $0 == 0 ? $1 : $1.dropLast() + ["good"] }
            let file = try folder.write(rows.map { $0.joined(separator: ",") + "\n" }.joined(), to: "ballots.csv")
            for status in ["sent", "already_sent"] {
                let cast = try await Self.send("vote", file, by: "cb-15", tool)
                #expect(cast.status == 0 && cast.lines.allSatisfy { $0["status"] == .string(status) }, "\(cast.lines)")
            }
            #expect(try await tool.run(["case", "sheet", "vote", "--person", "cb-15"] + Self.month).lines.isEmpty)
        }
    }

    @Test func testASecretBallotOfFewerThanThreeVotersIsWarnedAbout() async throws {
        try await RealDaemon.with { tool in
            let folder = try TemporaryFolder()
            // In the inspectorate two officials are left when the third is assessed.
            _ = try folder.write("official,full_name\ncb-13,Cán bộ\n", to: "open.csv")
            let scenario = try folder.write(
                """
                steps:
                  - open: monthly-assessment
                    as: cb-01
                    lines: open.csv
                    form: {unit: thanh-tra-huyen, period: "2022-07", form_kind: staff}
                  - {send: self_assess, as: subject, lines: self.csv, form: {self_level: good}}
                """, to: "scenario.yaml")
            _ = try folder.write("official\ncb-13\n", to: "self.csv")
            let play = try await tool("rehearse", scenario)
            try #require(play.status == 0, "\(play.errors)")
            _ = try folder.write(
                "official,votes_excellent,votes_good,votes_completed,votes_not_completed\ncb-13,0,2,0,0\n", to: "v.csv")
            let arguments = [
                "case", "send-each", "record_vote", folder.path + "/v.csv", "--workflow", "monthly-assessment",
                "--set", "present=cb-11;cb-12;cb-13", "--set", "method=secret", "--person", "cb-11",
            ]
            for more in [["--dry-run"], []] {
                let run = try await tool.run(arguments + more + ["--json"])
                #expect(run.status == 0, "\(run.errors)")
                let warning = try run.json().first?["warnings"]?[0]?["vi"]?.stringValue
                #expect(warning == "Dưới ba người bỏ phiếu thì phiếu kín không còn ẩn danh.")
            }
        }
    }

    @Test func testASheetIsMadeForExcelAndInYAMLAndOverNoFile() async throws {
        try await RealDaemon.with { tool in
            let folder = try TemporaryFolder()
            try await Self.assessed(["cb-15", "cb-16"], tool, folder)
            func make(_ name: String, _ more: String...) async throws -> Tool.Run {
                try await tool.run(
                    [
                        "case", "sheet", "record_vote", "--person", "cb-14", "-o", folder.path + "/" + name,
                        "--language", "vi",
                    ]
                        + Self.month + more)
            }
            #expect(try await make("votes.csv", "--excel").status == 0)
            let text = try folder.read("votes.csv")
            #expect(try Data(contentsOf: URL(filePath: folder.path + "/votes.csv")).starts(with: [0xEF, 0xBB, 0xBF]))
            #expect(text.contains("case;official;#name;period;version;#self_level;"))
            #expect(
                text.contains("\r\n# Hồ sơ;Cán bộ;Tên;Kỳ;Bản;")
                    && text.contains("Số phiếu mức hoàn thành tốt nhiệm vụ *"))
            #expect(text.contains(";\"Cán bộ 15, Chủ tịch Ủy ban nhân dân xã\";") || text.contains(";Cán bộ 15, "))
            #expect(try await make("votes.csv").status == 73, "what may be filled in is not written over")

            // A YAML sheet can be sent as it is made, once it is filled in.
            #expect(try await make("votes.yaml", "--all").status == 0)
            let sheet = try folder.read("votes.yaml")
            #expect(sheet.contains("  # Cán bộ 15, ") && sheet.contains("self_level: good"))
            var filled = sheet.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.hasPrefix("      votes_") ? "\($0.prefix { $0 != ":" }): 1" : String($0) }
            func fill(_ field: String, _ value: String) {
                let line = filled.firstIndex { $0.hasPrefix("  \(field):") } ?? 0
                filled[line] = "  \(field): \(value)"
            }
            fill("method", "open")
            fill("present", "[cb-14, cb-15, cb-16, cb-17, cb-18]")
            let file = try folder.write(filled.joined(separator: "\n"), to: "filled.yaml")
            let sent = try await Self.send("record_vote", file, by: "cb-14", tool)
            #expect(sent.status == 0 && sent.lines.count == 2, "\(sent.lines) \(filled)")
        }
    }

    @Test(arguments: [
        ("official,votes..good\ncb-15,1\n", 65, ":1: column"), ("official,place\ncb-15,a,b\n", 65, ":2: \"b\""),
        ("official,place,place\ncb-15,a,b\n", 65, "two columns place"), ("case,place\n", 66, "no lines"),
        ("case,place\nx,\"a\n", 65, ":2"), ("lines: [{oficial: cb-15}]\n", 65, ":1:10: \"oficial\""),
    ])
    func testABadFileIsRefusedWithItsPlace(text: String, status: Int32, place: String) async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(text, to: text.hasPrefix("lines") ? "bad.yaml" : "bad.csv")
        let run = try await Tool()("case", "send-each", "record_vote", file, "--person", "cb-14", "--language", "en")
        #expect(run.status == status && run.errors.contains(place), "\(run.errors)")
    }
}
