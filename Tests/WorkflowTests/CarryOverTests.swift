import JSONCore
import Testing

@testable import Workflow

/// What one month hands on to the next, and what a self-assessment must keep to.
@Suite struct CarryOverTests {
    private static func decided() throws -> Rehearsal {
        var play = try Rehearsal()
        try play.open(as: "board", form: MonthlyAssessmentTests.form("cb-2"), play.monthly)
        try play.send(
            "self_assess", as: "cb-2",
            [
                "self_level": "good", "shortcomings": [["text": "Còn hồ sơ chậm"]],
                "remedies": [["text": "Giải quyết xong"]],
            ])
        try play.send("record_vote", as: "official", OnboardingTests.counted(good: 6))
        try play.send(
            "decide", as: "official",
            [
                "capacity": "head", "final_level": "good",
                "required_remedies": [["text": "Trả hồ sơ đúng hẹn", "due": "2022-08-15"]],
            ])
        return play
    }

    @Test func testShortcomingsAndRequiredRemediesAppearInTheNextMonth() throws {
        var play = try Self.decided()
        var context = play.context(Actor(official: "board"), subject: "cb-2")
        context.previous = play.cases["case-1"]
        guard case .object(var form) = MonthlyAssessmentTests.form("cb-2") else { return }
        form["period"] = "2022-08"
        play.keep(
            try Engine.decide(
                .open(id: "case-2", form: .object(form)), on: nil, definition: play.monthly, context: context))
        let carried = play.cases["case-2"]?.document["carried_over"]
        #expect(carried?["case"] == "case-1" && carried?["period"] == "2022-07")
        #expect(carried?["shortcomings"] == [["text": "Còn hồ sơ chậm"]])
        #expect(carried?["required_remedies"]?[0]?["text"] == "Trả hồ sơ đúng hẹn")
        try play.send(
            "self_assess", as: "cb-2",
            ["self_level": "good", "carried_results": [["text": "Còn hồ sơ chậm", "status": "remedied"]]], to: "case-2")
    }

    @Test func testTheFirstMonthHasNothingToCarryOn() throws {
        let play = try Self.decided()
        #expect(play.cases["case-1"]?.document["carried_over"] == nil)
    }

    @Test func testTheProgressRefersToTheKeyTasksOfTheAdoptedProgram() throws {
        var play = try Rehearsal()
        try play.playToCommitment()
        try play.advance(to: "2022-08-25T02:00:00Z")
        let child = try #require(play.cases.keys.first { $0.hasPrefix("child") })
        let program = play.cases[child]?.document["program"]
        #expect(program?["case"] == "case-1" && program?["key_tasks"]?[1]?["id"] == "task-1")
        func assess(_ task: String) throws(Refusal) {
            let form: JSON = [
                "self_level": "good", "program_progress": [["key_task_id": .string(task), "status": "done"]],
            ]
            try play.send("self_assess", as: "official", form, to: child)
        }
        #expect(throws: Refusal.self) { try assess("task-9") }
        try assess("task-1")
    }

    @Test(
        arguments: [
            (["self_points": 6], nil, false), (["self_points": 5], nil, true), (["self_points": 4.5], 4.5, true),
            (["self_points": 4.5], 5, false), (["comment": "Tốt"], nil, true), (["comment": "Tốt"], 3, false),
        ] as [(JSON, JSON?, Bool)])
    func testPointsKeepToTheirMaximumAndTheirSum(criterion: JSON, total: JSON?, isTaken: Bool) throws {
        var play = try Rehearsal()
        guard case .object(var form) = MonthlyAssessmentTests.form("cb-2") else { return }
        form["max_points"] = ["politics_ideology": 5, "task_results": 80]
        try play.open(as: "board", form: .object(form), play.monthly)
        var points: JSONObject = ["self_level": "good", "politics_ideology": criterion]
        points["total"] = total ?? criterion["self_points"]
        if isTaken {
            try play.send("self_assess", as: "cb-2", .object(points))
        } else {
            #expect(throws: Refusal.self) { try play.send("self_assess", as: "cb-2", .object(points)) }
        }
    }

    @Test func testBonusAndPenaltyCountForTheTotal() throws {
        var play = try Rehearsal()
        try play.open(as: "board", form: MonthlyAssessmentTests.form("cb-2"), play.monthly)
        var form: JSONObject = [
            "self_level": "good", "politics_ideology": ["self_points": 4.1], "working_style": ["self_points": 4.2],
            "bonus": ["points": 2, "reason": "Sáng kiến"], "penalty": ["points": 1, "reason": "Chậm báo cáo"],
            "total": 9.2,
        ]
        #expect(throws: Refusal.self) { try play.send("self_assess", as: "cb-2", .object(form)) }
        form["total"] = 9.3
        try play.send("self_assess", as: "cb-2", .object(form))
    }

    @Test(arguments: ["leave", "sick", "maternity", "study", "new", "moved", "suspended", "too_few_days"])
    func testWhoIsNotAssessedHasAReasonAndNoLevel(reason: String) throws {
        var play = try Rehearsal()
        try play.open(as: "board", form: MonthlyAssessmentTests.form("cb-2"), play.monthly)
        #expect(throws: Refusal.self) { try play.send("do_not_assess", as: "official", ["reason": "pending"]) }
        #expect(throws: Refusal.self) { try play.send("do_not_assess", as: "cb-2", ["reason": .string(reason)]) }
        let ended = try play.send("do_not_assess", as: "official", ["reason": .string(reason)])
        #expect(ended.state == "not_assessed" && ended.document["not_assessed"]?["reason"] == .string(reason))
        #expect(ended.document["head_decision"] == nil && ended.timers.isEmpty)
    }

    @Test func testAMonthThatIsNotAssessedHandsNothingOn() throws {
        // Only a decided month is carried on from.
        let play = try Rehearsal()
        #expect(play.monthly.carriesOnFrom == ["decided"])
    }

    @Test func testAProgramThatClosesOpensNoMoreMonthsAndLeavesThoseThatAreOpen() throws {
        var play = try Rehearsal()
        try play.playToCommitment()
        try play.advance(to: "2022-08-25T02:00:00Z")
        let child = try #require(play.cases.keys.first { $0.hasPrefix("child") })
        try play.send("close", as: "board", ["reason": "retired"])
        try play.advance(to: "2022-12-30T02:00:00Z")
        #expect(play.cases.count == 2 && play.cases["case-1"]?.state == "closed")
        #expect(play.cases[child]?.state == "self_assessment")
        try play.send("self_assess", as: "official", ["self_level": "good"], to: child)
    }
}
