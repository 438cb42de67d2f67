import JSONCore
import Testing
import Varlink
import Workflow

/// The article's case through the daemon's socket.
@Suite(.timeLimit(.minutes(2))) struct WholeCaseTests {
    @Test func testARotationGoesFromItsOpeningToADecidedCheckIn() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        let gateway = try await daemon.client()
        let id = try await Self.playToCommitment(gateway)
        let official = gateway.speaking(for: "cb-11")
        let advanced = try await gateway.manager("AdvanceClock", ["to": "2022-08-25T09:00:00+07:00"])
        #expect(advanced["now"] == "2022-08-25T02:00:00.000Z")
        let children = try await official.workflow("ListCases", ["filter": ["parent": .string(id)]]).array("cases")
        try #require(children.count == 1)
        let child = try #require(children[0]["id"]?.stringValue)
        #expect(children[0]["state"] == "self_assessment" && children[0]["period"] == "2022-08")
        let head = gateway.speaking(for: "cb-03")
        try await official.send("self_assess", Samples.form("self-assessment"), to: child)
        let tasks = try await head.workflow("ListTasks").array("tasks")
        #expect(tasks.contains { $0["case"] == .string(child) && $0["event"] == "record_vote" })
        try await head.send("record_vote", Samples.form("unit-vote-record"), to: child)
        #expect(try await head.send("decide", Samples.form("head-decision"), to: child).state == "decided")
        let level = try await official.document(child)["head_decision"]
        #expect(level?["final_level"] == "good" && level?["decided_by"] == "cb-03")

        // Who sees all of a case can verify it; the official himself sees neither votes nor comments.
        let board = gateway.speaking(for: "cb-02")
        for (id, name) in [(id, "$child"), (child, "decide")] {
            let events = try await board.history(id)
            #expect(events.last?["event"] == .string(name))
            try Self.expectChain(events, document: await board.document(id))
        }
        try await daemon.expectSound()
        #expect(await daemon.stop() == 0)
    }

    /// From the opening to the signed commitment.
    /// - Returns: The case.
    static func playToCommitment(_ gateway: Person) async throws -> String {
        let id = try await gateway.speaking(for: "cb-01").open("rotation-onboarding", Samples.form("rotation")).id
        func send(_ event: String, _ person: String, _ form: String? = nil) async throws -> String {
            let form = try form.map(Samples.form)
            return try await gateway.speaking(for: person).send(event, form, to: id).state
        }
        #expect(try await send("save_draft", "cb-11", "action-program-1") == "drafting")
        #expect(try await send("submit", "cb-11") == "submitted")
        try await Self.hold("hearing-1", id, gateway)
        #expect(try await send("conclude", "cb-03", "conclusion-returned") == "revising")
        #expect(try await gateway.speaking(for: "cb-11").document(id)["returns"]?[0]?["round"] == 1)
        #expect(try await send("save_draft", "cb-11", "action-program-2") == "revising")
        #expect(try await send("submit", "cb-11") == "submitted")
        try await Self.hold("hearing-2", id, gateway)
        #expect(try await send("conclude", "cb-03", "conclusion-adopted") == "committing")

        let official = gateway.speaking(for: "cb-11")
        let adopted = try await official.document(id)
        let digest = try #require(adopted["approved"]?["digest"])
        #expect(digest == .string(sha256(try #require(adopted["action_program"]).canonicalBytes())))
        let commitment = try Samples.form("commitment")
        let wrong = commitment.with(["content_hash": .string(String(repeating: "0", count: 64))])
        #expect(await refusal { try await official.send("commit", wrong, to: id) }.name == "RequirementNotMet")
        #expect(
            try await official.send("commit", commitment.with(["content_hash": digest]), to: id).state == "committed")
        return id
    }

    /// From the schedule of the hearing to the closed vote.
    static func hold(_ hearing: String, _ id: String, _ gateway: Person) async throws {
        let board = gateway.speaking(for: "cb-02"), secretary = gateway.speaking(for: "cb-03")
        try await board.send("schedule_hearing", Samples.form(hearing), to: id)
        try await board.send("open_hearing", Samples.form("attendance"), to: id)
        for (number, member) in [(1, "cb-04"), (2, "cb-05")] {
            try await gateway.speaking(for: member).send("ask", Samples.form("question-\(number)"), to: id)
            try await gateway.speaking(for: "cb-11").send("answer", Samples.form("answer-\(number)"), to: id)
        }
        try await gateway.speaking(for: "cb-06").send("raise_issue", Samples.form("issue"), to: id)
        try await gateway.speaking(for: "cb-07").send("give_opinion", Samples.form("opinion"), to: id)
        for number in 1...3 {
            let form = try Samples.form("recommendation-decision-\(number)")
            try await secretary.send("decide_recommendation", form, to: id)
        }
        try await secretary.send("open_vote", to: id)
        for member in Samples.present {
            try await gateway.speaking(for: member).send("vote", Samples.form("ballot-adoption"), to: id)
        }
        #expect(try await secretary.send("close_vote", to: id).state == "concluding")
    }

    /// The client's own verification: nothing but what the socket has told is believed.
    static func expectChain(
        _ events: [JSON], document: JSON, _ location: SourceLocation = #_sourceLocation
    ) throws {
        var replay = Replay()
        for event in events { try replay.apply(Event(json: try #require(event.objectValue))) }
        #expect(replay.document == document, sourceLocation: location)
    }
}
