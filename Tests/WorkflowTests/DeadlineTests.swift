import JSONCore
import Testing

@testable import Workflow

/// Deadlines of the monthly assessment, and what is late.
@Suite struct DeadlineTests {
    private static func opened(due: JSON, at time: String = "2022-07-25T02:00:00Z") throws -> Rehearsal {
        var play = try Rehearsal(at: time)
        guard case .object(var form) = MonthlyAssessmentTests.form("cb-2") else { return play }
        form["due"] = due
        try play.open(as: "board", form: .object(form), play.monthly)
        return play
    }

    private func due(_ play: Rehearsal, _ deadline: String) -> String? {
        let time = play.cases["case-1"]?.document["case"]?["due"]?[deadline]?.stringValue.flatMap(Timestamp.init)
        return time.map { Rehearsal.calendar.date(at: $0).description }
    }

    @Test func testADeadlineIsOnTheDayThatTheOpeningNames() throws {
        var play = try Self.opened(due: ["self_assessment": "2022-07-29", "unit_vote": "2022-08-02"])
        #expect(due(play, "self_assessment_due") == "2022-07-29")
        let voting = try play.send("self_assess", as: "cb-2", ["self_level": "good"])
        #expect(due(play, "vote_due") == "2022-08-02")
        #expect(voting.document["self_assessment"]?["late"] == false)
        // No day was named: so many working days later.
        try play.send("record_vote", as: "official", OnboardingTests.counted(good: 6))
        #expect(due(play, "decision_due") == "2022-07-27")
    }

    @Test func testADayOffMovesTheDeadlineToTheNextWorkingDay() throws {
        // July 2022 ended on a Sunday.
        let play = try Self.opened(due: ["self_assessment": "2022-07-31"])
        #expect(due(play, "self_assessment_due") == "2022-08-01")
    }

    @Test func testWhoGetsACaseAfterItsDayStillHasHisWorkingDays() throws {
        var play = try Self.opened(due: ["self_assessment": "2022-07-26", "unit_vote": "2022-07-27"])
        try play.advance(to: "2022-07-29T02:00:00Z")
        let handedIn = try play.send("self_assess", as: "cb-2", ["self_level": "good"])
        #expect(handedIn.document["self_assessment"]?["late"] == true)
        #expect(due(play, "vote_due") == "2022-08-02")
        #expect(handedIn.overdue.isEmpty)
        let voted = try play.send("record_vote", as: "official", OnboardingTests.counted(good: 6))
        #expect(voted.document["unit_vote"]?["late"] == false)
        try play.advance(to: "2022-08-30T02:00:00Z")
        let form: JSON = ["capacity": "head", "final_level": "good"]
        #expect(try play.send("decide", as: "official", form).document["head_decision"]?["late"] == true)
    }

    @Test func testWhatIsLateDoesNotHangOnATimer() throws {
        var play = try Self.opened(due: ["self_assessment": "2022-07-26"])
        // The daemon was down: the timer that marks it overdue has not run.
        play.now = Timestamp("2022-07-28T02:00:00Z")!
        #expect(play.cases["case-1"]?.overdue == [])
        try play.send("self_assess", as: "cb-2", ["self_level": "good"])
        #expect(play.history["case-1"]?.last?.late == true)
        #expect(play.cases["case-1"]?.document["self_assessment"]?["late"] == true)
    }

    @Test func testAVoteThatIsHeldTooLateIsMarked() throws {
        var play = try Self.opened(due: ["self_assessment": "2022-07-26", "unit_vote": "2022-07-27"])
        try play.send("self_assess", as: "cb-2", ["self_level": "good"])
        try play.send(
            "open_vote", as: "official",
            ["method": "open", "present": .array(Rehearsal.unitMembers.map(JSON.string))])
        #expect(play.cases["case-1"]?.document["unit_vote"]?["late"] == false)
        for member in ["cb-1", "cb-3"] { try play.send("vote", as: member, ["choice": "good"]) }
        try play.advance(to: "2022-08-10T02:00:00Z")
        #expect(play.history["case-1"]?.map(\.name).contains("$escalate") == true)
        let closed = try play.send("close_vote", as: "official")
        #expect(closed.document["unit_vote"]?["late"] == true)
    }
}
