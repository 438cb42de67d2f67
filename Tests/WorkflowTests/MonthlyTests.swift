import JSONCore
import Testing

@testable import Workflow

@Suite struct MonthlyAssessmentTests {
    static func form(_ official: String) -> JSON {
        [
            "official": .string(official), "unit": "xa-01", "full_name": "Cán bộ", "period": "2022-07",
            "form_kind": "staff",
        ]
    }

    /// An assessment of `official` before the unit's vote.
    static func opened(for official: String) throws -> Rehearsal {
        var play = try Rehearsal()
        try play.open(as: "board", form: form(official), play.monthly)
        try play.send("self_assess", as: official, ["self_level": "good"])
        return play
    }

    @Test func testAHeadNeverDecidesOnHimself() throws {
        var play = try Self.opened(for: "official")
        #expect(throws: Refusal.self) { try play.send("record_vote", as: "official", OnboardingTests.counted(good: 6)) }
        try play.send("record_vote", as: "head", OnboardingTests.counted(good: 6))
        let form: JSON = ["capacity": "head", "final_level": "good"]
        #expect(throws: Refusal.self) { try play.send("decide", as: "official", form) }
        #expect(try play.send("decide", as: "head", form).state == "decided")
    }

    @Test func testTheHeadOfTheUnitDecidesOnEverybodyElse() throws {
        var play = try Self.opened(for: "cb-2")
        try play.send("record_vote", as: "official", OnboardingTests.counted(good: 6))
        #expect(throws: Refusal.notAllowed(event: "decide", roles: ["unit_head"])) {
            try play.send("decide", as: "head", ["capacity": "head", "final_level": "good"])
        }
        try play.send("decide", as: "official", ["capacity": "head", "final_level": "good"])
    }

    @Test func testADecisionOtherThanTheVoteNeedsAReason() throws {
        var play = try Self.opened(for: "cb-2")
        try play.send("record_vote", as: "official", OnboardingTests.counted(good: 6))
        #expect(throws: Refusal.self) {
            try play.send("decide", as: "official", ["capacity": "head", "final_level": "completed"])
        }
        try play.send(
            "decide", as: "official", ["capacity": "head", "final_level": "completed", "reason": "Chậm tiến độ"])
    }

    @Test func testATieIsPutOnRecordAndNobodyWinsIt() throws {
        var play = try Self.opened(for: "cb-2")
        let voted = try play.send("record_vote", as: "official", OnboardingTests.counted(good: 3, completed: 3))
        let result = voted.document["ballots"]?["unit_vote"]?["result"]
        #expect(result?["tie"] == true && result?["outcome"] == nil)
    }

    @Test func testMoreCountedVotesThanVotersAreRefused() throws {
        var play = try Self.opened(for: "cb-2")
        // Eight members are present, and the one whom it is about does not vote.
        #expect(
            throws: Refusal.ballotRefused(ballot: "unit_vote", reason: .moreVotesThanVoters(votes: 8, voters: 7))
        ) { try play.send("record_vote", as: "official", OnboardingTests.counted(good: 8)) }
    }

    @Test func testNobodyVotesOnHimself() throws {
        var play = try Self.opened(for: "cb-2")
        try play.send(
            "open_vote", as: "official",
            ["method": "open", "present": .array(Rehearsal.unitMembers.map(JSON.string))])
        #expect(throws: Refusal.ballotRefused(ballot: "unit_vote", reason: .recused)) {
            try play.send("vote", as: "cb-2", ["choice": "excellent"])
        }
        let voted = try play.send("vote", as: "cb-3", ["choice": "good"])
        #expect(voted.document["ballots"]?["unit_vote"]?["votes"]?["cb-3"]?["choice"] == "good")
        #expect(!play.changes.last!.tasks.contains { $0.assignee == "official:cb-3" || $0.assignee == "official:cb-2" })
        #expect(play.changes.last!.tasks.contains { $0.assignee == "official:cb-4" })
    }

    @Test func testACorrectionSupersedesAndTheSignedDecisionStays() throws {
        var play = try Self.opened(for: "cb-2")
        try play.send("record_vote", as: "official", OnboardingTests.counted(good: 6))
        try play.send("decide", as: "official", ["capacity": "head", "final_level": "good"])
        let corrected = try play.send(
            "correct", as: "official",
            ["capacity": "head", "final_level": "completed", "reason": "Nhầm", "correction_reason": "Ghi nhầm mức"])
        #expect(corrected.document["head_decision"]?["final_level"] == "completed")
        #expect(corrected.document["head_decision"]?["supersedes"] == 1)
        #expect(corrected.document["superseded_decisions"]?[0]?["final_level"] == "good")
    }

    @Test func testAnAppealIsHeardOnlyInItsWindow() throws {
        var play = try Self.opened(for: "cb-2")
        try play.send("record_vote", as: "official", OnboardingTests.counted(good: 6))
        try play.send("decide", as: "official", ["capacity": "head", "final_level": "good"])
        var late = play
        try play.advance(to: "2022-07-15T02:00:00Z")
        try play.send("appeal", as: "cb-2", ["text": "Đề nghị xem lại"])
        try late.advance(to: "2022-07-18T02:00:00Z")
        #expect(throws: Refusal.self) { try late.send("appeal", as: "cb-2", ["text": "Đề nghị xem lại"]) }
    }

    @Test func testMissedDeadlinesRemindMarkAndEscalateAndNeverDecide() throws {
        var play = try Rehearsal()
        try play.open(as: "board", form: Self.form("cb-2"), play.monthly)
        try play.advance(to: "2022-07-20T02:00:00Z")
        #expect(play.history["case-1"]?.map(\.name) == ["$open", "$remind", "$overdue", "$escalate"])
        #expect(play.messages.map(\.topic) == ["assessment_opened", "remind", "overdue", "escalate"])
        #expect(play.messages.last?.recipient == "unit_head@xa-01")
        #expect(play.cases["case-1"]?.state == "self_assessment")
        #expect(play.cases["case-1"]?.overdue == ["self_assessment_due"])
        try play.send("self_assess", as: "cb-2", ["self_level": "good"])
        #expect(play.history["case-1"]?.last?.late == true)
        #expect(play.cases["case-1"]?.overdue == [])
    }

    @Test func testATimerThatFiresOnALaterDayIsMarkedLate() throws {
        var play = try Rehearsal()
        try play.open(as: "board", form: Self.form("cb-2"), play.monthly)
        play.now = Timestamp("2022-09-01T02:00:00Z")!
        for timer in play.cases["case-1"]!.timers.sorted(by: { $0.due < $1.due }) {
            try play.fire(timer.id, of: "case-1")
        }
        #expect(play.history["case-1"]?.dropFirst().allSatisfy(\.late) == true)
        #expect(throws: Refusal.timerNotFound("self_assessment_due/overdue")) {
            try play.fire("self_assessment_due/overdue", of: "case-1")
        }
    }
}
