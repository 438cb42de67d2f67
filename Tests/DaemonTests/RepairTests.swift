import Foundation
import JSONCore
import Testing
import Varlink

/// Repairs through the socket and rotationctl: recorded, tried before, in bulk, and safe to run again.
@Suite(.serialized, .timeLimit(.minutes(2))) struct RepairTests {
    let daemon: TestDaemon
    let administrator: Person

    init() async throws {
        daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        administrator = try await daemon.client()
    }

    private func opened(_ official: String) async throws -> String {
        try await administrator.speaking(for: "cb-02").open("monthly-assessment", Samples.monthly(official)).id
    }

    private func repair(
        _ repair: JSON, _ cases: [String], as person: Person? = nil, tried: Bool = false,
        key: String = UUID().uuidString
    ) async throws -> [JSON] {
        try await (person ?? administrator).workflow(
            "RepairCases",
            [
                "cases": .array(cases.map(JSON.string)), "repair": repair, "reason": "Sửa nhầm", "key": .string(key),
                "dryRun": .bool(tried),
            ]
        ).array("outcomes")
    }

    @Test func testATaskIsGivenToAnotherWhenTheHeadIsAway() async throws {
        let id = try await opened("cb-19")
        try await administrator.speaking(for: "cb-19").send("self_assess", ["self_level": "good"], to: id)
        let deputy = administrator.speaking(for: "cb-15")
        #expect(await refusal { try await deputy.document(id) }.name == "CaseNotFound")
        let asked: JSON = ["kind": "reassign", "event": "record_vote", "assignee": "official:cb-15"]
        let before = try await daemon.dump()
        let tried = try await repair(asked, [id], tried: true)
        let ended = tried[0]["tasksEnded"]?.arrayValue ?? []
        #expect(ended.contains(["event": "record_vote", "assignee": "unit_head@xa-que-trung"]))
        #expect(tried[0]["tasksBegun"] == [["event": "record_vote", "assignee": "official:cb-15"]])
        #expect(try await daemon.dump() == before)
        #expect(try await repair(asked, [id], key: "k")[0]["version"] == 3)
        // Sent again, because the answer was lost.
        #expect(try await repair(asked, [id], key: "k")[0]["version"] == 3)
        #expect(try await repair(asked, [id])[0]["status"] == "unchanged")
        let tasks = try await deputy.workflow("ListTasks").array("tasks")
        #expect(tasks.map { $0["case"] } == [.string(id)])
        let event = try #require(try await deputy.history(id).last)
        #expect(event["event"] == "$reassigned" && event["reason"] == "Sửa nhầm")
        #expect(event["detail"]?["administrator"] == "root" && event["form"] == nil)
        let record = try Samples.form("unit-vote-record").with(["votes_excellent": 0])
        #expect(try await deputy.send("record_vote", record, to: id).state == "decision")
        let nobody: JSON = ["kind": "reassign", "event": "decide", "assignee": "official:cb-999"]
        #expect(try await repair(nobody, [id])[0]["error"] == "UnknownPerson")
        #expect(daemon.log.contains("$reassigned"))
        try await daemon.expectSound()
    }

    @Test func testOnlyAdministratorsAndRepairersRepair() async throws {
        let id = try await opened("cb-19")
        let cancel: JSON = ["kind": "cancel"]
        for (person, error) in [("cb-19", "NotAllowed"), ("cb-14", "NotAllowed"), ("cb-116", "CaseNotFound")] {
            let outcome = try await repair(cancel, [id], as: administrator.speaking(for: person))
            #expect(outcome[0]["status"] == "refused" && outcome[0]["error"] == .string(error), "\(person)")
            #expect(outcome[0]["title"] == nil)
        }
        #expect(try await repair(cancel, [id], as: administrator.speaking(for: "cb-02"))[0]["to"] == "$cancelled")
        let cancelled = try await administrator.speaking(for: "cb-02").workflow("GetCase", ["case": .string(id)])
        #expect(cancelled["case"]?["stateTitle"]?["en"] == "Cancelled" && cancelled["case"]?["closedAt"] != nil)
        for (repair, parameter) in [
            (["kind": "cancel", "event": "x"], "repair.event"), (["kind": "move"], "repair.state"),
            (["kind": "extend", "deadline": "x", "due": "soon"], "repair.due"),
            (["kind": "reassign", "event": "x", "assignee": "cb-1"], "repair.assignee"),
        ] as [(JSON, String)] {
            #expect(await refusal { try await self.repair(repair, [id]) }.1["parameter"] == .string(parameter))
        }
    }

    @Test func testManyCasesAreRepairedAndOneThatFailsDoesNotStopTheOthers() async throws {
        let ids = [try await opened("cb-18"), try await opened("cb-19"), try await opened("cb-20")]
        try await administrator.speaking(for: "cb-19").send("self_assess", ["self_level": "good"], to: ids[1])
        let extend: JSON = ["kind": "extend", "deadline": "self_assessment_due", "due": "2022-08-31"]
        let outcomes = try await repair(extend, ids + ["nothing"])
        #expect(outcomes.map { $0["status"] } == ["done", "refused", "done", "refused"])
        #expect(outcomes[3]["error"] == "CaseNotFound")
        #expect(outcomes[0]["deadlines"]?[0]?["after"] == "2022-08-31T16:59:59.999Z")
        #expect(try await repair(extend, ids).map { $0["status"] } == ["unchanged", "refused", "unchanged"])
        // Page by page of a filter.
        var parameters: JSONObject = [
            "filter": ["workflow": "monthly-assessment", "states": ["self_assessment"]], "repair": ["kind": "cancel"],
            "reason": "Mở nhầm", "key": "bulk", "limit": 1,
        ]
        var cancelled: [String] = []
        while true {
            let reply = try await administrator.workflow("RepairCases", parameters)
            cancelled += try reply.array("outcomes").compactMap { $0["case"]?.stringValue }
            guard let cursor = reply["cursor"] else { break }
            parameters["cursor"] = cursor
        }
        #expect(cancelled == [ids[0], ids[2]].sorted())
        // What he may not read he does not find out by a filter.
        parameters["filter"] = ["field": ["self_level": "good"]]
        #expect(
            await refusal { try await administrator.workflow("RepairCases", parameters) }.1["parameter"]
                == "filter.field")
        try await daemon.expectSound()
    }

    @Test func testTimersFollowAnExtendedDeadline() async throws {
        let id = try await opened("cb-19")
        #expect(
            try await repair(["kind": "extend", "deadline": "self_assessment_due", "due": "2022-08-31"], [id])[0][
                "status"]
                == "done")
        _ = try await administrator.manager("AdvanceClock", ["to": "2022-08-20"])
        let head = administrator.speaking(for: "cb-02")
        #expect(try await head.history(id).map { $0["event"] } == ["$open", "$extended"])
        _ = try await administrator.manager("AdvanceClock", ["to": "2022-09-02"])
        #expect(try await head.history(id).map { $0["event"] }.contains("$overdue"))
    }

    @Test func testCasesAreTakenToANewerDefinitionByRotationctl() async throws {
        let id = try await opened("cb-19")
        try await administrator.speaking(for: "cb-19").send("self_assess", ["self_level": "good"], to: id)
        let old = try String(contentsOfFile: daemon.config + "/workflows/monthly-assessment.yaml", encoding: .utf8)
        let version = try #require(old.firstMatch(of: /\nversion: ([0-9]+)\n/)?.output.1)
        let newer = try #require(Int(version)) + 1
        try daemon.write(
            old.replacing("\nversion: \(version)\n", with: "\nversion: \(newer)\n"),
            to: "workflows/monthly-assessment.yaml")
        let form = daemon.config + "/forms/self-assessment.schema.json"
        let text = try String(contentsOfFile: form, encoding: .utf8)
        try text.replacing("\"required\": [\"self_level\"]", with: "\"required\": [\"self_level\", \"strengths\"]")
            .write(toFile: form, atomically: false, encoding: .utf8)
        #expect(try await administrator.manager("Reload")["problems"] == [])
        let arguments = ["migrate", "--workflow", "monthly-assessment", "--open", "--reason", "Mẫu mới"]
        let tried = try await tool(arguments + ["--dry-run", "--language", "en"])
        #expect(tried.status == 0 && tried.text.contains("would be repaired"), "\(tried)")
        #expect(tried.text.contains("/self_assessment does not fit the new form"), "\(tried)")
        #expect(try await tool(arguments).status == 0)
        let reply = try await administrator.speaking(for: "cb-02").workflow("GetCase", ["case": .string(id)])
        #expect(reply["case"]?["definition"] == .int(newer) && reply["case"]?["state"] == "unit_vote")
        let again = try JSON(parsing: try await tool(arguments + ["--json"]).text)
        #expect(again["status"] == "unchanged")
        let moved = try await tool(["move", "decision", "--case", id, "--reason", "x", "--language", "en"])
        #expect(moved.status == 65 && moved.text.contains("does not come before"), "\(moved)")
        try await daemon.expectSound()
    }

    private func tool(_ arguments: [String]) async throws -> (status: Int32, text: String) {
        let output = daemon.folder + "/output-\(UUID().uuidString)"
        let process = try ChildProcess(
            TestDaemon.programs + "/rotationctl", ["case", "repair"] + arguments + ["--socket", daemon.socket],
            output: output)
        return (await process.exitStatus, try String(contentsOfFile: output, encoding: .utf8))
    }
}
