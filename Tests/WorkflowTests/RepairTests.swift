import JSONCore
import Testing

@testable import Workflow

/// Repairs: recorded, consistent, and never a decision.
@Suite struct RepairTests {
    private func refused(_ problem: Repair.Problem, _ body: () throws -> some Any) {
        #expect(throws: Refusal.repairRefused(problem)) { try body() }
    }

    @Test func testATaskIsGivenToAnotherWhoCanThenDoItAndReadWhatItNeeds() throws {
        var play = try MonthlyAssessmentTests.opened(for: "cb-2")
        try play.send("record_vote", as: "official", OnboardingTests.counted(good: 6))
        let decision: JSON = ["capacity": "delegated", "final_level": "good"]
        #expect(throws: Refusal.self) { try play.send("decide", as: "cb-5", decision) }
        try play.repair(.reassign(event: "decide", to: .official("cb-5")), reason: "Thủ trưởng đi vắng")
        let event = try #require(play.history["case-1"]?.last)
        #expect(event.name == "$reassigned" && event.reason == "Thủ trưởng đi vắng")
        #expect(event.detail["administrator"] == "root" && event.detail["from"] == ["unit_head@xa-01"])
        #expect(play.changes.last?.tasks.map(\.assignee) == ["official:cb-5"])
        #expect(play.changes.last?.tasks.first?.due != nil)
        #expect(play.changes.last?.readers?.contains("official:cb-5") == true)
        #expect(play.messages.last?.recipient == "official:cb-5" && play.messages.last?.topic == "reassigned")
        refused(.nothingToDo) { try play.repair(.reassign(event: "decide", to: .official("cb-5"))) }
        let current = try #require(play.cases["case-1"])
        func sees(_ play: Rehearsal) -> JSON? {
            let current = play.cases["case-1"]!
            return Engine.visibility(
                of: current, definition: play.monthly,
                context: play.context(Actor(official: "cb-5"), subject: current.subject)
            )?.document(current.document)
        }
        #expect(sees(play) == current.document)
        #expect(try play.send("decide", as: "cb-5", decision).state == "decided")
        // The task is done: what he was given ends with it.
        #expect(sees(play)?["ballots"] == nil)
        #expect(try play.replayed())
    }

    @Test func testNoTaskIsGivenToWhomItIsAboutAndNoVoteToAnybody() throws {
        var play = try MonthlyAssessmentTests.opened(for: "cb-2")
        refused(.excluded("record_vote")) {
            try play.repair(.reassign(event: "record_vote", to: .official("cb-2")))
        }
        refused(.taskUnknown("decide")) { try play.repair(.reassign(event: "decide", to: .official("cb-5"))) }
        try play.send(
            "open_vote", as: "official", ["method": "open", "present": .array(Rehearsal.unitMembers.map(JSON.string))])
        refused(.vote("vote")) { try play.repair(.reassign(event: "vote", to: .official("cb-5"))) }
    }

    @Test func testAnExtendedDeadlineRemindsAndPassesAnew() throws {
        var play = try Rehearsal()
        try play.open(as: "board", form: MonthlyAssessmentTests.form("cb-2"), play.monthly)
        try play.advance(to: "2022-07-08T02:00:00Z")
        #expect(play.cases["case-1"]?.overdue == ["self_assessment_due"])
        refused(.notLater(than: LocalDate("2022-07-08")!)) {
            try play.repair(.extend(deadline: "self_assessment_due", to: LocalDate("2022-07-07")!))
        }
        let extended = try play.repair(.extend(deadline: "self_assessment_due", to: LocalDate("2022-07-15")!))
        #expect(extended.overdue == [] && extended.document["case"]?["due"]?["self_assessment_due"] != nil)
        let due = Rehearsal.calendar.end(of: LocalDate("2022-07-15")!)
        #expect(play.changes.last?.tasks.first?.due == due)
        try play.advance(to: "2022-07-20T02:00:00Z")
        #expect(
            play.history["case-1"]?.suffix(4).map(\.name) == ["$extended", "$remind", "$overdue", "$escalate"])
        refused(.deadlineUnknown("vote_due")) {
            try play.repair(.extend(deadline: "vote_due", to: LocalDate("2022-09-01")!))
        }
    }

    @Test func testACaseGoesBackToAnEarlierStateAndKeepsWhatWasWritten() throws {
        var play = try MonthlyAssessmentTests.opened(for: "cb-2")
        try play.send("record_vote", as: "official", OnboardingTests.counted(good: 6))
        let before = play.cases["case-1"]!.document
        let back = try play.repair(.move(to: "self_assessment"))
        #expect(back.state == "self_assessment" && back.document["self_assessment"] == before["self_assessment"])
        #expect(play.changes.last?.tasks.map(\.event) == ["self_assess"])
        #expect(back.timers.contains { $0.id == "self_assessment_due/overdue" })
        #expect(play.history["case-1"]?.last?.form == nil)
        refused(.nothingToDo) { try play.repair(.move(to: "self_assessment")) }
        refused(.notEarlier("decision")) { try play.repair(.move(to: "decision")) }
        refused(.stateUnknown("nowhere", version: play.monthly.version)) { try play.repair(.move(to: "nowhere")) }
        try play.send("self_assess", as: "cb-2", ["self_level": "good"])
        #expect(try play.replayed())
    }

    @Test func testARepairDecidesNoLevelAndCastsNoVote() throws {
        var play = try MonthlyAssessmentTests.opened(for: "cb-2")
        #expect(try play.repair(.skip(event: "record_vote")).state == "decision")
        #expect(play.cases["case-1"]?.document["ballots"] == nil)
        refused(.stateFinal("decided")) { try play.repair(.skip(event: "decide")) }
        refused(.stateFinal("decided")) { try play.repair(.move(to: "decided")) }
        // Without a vote any level is another one, and needs a reason.
        #expect(throws: Refusal.self) {
            try play.send("decide", as: "official", ["capacity": "head", "final_level": "good"])
        }
        try play.send(
            "decide", as: "official", ["capacity": "head", "final_level": "good", "reason": "Không họp được"])
        refused(.stateFinal("decided")) { try play.repair(.move(to: "decision")) }
        refused(.stateFinal("decided")) { try play.repair(.cancel) }
    }

    @Test func testACancelledCaseEndsWithoutAResultAndCanBeTakenUpAgain() throws {
        var play = try MonthlyAssessmentTests.opened(for: "cb-2")
        let cancelled = try play.repair(.cancel)
        #expect(cancelled.state == Case.cancelled && cancelled.closedAt == play.now && cancelled.timers == [])
        #expect(play.changes.last?.tasks == [] && cancelled.document["head_decision"] == nil)
        #expect(play.messages.last?.recipient == "official:cb-2")
        #expect(throws: Refusal.self) { try play.send("record_vote", as: "official", OnboardingTests.counted(good: 6)) }
        refused(.nothingToDo) { try play.repair(.cancel) }
        #expect(cancelled.unique == nil)
        let again = try play.repair(.move(to: "unit_vote"))
        #expect(again.unique == "cb-2 2022-07")
        #expect(again.closedAt == nil && again.state == "unit_vote" && !again.timers.isEmpty)
        #expect(try play.replayed())
    }

    @Test func testARepairNeedsAReasonAndARight() throws {
        var play = try MonthlyAssessmentTests.opened(for: "cb-2")
        refused(.withoutReason) { try play.repair(.cancel, reason: " \n") }
        #expect(throws: Refusal.notAllowed(event: "$cancelled", roles: ["organisation_board", "administrator"])) {
            try play.repair(.cancel, as: "official")
        }
        try play.repair(.move(to: "self_assessment"), as: "board")
        #expect(play.history["case-1"]?.last?.actor.official == "board")
    }

    @Test func testNobodyRepairsTheCaseAboutHimself() throws {
        var play = try Rehearsal()
        try play.open(as: "board", form: MonthlyAssessmentTests.form("board"), play.monthly)
        refused(.ownCase) { try play.repair(.cancel, as: "board") }
    }

    @Test func testACaseIsTakenToANewerDefinitionWithWhatItHas() throws {
        var play = try MonthlyAssessmentTests.opened(for: "cb-2")
        try play.repair(.reassign(event: "record_vote", to: .official("cb-5")))
        let before = play.cases["case-1"]!
        let new = try Rehearsal.newer {
            $0.replacing("  unit_vote:\n    title: {vi: Chờ", with: "  collective_vote:\n    title: {vi: Chờ")
                .replacing("to: unit_vote\n", with: "to: collective_vote\n")
        }
        refused(.stateUnknown("unit_vote", version: 99)) { try play.repair(.migrate(to: new, states: [:])) }
        refused(.stateUnknown("voting_", version: 99)) {
            try play.repair(.migrate(to: new, states: ["unit_vote": "voting_"]))
        }
        refused(.stateFinal("decided")) { try play.repair(.migrate(to: new, states: ["unit_vote": "decided"])) }
        let moved = try play.repair(.migrate(to: new, states: ["unit_vote": "collective_vote"]))
        #expect(moved.definition == 99 && moved.state == "collective_vote" && moved.stateSince == before.stateSince)
        #expect(moved.document == before.document && Set(moved.timers.map(\.id)) == Set(before.timers.map(\.id)))
        #expect(play.changes.last?.tasks.map(\.assignee) == ["official:cb-5"] && play.changes.last?.fields != nil)
        #expect(play.history["case-1"]?.last?.detail["definition"] == 99)
        play.monthly = new
        refused(.nothingToDo) { try play.repair(.migrate(to: new, states: [:])) }
        refused(.notNewer(version: 99)) { try play.repair(.migrate(to: try Rehearsal.monthly.get(), states: [:])) }
        #expect(try play.send("record_vote", as: "cb-5", OnboardingTests.counted(good: 6)).state == "decision")
        #expect(try play.replayed())
    }

    @Test func testWhatHasPassedDoesNotPassAgainAfterAMigration() throws {
        var play = try Rehearsal()
        try play.open(as: "board", form: MonthlyAssessmentTests.form("cb-2"), play.monthly)
        try play.advance(to: "2022-07-07T02:00:00Z")
        #expect(play.cases["case-1"]?.overdue == ["self_assessment_due"])
        let new = try Rehearsal.newer()
        let moved = try play.repair(.migrate(to: new, states: [:]))
        #expect(moved.overdue == ["self_assessment_due"] && moved.timers.map(\.kind) == [.escalate])
    }

    @Test func testFormsThatNoLongerFitAreNamed() throws {
        let play = try MonthlyAssessmentTests.opened(for: "cb-2")
        let document = play.cases["case-1"]!.document
        #expect(Engine.misfits(in: document, definition: play.monthly) == [])
        var forms = try Rehearsal.forms()
        forms["self-assessment"] =
            #"{"type": "object", "required": ["oath"], "properties": {"self_level": {"type": "string"}}}"#
        let new = try DefinitionLoader.load(
            Rehearsal.source("monthly-assessment"), file: "m.yaml", forms: forms)
        #expect(Engine.misfits(in: document, definition: new).map(\.description) == ["/self_assessment"])
    }

    @Test(arguments: 0..<6)
    func testRandomPlayWithRepairsReplaysAndNeverLeavesACaseWithoutAWayOn(round: Int) throws {
        var generator = SystemRandomNumberGenerator()
        var play = try Rehearsal()
        try play.open()
        let monthly = MonthlyAssessmentTests.form("cb-2")
        try play.open("case-2", as: "board", form: monthly, play.monthly)
        let forms: [String: JSON] = [
            "save_draft": Rehearsal.program(), "schedule_hearing": Rehearsal.hearing, "reschedule": Rehearsal.hearing,
            "open_hearing": Rehearsal.attendance(9), "vote": ["choice": "for"],
            "decide_recommendation": ["recommendation_id": "rec-0", "outcome": "refused"],
            "conclude": ["outcome": "adopted", "conclusion": "x"], "self_assess": ["self_level": "good"],
            "record_vote": OnboardingTests.counted(good: 5),
            "decide": ["capacity": "head", "final_level": "good", "reason": "x"],
        ]
        let people = ["board", "official", "btv-1", "btv-2", "btv-3", "head", "cb-2", "cb-5"]
        var repaired = 0
        for step in 0..<600 {
            let id = play.cases.keys.sorted().randomElement(using: &generator)!
            let before = play.cases[id]!
            let definition = play.definition(before)
            do throws(Refusal) {
                if Int.random(in: 0..<3, using: &generator) > 0 {
                    let event = definition.events(in: before.state).map(\.name).filter { $0 != "close" }
                        .randomElement(using: &generator)
                    var form = forms[event ?? ""]
                    if event == "commit", before.document["approved"] != nil { form = play.commitment }
                    try play.send(event ?? "submit", as: people.randomElement(using: &generator)!, form, to: id)
                } else {
                    try play.repair(Self.random(definition, before, &generator), of: id)
                    repaired += 1
                    #expect(play.history[id]?.last.map { $0.form == nil && $0.name.hasPrefix("$") } == true)
                    for place in ["head_decision", "self_assessment", "action_program", "approved", "commitment"] {
                        #expect(play.cases[id]?.document[place] == before.document[place])
                    }
                }
            } catch {
                #expect(play.cases[id] == before)
                #expect(!error.message.vi.isEmpty && !error.message.en.isEmpty)
            }
            if step % 50 == 49 { try play.advance(to: (play.now + 3 * 86_400_000).description) }
            let current = play.cases[id]!
            let state = play.definition(current).states[current.state]
            if current.state != Case.cancelled {
                #expect(state?.isAutomatic == false)
                #expect(state?.isFinal == true || !definition.successors(of: current.state).isEmpty)
                #expect((state?.isFinal == true) == (current.closedAt != nil))
            }
            // Timers and tasks are those of the state.
            for timer in current.timers {
                #expect(state?.deadlines[timer.name] != nil || state?.recurring[timer.name] != nil)
            }
            for change in play.changes.suffix(1) {
                let events = play.definition(change.after).states[change.after.state]?.events
                #expect(change.tasks.allSatisfy { events?[$0.event]?.isTask == true })
            }
        }
        #expect(repaired > 20)
        for id in play.cases.keys { #expect(try play.replayed(id)) }
    }

    private static func random(
        _ definition: Definition, _ current: Case, _ generator: inout some RandomNumberGenerator
    ) -> Repair {
        let state = definition.states[current.state]
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: return .cancel
        case 1, 2, 3: return .skip(event: state?.events.keys.randomElement(using: &generator) ?? "submit")
        case 4, 5, 6: return .move(to: definition.states.keys.randomElement(using: &generator) ?? "")
        case 7, 8:
            return .extend(
                deadline: state?.deadlines.keys.first ?? "none", to: LocalDate("2023-0\(Int.random(in: 1...9))-15")!)
        default:
            return .reassign(
                event: state?.events.keys.randomElement(using: &generator) ?? "submit",
                to: ["cb-2", "cb-5", "btv-3"].randomElement(using: &generator).map(Principal.official)!)
        }
    }
}
