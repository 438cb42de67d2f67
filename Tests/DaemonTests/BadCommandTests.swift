import Foundation
import JSONCore
import Testing
import Varlink

/// Commands that cannot be carried out: each is answered with what is wrong, and the store is as it was.
@Suite(.serialized, .daemon(), .timeLimit(.minutes(1))) struct BadCommandTests {
    let daemon: TestDaemon
    let gateway: Person
    let board: Person
    let official: Person

    init() async throws {
        daemon = try TestDaemon.ofSuite()
        gateway = try await daemon.client()
        board = gateway.speaking(for: "cb-01")
        official = gateway.speaking(for: "cb-11")
    }

    private func opened() async throws -> String {
        try await board.open("rotation-onboarding", Samples.form("rotation")).id
    }

    /// Expects that `body` is refused, that nothing was changed, and that the connection goes on.
    private func refused(
        _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> some Any
    ) async throws -> (name: String, parameters: JSONObject) {
        let before = try await daemon.dump()
        let refusal = await refusal(location, body)
        #expect(try await daemon.dump() == before, sourceLocation: location)
        _ = try await gateway.client.call("org.varlink.service.GetInfo")
        return refusal
    }

    // MARK: - Nothing there

    @Test func testAnUnknownEventIsRefusedWithThoseThatTheStateAccepts() async throws {
        let id = try await opened()
        let refusal = try await refused { try await official.send("celebrate", to: id) }
        #expect(refusal.name == "EventNotAccepted" && refusal.parameters["event"] == "celebrate")
        #expect(refusal.parameters["accepted"] == ["save_draft", "submit", "close"])
        #expect(refusal.parameters["state"] == "drafting" && refusal.parameters["case"] == .string(id))
    }

    @Test func testAnEventOutOfOrderIsRefused() async throws {
        let id = try await opened()
        let refusal = try await refused { try await official.send("commit", Samples.form("commitment"), to: id) }
        #expect(refusal.name == "EventNotAccepted" && refusal.parameters["event"] == "commit")
    }

    @Test(arguments: ["GetCase", "GetHistory", "SendEvent"], ["", "nothing", "060vehcpg2g4218z", "../../etc/passwd"])
    func testAnUnknownCaseIsNotFound(method: String, id: String) async throws {
        var parameters: JSONObject = ["case": .string(id)]
        if method == "SendEvent" { parameters.merge(["event": "submit", "key": "unknown-case"]) { $1 } }
        let refusal = try await refused { try await official.workflow(method, parameters) }
        #expect(refusal.name == "CaseNotFound" && refusal.parameters == ["case": .string(id)])
    }

    @Test func testAnUnknownCaseIsNotWatched() async throws {
        let client = try await daemon.connect()
        await #expect(throws: VarlinkError("org.rotationd.Workflow.CaseNotFound", ["case": "nothing"])) {
            for try await _ in client.stream("org.rotationd.Workflow.Watch", ["case": "nothing", "person": "cb-11"]) {}
        }
    }

    @Test func testAnUnknownWorkflowIsNotFound() async throws {
        let refusal = try await refused { try await board.open("party", [:]) }
        #expect(refusal.name == "WorkflowNotFound" && refusal.parameters == ["name": "party"])
        for parameters: JSONObject in [["name": "party"], ["name": "rotation-onboarding", "version": 99]] {
            #expect(
                await DaemonTests.refusal { try await gateway.workflow("GetWorkflow", parameters) }.name
                    == "WorkflowNotFound")
        }
    }

    @Test func testCasesInAnUnknownStateAreNone() async throws {
        _ = try await opened()
        #expect(try await board.workflow("ListCases", ["filter": ["states": ["nowhere"]]])["cases"] == [])
    }

    @Test func testAFormAboutAnUnknownPersonIsRefused() async throws {
        let form = try Samples.form("rotation").with(["official": "cb-999"])
        let refusal = try await refused { try await board.open("rotation-onboarding", form) }
        #expect(refusal.name == "UnknownPerson" && refusal.parameters["person"] == "cb-999")
    }

    @Test func testAFormAboutAnUnknownUnitIsRefused() async throws {
        let form = try Samples.form("rotation").with(["unit": "xa-khong-co"])
        let refusal = try await refused { try await board.open("rotation-onboarding", form) }
        #expect(refusal.name == "RequirementNotMet")
        #expect(refusal.parameters["message"]?["en"]?.stringValue?.contains("xa-khong-co") == true)
    }

    // MARK: - Versions and keys

    @Test func testAStaleVersionIsRefused() async throws {
        let id = try await opened()
        try await official.send("save_draft", ["advantages": ["Đoàn kết"]], to: id, version: 1)
        let refusal = try await refused {
            try await official.send("save_draft", ["advantages": ["Khác"]], to: id, version: 1)
        }
        #expect(refusal.name == "VersionConflict")
        #expect(refusal.parameters["expected"] == 1 && refusal.parameters["actual"] == 2)
    }

    @Test func testTheSameKeyTwiceIsAnsweredTheSameAndCarriedOutOnce() async throws {
        let form = try Samples.form("rotation")
        let key = UUID().uuidString
        let opened = try await board.open("rotation-onboarding", form, key: key)
        let before = try await daemon.dump()
        #expect(try await board.open("rotation-onboarding", form, key: key) == opened)
        #expect(try await daemon.dump() == before)
        let sent = try await official.send("submit", Samples.program(tasks: 1), to: opened.id, key: "submit-1")
        // In its new state the case would not accept it.
        #expect(try await official.send("submit", Samples.program(tasks: 1), to: opened.id, key: "submit-1") == sent)
        #expect(try await official.history(opened.id).count == 2)
    }

    @Test func testTheSameKeyFromManyAtOnceIsCarriedOutOnce() async throws {
        let id = try await opened()
        let daemon = daemon
        let answers = try await withThrowingTaskGroup(of: Person.Answer.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    try await daemon.client("cb-11").send("save_draft", ["advantages": ["Một"]], to: id, key: "at-once")
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 16 && Set(answers.map(\.version)) == [2])
        #expect(try await official.history(id).count == 2)
    }

    @Test func testTheSameKeyWithOtherContentIsRefused() async throws {
        let id = try await opened()
        try await official.send("save_draft", ["advantages": ["Một"]], to: id, key: "reused")
        let refusal = try await refused {
            try await official.send("save_draft", ["advantages": ["Hai"]], to: id, key: "reused")
        }
        #expect(refusal.name == "KeyReused" && refusal.parameters["case"] == .string(id))
        let other = try await opened()
        let elsewhere = try await refused {
            try await official.send("save_draft", ["advantages": ["Một"]], to: other, key: "reused")
        }
        #expect(elsewhere.name == "KeyReused" && elsewhere.parameters["case"] == .string(id))
        // Somebody else's key is another.
        try await board.send("close", Samples.form("closing"), to: other, key: "reused")
    }

    @Test func testARefusedCommandDoesNotUseItsKeyUp() async throws {
        let id = try await opened()
        #expect(
            await DaemonTests.refusal { try await official.send("submit", to: id, key: "again") }.name
                == "RequirementNotMet")
        #expect(try await official.send("submit", Samples.program(tasks: 1), to: id, key: "again").state == "submitted")
    }

    // MARK: - Forms and texts

    @Test func testDecomposedTextIsStoredComposed() async throws {
        let name = "Nguyễn Ngọc Hiền".decomposedStringWithCanonicalMapping
        let form = try Samples.form("rotation").with(["full_name": .string(name)])
        let id = try await board.open("rotation-onboarding", form).id
        var parameters: JSONObject = ["case": .string(id), "event": "save_draft", "key": "nfd"]
        parameters["form"] = ["advantages": [.string(name)]]
        parameters["reason"] = .string(name)
        _ = try await official.workflow("SendEvent", parameters)
        let composed = Array(name.precomposedStringWithCanonicalMapping.unicodeScalars)
        func scalars(_ json: JSON?) -> [Unicode.Scalar] { Array((json?.stringValue ?? "").unicodeScalars) }
        let document = try await official.document(id)
        #expect(scalars(document["rotation"]?["full_name"]) == composed)
        #expect(scalars(document["action_program"]?["advantages"]?[0]) == composed)
        let events = try await official.history(id)
        #expect(scalars(events[1]["form"]?["advantages"]?[0]) == composed)
        #expect(scalars(events[1]["reason"]) == composed)
        #expect(Array(try await daemon.dump().unicodeScalars).count { $0 == "\u{323}" } == 0)
        let found = try await board.workflow("ListCases", ["filter": ["text": .string(name)]]).array("cases")
        #expect(found.map { $0["id"] } == [.string(id)])
    }

    @Test func testAProgramWithoutKeyTasksIsRefusedAndOneWithTwoHundredIsTaken() async throws {
        let id = try await opened()
        let refusal = try await refused { try await official.send("submit", Samples.program(tasks: 0), to: id) }
        #expect(refusal.name == "InvalidForm" && refusal.parameters["form"] == "action-program")
        let violations = try refusal.parameters.array("violations")
        #expect(violations.map { $0["pointer"] } == ["/key_tasks"] && violations[0]["keyword"] == "minItems")
        #expect(try await official.send("submit", Samples.program(tasks: 200), to: id).state == "submitted")
        #expect(try await official.document(id)["action_program"]?["key_tasks"]?.arrayValue?.count == 200)
    }

    @Test func testAFormThatIsMissingOrNotWantedIsRefused() async throws {
        let id = try await opened()
        #expect(try await refused { try await official.send("save_draft", to: id) }.name == "InvalidForm")
        #expect(try await refused { try await board.open("rotation-onboarding", [:]) }.name == "InvalidForm")
        try await official.send("submit", Samples.program(tasks: 1), to: id)
        try await board.send("schedule_hearing", Samples.form("hearing-1"), to: id)
        try await board.send("open_hearing", Samples.form("attendance"), to: id)
        let refusal = try await refused { try await board.send("open_vote", ["surprise": 1], to: id) }
        #expect(refusal.name == "RequirementNotMet")
    }

    /// What no column, hash or chain may stumble over.
    @Test(
        arguments: [
            #""\ufeff\u202e\u2028""#, #""\ud83d\ude00""#, #""'; DROP TABLE cases; --""#,
            #""{\"a\":1}""#, #""%s%n""#, #""\u001b[31m""#,
        ])
    func testAnyTextIsKeptAsItCame(literal: String) async throws {
        let text = try JSON(parsing: literal)
        let form = try Samples.form("rotation").with(["full_name": text, "to_post": text])
        let id = try await board.open("rotation-onboarding", form).id
        try await official.send("save_draft", ["advantages": [text]], to: id)
        _ = try await official.workflow(
            "SendEvent",
            [
                "case": .string(id), "event": "save_draft", "key": text, "reason": text,
                "form": ["advantages": [text, text]],
            ])
        let events = try await official.history(id)
        #expect(events[2]["reason"] == text && events[2]["form"]?["advantages"] == [text, text])
        let document = try await official.document(id)
        #expect(document["rotation"]?["full_name"] == text)
        try WholeCaseTests.expectChain(events, document: document)
        let again = try await official.workflow(
            "SendEvent",
            [
                "case": .string(id), "event": "save_draft", "key": text, "reason": text,
                "form": ["advantages": [text, text]],
            ])
        #expect(again["version"] == 3)
        try await daemon.expectSound()
    }

    @Test func testATextWithANulIsRefusedByItsPlace() async throws {
        let id = try await opened()
        let text = try JSON(parsing: #""a\u0000b""#)
        let base: JSONObject = ["case": .string(id), "event": "save_draft", "key": "nul"]
        for (more, path) in [
            (["form": ["advantages": ["a", text]]], "form.advantages[1]"), (["reason": text], "reason"),
            (["key": text], "key"), (["form": ["a\0b": 1]], "form.a\0b"),
        ] as [(JSONObject, String)] {
            let refusal = try await refused { try await official.workflow("SendEvent", base.merging(more) { $1 }) }
            #expect(refusal.name == "InvalidParameter" && refusal.parameters["parameter"] == .string(path))
        }
    }

    /// What is a date or a number and yet nothing that one reckons with.
    @Test(arguments: ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59.999999999Z"])
    func testTheFarthestTimesHarmNobody(time: String) async throws {
        let id = try await opened()
        try await official.send("submit", Samples.program(tasks: 1), to: id)
        try await board.send("schedule_hearing", ["starts_at": .string(time), "place": "Ở đâu đó"], to: id)
        #expect(try await official.document(id)["review_session"]?["starts_at"] == .string(time))
        try await board.send("reschedule", Samples.form("hearing-1"), to: id)
        try await daemon.expectSound()
    }

    @Test(arguments: [
        "1e400", "-1e400", "123456789012345678901234567890", "1e-400", "-0.0", "0.1", "9223372036854775807",
    ])
    func testAnyNumberIsKeptOrRefused(number: String) async throws {
        let id = try await opened()
        let text = """
            {"key_tasks":[{"id":"task-1","order":1,"title":"x","targets":[{"name":"x","target":\(number)}]}]}
            """
        guard let form = try? JSON(parsing: text) else { return }
        do {
            try await official.send("save_draft", form, to: id)
        } catch let error as VarlinkError {
            #expect(error.name == "org.rotationd.Workflow.InvalidForm")
        }
        try WholeCaseTests.expectChain(await official.history(id), document: await official.document(id))
        try await daemon.expectSound()
    }
}
