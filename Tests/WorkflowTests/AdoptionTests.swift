import JSONCore
import Testing

@testable import Workflow

/// A recurrence whose case somebody else has opened already.
@Suite struct AdoptionTests {
    /// A rotation that is carried out, and an assessment of its official for August.
    private static func played(parent: String?) throws -> Rehearsal {
        var play = try Rehearsal()
        try play.playToCommitment()
        guard case .object(var form) = MonthlyAssessmentTests.form("official") else { return play }
        form["period"] = "2022-08"
        try play.open("month", as: "board", form: .object(form), play.monthly)
        play.cases["month"]?.parent = parent
        play.now = Timestamp("2022-08-25T02:00:00Z")!
        return play
    }

    private func fired(_ play: Rehearsal) throws -> Transaction {
        var context = play.context(.system, subject: "official")
        context.child?.existing = play.cases["month"]
        let timer = try #require(play.cases["case-1"]?.timers.first { $0.kind == .open })
        return try Engine.decide(
            .fire(timer: timer.id), on: play.cases["case-1"], definition: play.onboarding, context: context)
    }

    @Test func testItBecomesTheRecurrencesCaseAndKeepsWhatItHas() throws {
        var play = try Self.played(parent: nil)
        play.keep(try fired(play))
        #expect(play.cases.count == 2)
        let month = try #require(play.cases["month"])
        #expect(month.parent == "case-1" && month.recurrence == "check_in" && month.state == "self_assessment")
        #expect(month.document["program"]?["key_tasks"]?.arrayValue?.count == 2)
        #expect(play.history["month"]?.map(\.name) == ["$open", "$adopt"])
        #expect(play.history["case-1"]?.last?.detail["case"] == "month")
        // The next month is awaited.
        #expect(play.cases["case-1"]?.timers.first { $0.kind == .open }?.period == "2022-09")
        for id in ["month", "case-1"] {
            var replay = Replay()
            for event in try #require(play.history[id]) { try replay.apply(event) }
            #expect(replay.document == play.cases[id]?.document)
        }
    }

    @Test func testACaseOfAnotherParentStaysWithIt() throws {
        let play = try Self.played(parent: "case-0")
        let transaction = try fired(play)
        #expect(transaction.changes.map(\.after.id) == ["case-1"])
        #expect(transaction.changes[0].events.map(\.name) == ["$child"])
    }
}
