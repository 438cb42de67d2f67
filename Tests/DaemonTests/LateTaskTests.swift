import Foundation
import JSONCore
import Testing
import Varlink

/// What is late and with whom, for those who may read the cases.
@Suite(.timeLimit(.minutes(1))) struct LateTaskTests {
    @Test func testWhatIsLateInAUnitIsForItsHeadTheUnitsAboveAndTheBoard() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        let gateway = try await daemon.client()
        let board = gateway.speaking(for: "cb-02")
        let first = try await board.open("monthly-assessment", Samples.monthly("cb-19")).id
        let second = try await board.open(
            "monthly-assessment", Samples.monthly("cb-116").with(["unit": "xa-ninh-phuoc"])
        ).id
        func late(_ person: String, _ parameters: JSONObject) async throws -> [JSON] {
            try await gateway.speaking(for: person).workflow("ListTasks", parameters.merging(["overdue": true]) { $1 })
                .array("tasks")
        }
        func cases(_ person: String, _ parameters: JSONObject) async throws -> Set<String> {
            Set(try await late(person, parameters).compactMap { $0["case"]?.stringValue })
        }
        #expect(try await cases("cb-02", ["unit": "huyen-nong-son"]) == [])
        let now = try #require(try await gateway.manager("GetClock")["now"]?.stringValue)
        let day = now < "2022-07-20" ? "2022-07-20" : "2022-12-01"
        _ = try await gateway.manager("AdvanceClock", ["to": .string(day)])

        let own = try await late("cb-14", ["unit": "xa-que-trung"])
        try #require(own.count == 1)
        #expect(own[0]["assignee"] == "official:cb-19" && own[0]["holders"]?[0]?["official"] == "cb-19")
        #expect(own[0]["unit"] == "xa-que-trung" && (own[0]["daysLate"]?.intValue ?? 0) > 3, "\(own)")
        #expect(try await cases("cb-14", ["unit": "huyen-nong-son"]) == [first])
        #expect(try await cases("cb-14", ["unit": "xa-ninh-phuoc"]) == [])
        for person in ["cb-02", "cb-03"] {
            #expect(try await cases(person, ["unit": "huyen-nong-son"]) == [first, second], "\(person)")
            #expect(try await cases(person, ["unit": "xa-ninh-phuoc"]) == [second], "\(person)")
            #expect(try await cases(person, ["all": true]) == [first, second], "\(person)")
        }
        #expect(try await cases("cb-02", ["assignee": "cb-116"]) == [second])
        #expect(try await cases("cb-14", ["assignee": "cb-116"]) == [])
        // A colleague is not told who is late.
        #expect(try await cases("cb-20", ["unit": "xa-que-trung"]) == [])
        #expect(try await cases("cb-20", ["all": true]) == [])
        #expect(await refusal { try await late("cb-02", ["unit": "nowhere"]) }.name == "RequirementNotMet")
        #expect(await refusal { try await late("cb-02", ["assignee": "cb-999"]) }.name == "UnknownPerson")
        let output = daemon.folder + "/output"
        let process = try ChildProcess(
            TestDaemon.programs + "/rotationctl",
            [
                "task", "list", "--overdue", "--unit", "xa-que-trung", "--person", "cb-14", "--language", "en",
                "--socket", daemon.socket,
            ], output: output)
        #expect(await process.exitStatus == 0)
        let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("Late (working days)"), "\(lines)")
        #expect(lines[1].contains("Cán bộ 19") && lines[1].contains("self_assess"), "\(lines)")
        // The unit above sees that it is late, and nothing of what was written.
        #expect(try await gateway.speaking(for: "cb-03").document(first)["assessment"]?["official"] == nil)
    }
}
