import Foundation
import JSONCore
import Testing

/// `verify`, with and without the journal's seals. journalctl is the test's own, because no journald runs everywhere.
@Suite struct VerifyTests {
    /// Runs `body` with a tool whose journalctl prints these entries, ends with `status`, and writes its arguments into a file.
    private func with(
        _ tool: Tool, entries: [JSONObject], status: Int = 0, _ body: (Tool, TemporaryFolder) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(entries.map { "\(JSON.object($0))\n" }.joined(), to: "entries")
        let script = """
            #!/bin/sh
            printf '%s\\n' "$@" >\(folder.path)/arguments
            cat \(folder.path)/entries
            exit \(status)

            """
        let path = try folder.write(script, to: "journalctl")
        chmod(path, 0o755)
        var tool = tool
        tool.environment["PATH"] = folder.path + ":/usr/bin:/bin"
        try await body(tool, folder)
    }

    private static func entry(_ day: String, _ position: Int) -> JSONObject {
        [
            "ROTATIOND_DAY": .string(day), "ROTATIOND_POSITION": .string(String(position)),
            "ROTATIOND_HEAD": "ab", "ROTATIOND_STORE": "s", "MESSAGE": "sealed",
        ]
    }

    private static func finding(_ outcome: String, count: Int = 1, lastDay: String = "2022-07-01") -> JSON {
        [
            "message": "something",
            "seal": [
                "outcome": .string(outcome), "store": "s2", "day": "2022-07-01", "lastDay": .string(lastDay),
                "count": .int(count), "position": 1234, "sound": 1000,
            ],
        ]
    }

    private static func verdict(_ findings: [JSON], held: Int?) -> JSONObject {
        var reply: JSONObject = [
            "cases": 2, "events": 1500, "total": 1500, "findings": .array(findings), "done": true,
        ]
        reply["sealsHeld"] = held.map(JSON.int)
        return reply
    }

    @Test func testTheJournalsSealsAreHandedOver() async throws {
        try await FakeDaemon.with(streams: ["Manager.Verify": { _, _ in Self.verdict([], held: 2) }]) { daemon, tool in
            let entries = [Self.entry("2022-07-01", 5), Self.entry("2022-07-01", 5), Self.entry("2022-07-02", 7), [:]]
            try await with(tool, entries: entries) { tool, folder in
                let run = try await tool("verify", "--against-journal", "--since", "2022-01-01", "--language", "vi")
                #expect(run.status == 0, "\(run.errors)")
                #expect(
                    run.lines == [
                        "Khớp với 2 niêm phong trong nhật ký.", "Đã kiểm tra 2 hồ sơ, 1.500 sự kiện: không có lỗi.",
                    ])
                #expect(
                    daemon.calls("Manager.Verify").first?["seals"] == [
                        ["store": "s", "day": "2022-07-01", "position": 5, "head": "ab"],
                        ["store": "s", "day": "2022-07-02", "position": 7, "head": "ab"],
                    ])
                let arguments = try String(contentsOfFile: folder.path + "/arguments", encoding: .utf8)
                    .split(separator: "\n")
                #expect(arguments.contains("_SYSTEMD_UNIT=rotationd.service"))
                #expect(arguments.contains { $0.wholeMatch(of: /MESSAGE_ID=[0-9a-f]{32}/) != nil })
                #expect(arguments.contains("--since") && arguments.contains("2022-01-01"))

                let copy = try await tool("verify", "--journal-directory", "/copy", "--json")
                #expect(try copy.json().last?["sealsHeld"] == 2)
                #expect(try String(contentsOfFile: folder.path + "/arguments", encoding: .utf8).contains("/copy"))
                #expect(try await tool("verify").status == 0)
                #expect(daemon.calls("Manager.Verify").last == [:])
            }
        }
    }

    @Test(arguments: [
        (
            "altered", 1,
            "Niêm phong ngày 01/07/2022 không khớp: từ đó có sự kiện trong khoảng 1.001–1.234 bị sửa, bị bỏ hoặc bị chèn.",
            "The seal of 01/07/2022 does not hold: since then an event among 1,001–1,234 was altered, taken out or put in."
        ),
        (
            "replaced", 3, "3 niêm phong (01/07/2022–05/07/2022) không khớp, nhưng",
            "3 seals (01/07/2022–05/07/2022) do not"
        ),
        ("lost", 1, "Niêm phong ngày 01/07/2022 ở vị trí 1.234", "The seal of 01/07/2022 is of position 1,234, but"),
        (
            "foreign", 1, "Niêm phong ngày 01/07/2022 thuộc kho dữ liệu khác, s2.",
            "The seal of 01/07/2022 is of another store"
        ),
    ])
    func testASealThatDoesNotHoldIsExplained(outcome: String, count: Int, vi: String, en: String) async throws {
        let findings = [Self.finding(outcome, count: count, lastDay: count == 1 ? "2022-07-01" : "2022-07-05")]
        try await FakeDaemon.with(streams: ["Manager.Verify": { _, _ in Self.verdict(findings, held: 0) }]) { _, tool in
            try await with(tool, entries: [Self.entry("2022-07-01", 5)]) { tool, _ in
                let vietnamese = try await tool("verify", "--against-journal", "--language", "vi")
                #expect(
                    vietnamese.status == 65 && vietnamese.lines.first?.hasPrefix(vi) == true, "\(vietnamese.output)")
                let english = try await tool("verify", "--against-journal", "--language", "en")
                #expect(english.status == 65 && english.lines.first?.hasPrefix(en) == true, "\(english.output)")
            }
        }
    }

    @Test func testAJournalWithoutSealsIsNoProof() async throws {
        try await FakeDaemon.with { daemon, tool in
            try await with(tool, entries: [], status: 1) { tool, _ in
                let run = try await tool("verify", "--against-journal", "--language", "vi")
                #expect(run.status == 66 && run.errors.contains("không có niêm phong"), "\(run.errors)")
            }
            try await with(tool, entries: [], status: 3) { tool, _ in
                let run = try await tool("verify", "--against-journal")
                #expect(run.status == 69)
            }
            #expect(daemon.calls("Manager.Verify").isEmpty)
        }
    }
}
