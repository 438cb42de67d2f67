import JSONCore
import Testing
import Varlink

/// The rules of the monthly assessment's steps, in the commune whose head is cb-14 until the end of July 2022 and cb-11 after.
@Suite(.serialized, .daemon(), .timeLimit(.minutes(2))) struct MonthlyRuleTests {
    let daemon: TestDaemon
    let gateway: Person

    init() async throws {
        daemon = try TestDaemon.ofSuite()
        gateway = try await daemon.client()
    }

    private static let present: JSON = .array((14...21).map { .string("cb-\($0)") })

    /// An assessment of an official, handed in. No two tests open the same.
    private func assessed(_ official: String, _ period: String, by gateway: Person) async throws -> String {
        let form = try Samples.monthly(official).with(["period": .string(period)])
        let id = try await gateway.speaking(for: "cb-01").open("monthly-assessment", form).id
        try await gateway.speaking(for: official).send("self_assess", ["self_level": "good"], to: id)
        return id
    }

    private func votes(good: Int, completed: Int = 0, invalid: Int = 0) -> JSON {
        [
            "method": "secret", "chair": "cb-14", "present": Self.present, "votes_excellent": 0,
            "votes_good": .int(good),
            "votes_completed": .int(completed), "votes_not_completed": 0, "blank_invalid": .int(invalid),
        ]
    }

    /// An assessment on which the unit has voted `good`.
    private func voted(_ official: String, _ period: String) async throws -> String {
        let id = try await assessed(official, period, by: gateway)
        try await gateway.speaking(for: "cb-14").send("record_vote", votes(good: 7), to: id)
        return id
    }

    private func decided(_ official: String, _ period: String) async throws -> String {
        let id = try await voted(official, period)
        let form: JSON = ["capacity": "head", "final_level": "good"]
        try await gateway.speaking(for: "cb-14").send("decide", form, to: id)
        return id
    }

    private func refused(
        _ person: String, _ event: String, _ form: JSON? = nil, to id: String,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> (name: String, parameters: JSONObject) {
        let before = try await daemon.dump()
        let refusal = await refusal(location) { try await gateway.speaking(for: person).send(event, form, to: id) }
        #expect(try await daemon.dump() == before, sourceLocation: location)
        return refusal
    }

    // MARK: - The vote

    @Test func testTheClerkEntersCountedVotesButNotThoseOnHimselfOrOnTheHead() async throws {
        let id = try await assessed("cb-15", "2022-07", by: gateway)
        #expect(try await refused("cb-16", "record_vote", votes(good: 7), to: id).name == "NotAllowed")
        try await gateway.speaking(for: "cb-18").send("record_vote", votes(good: 7), to: id)
        let own = try await assessed("cb-18", "2022-07", by: gateway)
        #expect(try await refused("cb-18", "record_vote", votes(good: 7), to: own).name == "NotAllowed")
        try await gateway.speaking(for: "cb-14").send("record_vote", votes(good: 7), to: own)
        let head = try await assessed("cb-14", "2022-07", by: gateway)
        #expect(try await refused("cb-18", "record_vote", votes(good: 7), to: head).name == "NotAllowed")
        let form = votes(good: 7).with(["chair": "cb-03"])
        #expect(try await gateway.speaking(for: "cb-02").send("record_vote", form, to: head).state == "decision")
    }

    @Test func testNobodyChairsTheVoteOnHimself() async throws {
        let id = try await assessed("cb-16", "2022-07", by: gateway)
        let record = votes(good: 7).with(["chair": "cb-16"])
        #expect(try await refused("cb-14", "record_vote", record, to: id).name == "RequirementNotMet")
        let open: JSON = ["method": "open", "chair": "cb-16", "present": Self.present]
        #expect(try await refused("cb-14", "open_vote", open, to: id).name == "RequirementNotMet")
    }

    @Test func testInvalidVotesAreVotesOfThosePresentAndTheOneConcernedIsNoVoter() async throws {
        let id = try await assessed("cb-17", "2022-07", by: gateway)
        let tooMany = try await refused("cb-14", "record_vote", votes(good: 5, completed: 1, invalid: 2), to: id)
        #expect(tooMany.name == "BallotRefused" && tooMany.parameters["reason"] == "more_votes_than_voters")
        let counted = votes(good: 4, completed: 1, invalid: 2).with(
            ["reserved_opinions": [["by": "cb-16", "text": "Đề nghị mức cao hơn (ví dụ)"]]])
        try await gateway.speaking(for: "cb-14").send("record_vote", counted, to: id)
        let result = try await gateway.speaking(for: "cb-01").document(id)["ballots"]?["unit_vote"]?["result"]
        #expect(result?["present"] == 8 && result?["voters"] == 7 && result?["cast"] == 5 && result?["invalid"] == 2)
        #expect(result?["outcome"] == "good" && result?["tie"] == false)
        let reserved = try await gateway.speaking(for: "cb-01").document(id)["unit_vote"]?["reserved_opinions"]
        #expect(reserved?[0]?["by"] == "cb-16", "a minority's opinion stays on the record")
    }

    @Test func testAnOpenVoteIsGivenByThosePresentAndNeverOnOneself() async throws {
        let id = try await assessed("cb-19", "2022-07", by: gateway)
        let secret: JSON = ["method": "secret", "present": Self.present]
        #expect(try await refused("cb-14", "open_vote", secret, to: id).name == "RequirementNotMet")
        let present: JSON = ["cb-14", "cb-15", "cb-16", "cb-17", "cb-19"]
        try await gateway.speaking(for: "cb-14").send("open_vote", ["method": "open", "present": present], to: id)
        #expect(try await refused("cb-19", "vote", ["choice": "excellent"], to: id).parameters["reason"] == "recused")
        #expect(try await refused("cb-20", "vote", ["choice": "good"], to: id).parameters["reason"] == "not_present")
        for (voter, choice) in [("cb-14", "good"), ("cb-15", "good"), ("cb-16", "completed"), ("cb-17", "completed")] {
            try await gateway.speaking(for: voter).send("vote", ["choice": .string(choice)], to: id)
        }
        #expect(try await refused("cb-15", "close_vote", to: id).name == "NotAllowed")
        try await gateway.speaking(for: "cb-14").send("close_vote", to: id)
        let document = try await gateway.speaking(for: "cb-01").document(id)
        let result = document["ballots"]?["unit_vote"]?["result"]
        #expect(result?["voters"] == 4 && result?["cast"] == 4 && result?["tie"] == true && result?["outcome"] == nil)
        // Nobody wins a tie: whatever the head decides needs a reason.
        let form: JSON = ["capacity": "head", "final_level": "good"]
        #expect(try await refused("cb-14", "decide", form, to: id).name == "RequirementNotMet")
        try await gateway.speaking(for: "cb-14").send("decide", form.with(["reason": "Đủ căn cứ (ví dụ)"]), to: id)
    }

    @Test func testADryRunDecidesAndChangesNothing() async throws {
        let id = try await assessed("cb-20", "2022-07", by: gateway)
        let before = try await daemon.dump()
        func dryRun(_ form: JSON, key: String = "dry") async throws -> JSONObject {
            try await gateway.speaking(for: "cb-14").workflow(
                "SendEvent",
                ["case": .string(id), "event": "record_vote", "form": form, "key": .string(key), "dryRun": true])
        }
        let answer = try await dryRun(votes(good: 7))
        #expect(answer["state"] == "decision" && answer["version"] == 3 && answer["repeated"] == nil)
        #expect(await refusal { try await dryRun(votes(good: 8)) }.name == "BallotRefused")
        #expect(try await daemon.dump() == before)
        try await gateway.speaking(for: "cb-14").send("record_vote", votes(good: 7), to: id, key: "dry")
        // The key that was used meanwhile is known.
        #expect(try await dryRun(votes(good: 7))["repeated"] == true)
    }

    // MARK: - The decision and after

    @Test func testADecisionOtherThanTheVoteNeedsAReason() async throws {
        let id = try await voted("cb-21", "2022-07")
        let form: JSON = ["capacity": "head", "final_level": "completed"]
        #expect(try await refused("cb-14", "decide", form, to: id).name == "RequirementNotMet")
        try await gateway.speaking(for: "cb-14").send("decide", form.with(["reason": "Chậm việc (ví dụ)"]), to: id)
        let decision = try await gateway.speaking(for: "cb-21").document(id)["head_decision"]
        #expect(decision?["proposed_level"] == "good" && decision?["final_level"] == "completed")
    }

    @Test func testOnlyTheOfficialAcknowledgesTheDecision() async throws {
        let id = try await decided("cb-15", "2022-06")
        #expect(try await refused("cb-14", "acknowledge", to: id).name == "NotAllowed")
        try await gateway.speaking(for: "cb-15").send("acknowledge", to: id)
        #expect(try await gateway.speaking(for: "cb-15").document(id)["acknowledgement"]?["by"] == "cb-15")
    }

    @Test func testACorrectionSupersedesTheDecisionWhichStays() async throws {
        let id = try await decided("cb-16", "2022-06")
        let form: JSON = [
            "capacity": "head", "final_level": "completed", "reason": "Nhầm (ví dụ)",
            "correction_reason": "Ghi nhầm mức",
        ]
        #expect(try await refused("cb-16", "correct", form, to: id).name == "NotAllowed")
        try await gateway.speaking(for: "cb-14").send("correct", form, to: id)
        let document = try await gateway.speaking(for: "cb-16").document(id)
        #expect(
            document["head_decision"]?["final_level"] == "completed" && document["head_decision"]?["supersedes"] == 1)
        #expect(document["superseded_decisions"]?[0]?["final_level"] == "good")
    }

    @Test func testWhoIsNotAssessedHasAReasonAndNoLevel() async throws {
        let id = try await assessed("cb-17", "2022-06", by: gateway)
        for form in [[:], ["reason": "other"], ["reason": "lazy"]] as [JSON] {
            #expect(try await refused("cb-14", "do_not_assess", form, to: id).name == "InvalidForm")
        }
        try await gateway.speaking(for: "cb-14").send("do_not_assess", ["reason": "sick"], to: id)
        let document = try await gateway.speaking(for: "cb-17").document(id)
        #expect(document["not_assessed"]?["reason"] == "sick" && document["head_decision"] == nil)
        let levels = try await gateway.speaking(for: "cb-01").workflow(
            "ListCases", ["filter": ["subject": "cb-17", "period": "2022-06", "field": ["final_level": "good"]]])
        #expect(levels["cases"] == [])
    }

    // MARK: - Time

    /// A daemon of the test's own, whose clock it moves.
    private static func with(_ time: String, _ body: (Person) async throws -> Void) async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        let gateway = try await daemon.client()
        _ = try await gateway.manager("AdvanceClock", ["to": .string(time)])
        try await body(gateway)
        try await daemon.expectSound()
        await daemon.stop()
    }

    @Test func testADeputyDecidesUnderADelegationAndNeverOnHimselfOrOnTheAbsent() async throws {
        try await Self.with("2022-08-29T08:00:00+07:00") { gateway in
            let form: JSON = ["capacity": "delegated", "final_level": "good"]
            let deputy = gateway.speaking(for: "cb-14")
            func voted(_ official: String) async throws -> String {
                let id = try await assessed(official, "2022-08", by: gateway)
                let chair: JSON = official == "cb-11" ? "cb-03" : "cb-11"
                try await gateway.speaking(for: official == "cb-11" ? "cb-02" : "cb-18")
                    .send("record_vote", votes(good: 6).with(["chair": chair]), to: id)
                return id
            }
            let others = try await voted("cb-19"), late = try await voted("cb-20")
            let own = try await voted("cb-14"), absent = try await voted("cb-11")
            #expect(await refusal { try await deputy.send("decide", form, to: others) }.name == "NotAllowed")
            try await deputy.send("decide", form, to: others, for: "cb-11")
            let decided = try #require(await gateway.speaking(for: "cb-19").history(others).last)
            #expect(decided["actor"]?["official"] == "cb-14" && decided["actor"]?["onBehalfOf"] == "cb-11")
            #expect(await refusal { try await deputy.send("decide", form, to: own, for: "cb-11") }.name == "NotAllowed")
            for (person, id) in [("cb-11", own), ("cb-03", absent)] {
                try await gateway.speaking(for: person).send("decide", form.with(["capacity": "head"]), to: id)
            }
            // It ends with its last day.
            _ = try await gateway.manager("AdvanceClock", ["to": "2022-09-12T08:00:00+07:00"])
            #expect(
                await refusal { try await deputy.send("decide", form, to: late, for: "cb-11") }.name == "NotAllowed")
        }
    }

    @Test func testWhoIsHeadOnTheDayDecides() async throws {
        try await Self.with("2022-07-28T08:00:00+07:00") { gateway in
            let before = gateway.speaking(for: "cb-14"), after = gateway.speaking(for: "cb-11")
            let form: JSON = ["capacity": "head", "final_level": "good"]
            let other = try await assessed("cb-19", "2022-07", by: gateway)
            try await before.send("record_vote", votes(good: 7), to: other)
            let own = try await assessed("cb-14", "2022-07", by: gateway)
            try await gateway.speaking(for: "cb-02")
                .send("record_vote", votes(good: 7).with(["chair": "cb-03"]), to: own)
            #expect(await refusal { try await after.send("decide", form, to: other) }.name == "CaseNotFound")
            _ = try await gateway.manager("AdvanceClock", ["to": "2022-08-01T08:00:00+07:00"])
            #expect(await refusal { try await before.send("decide", form, to: other) }.name == "NotAllowed")
            #expect(await refusal { try await before.send("decide", form, to: own) }.name == "NotAllowed")
            for id in [other, own] { #expect(try await after.send("decide", form, to: id).state == "decided") }
        }
    }

    @Test func testAnAppealIsTakenInItsWindowAndTheDecisionStays() async throws {
        try await Self.with("2022-07-05T08:00:00+07:00") { gateway in
            let head = gateway.speaking(for: "cb-14"), official = gateway.speaking(for: "cb-15")
            let id = try await assessed("cb-15", "2022-06", by: gateway)
            try await head.send("record_vote", votes(good: 7), to: id)
            try await head.send("decide", ["capacity": "head", "final_level": "good"], to: id)
            let decision = try await official.document(id)["head_decision"]
            #expect(await refusal { try await head.send("appeal", ["text": "x"], to: id) }.name == "NotAllowed")
            try await official.send(
                "appeal", ["text": "Đề nghị xem lại (ví dụ)", "requested_level": "excellent"], to: id)
            let outcome: JSON = ["number": 1, "outcome": "refused", "text": "Giữ nguyên (ví dụ)"]
            #expect(await refusal { try await official.send("resolve_appeal", outcome, to: id) }.name == "NotAllowed")
            try await head.send("resolve_appeal", outcome, to: id)
            let document = try await official.document(id)
            #expect(document["appeals"]?[0]?["outcome"] == "refused" && document["head_decision"] == decision)
            // Ten working days after the 5th end with the 19th.
            _ = try await gateway.manager("AdvanceClock", ["to": "2022-07-19T16:00:00+07:00"])
            try await official.send("appeal", ["text": "Bổ sung (ví dụ)"], to: id)
            _ = try await gateway.manager("AdvanceClock", ["to": "2022-07-20T08:00:00+07:00"])
            #expect(
                await refusal { try await official.send("appeal", ["text": "Muộn"], to: id) }.name
                    == "RequirementNotMet")
        }
    }

    @Test func testNobodyIsRatedByATimerAndWhatComesLateIsMarked() async throws {
        try await Self.with("2022-07-25T08:00:00+07:00") { gateway in
            let id = try await gateway.speaking(for: "cb-01").open("monthly-assessment", Samples.monthly("cb-16")).id
            _ = try await gateway.manager("AdvanceClock", ["to": "2022-10-03T08:00:00+07:00"])
            let official = gateway.speaking(for: "cb-16")
            let events = try await official.history(id).compactMap { $0["event"]?.stringValue }
            #expect(events == ["$open", "$remind", "$overdue", "$escalate"])
            let state = try await official.workflow("GetCase", ["case": .string(id)])["case"]?["state"]
            #expect(state == "self_assessment")
            try await official.send("self_assess", ["self_level": "good"], to: id)
            #expect(try await official.history(id).last?["late"] == true)
        }
    }
}
