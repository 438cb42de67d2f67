import JSONCore
import Testing

@testable import Workflow

/// Who is told what, and what comes into calendars.
@Suite struct InvitationTests {
    private static func invitations(_ play: Rehearsal) -> [JSONObject] {
        play.messages.compactMap { $0.data["invitation"]?.objectValue }
    }

    private func scheduled() throws -> Rehearsal {
        var play = try Rehearsal()
        try play.open()
        try play.send("submit", as: "official", Rehearsal.program())
        try play.send("schedule_hearing", as: "board", Rehearsal.hearing)
        return play
    }

    @Test func testAHearingIsAnInvitationWithItsTimeAndPlace() throws {
        let play = try scheduled()
        let told = play.messages.filter { $0.topic == "hearing_scheduled" }
        #expect(told.map(\.recipient) == ["official:official", "standing_committee@huyen-01"])
        let expected: JSONObject = [
            "uid": "case-1-hearing_scheduled@rotationd", "sequence": 3, "method": "request",
            "start": "2022-07-20T01:00:00.000Z", "end": "2022-07-20T03:00:00.000Z", "allDay": false,
            "location": "Hội trường Huyện ủy",
        ]
        #expect(told.allSatisfy { $0.data["invitation"] == .object(expected) }, "\(told)")
    }

    @Test func testANewDateReplacesTheInvitation() throws {
        var play = try scheduled()
        try play.send(
            "reschedule", as: "board", ["starts_at": "2022-07-21T14:00:00+07:00", "place": "Phòng họp số 2"])
        let last = try #require(Self.invitations(play).last)
        #expect(last["uid"] == "case-1-hearing_scheduled@rotationd" && last["sequence"] == 4)
        #expect(last["method"] == "request" && last["start"] == "2022-07-21T07:00:00.000Z")
    }

    @Test func testAHearingThatTakesPlaceIsNotCancelled() throws {
        var play = try scheduled()
        try play.send("open_hearing", as: "board", Rehearsal.attendance(9))
        #expect(!play.messages.contains { $0.topic == "hearing_cancelled" })
        #expect(play.cases["case-1"]?.document["case"]?["invitations"] == nil)
    }

    @Test func testACaseThatIsClosedCancelsItsHearing() throws {
        var play = try scheduled()
        try play.send("close", as: "board", ["reason": "retired"])
        let cancelled = play.messages.filter { $0.topic == "hearing_cancelled" }
        #expect(cancelled.map(\.recipient) == ["official:official", "standing_committee@huyen-01"])
        let invitation = cancelled.first?.data["invitation"]
        #expect(invitation?["method"] == "cancel" && invitation?["sequence"] == 4, "\(cancelled)")
        #expect(invitation?["uid"] == "case-1-hearing_scheduled@rotationd")
    }

    @Test func testADueDateIsAWholeDayInTheCalendar() throws {
        let text = try Rehearsal.source("rotation-onboarding").replacing(
            "      - {to: official, topic: draft_requested}",
            with: "      - {to: official, topic: draft_requested, invite: {deadline: draft_due}}")
        let definition = try DefinitionLoader.load(text, file: "x.yaml", forms: Rehearsal.forms())
        var play = try Rehearsal(onboarding: definition)
        let due = try play.open().document["case"]?["due"]?["draft_due"]?.stringValue
        let invitation = try #require(Self.invitations(play).first)
        #expect(invitation["allDay"] == true && invitation["method"] == "request")
        // From midnight to midnight in the calendar's zone; the deadline is the day's end.
        #expect(invitation["start"]?.stringValue?.hasSuffix("T17:00:00.000Z") == true, "\(invitation)")
        let end = invitation["end"]?.stringValue.flatMap(Timestamp.init)
        #expect(try #require(due.flatMap(Timestamp.init)) <= #require(end))
    }

    @Test func testADefinitionSaysWhoIsTold() throws {
        var text = try Rehearsal.source("rotation-onboarding")
        text = text.replacing(
            "      - {to: organisation_board, topic: submitted}",
            with: "      - {to: [waiting, /rotation/official], topic: submitted, urgent: true}")
        text = text.replacing(
            "        title: {vi: Lưu dự thảo, en: Save the draft}\n",
            with: """
                        title: {vi: Lưu dự thảo, en: Save the draft}
                        notify: [{to: /review_session/chair, topic: submitted}, {to: district_secretary, topic: submitted}]

                """)
        text = text.replacing(
            "          - {after: {working_days: 3}, to: organisation_board}",
            with: "          - {after: {working_days: 3}, to: [organisation_board, waiting], urgent: true}")
        let definition = try DefinitionLoader.load(text, file: "x.yaml", forms: Rehearsal.forms())
        var play = try Rehearsal(onboarding: definition)
        try play.open()
        try play.send("save_draft", as: "official", Rehearsal.program())
        // Nobody chairs yet.
        #expect(play.messages.last?.recipient == "district_secretary@huyen-01")
        try play.advance(to: "2022-08-30T02:00:00Z")
        let escalated = play.messages.filter { $0.topic == "escalate" }
        #expect(escalated.map(\.recipient) == ["organisation_board@huyen-01", "official:official"])
        #expect(escalated.allSatisfy { $0.data["urgent"] == true && $0.data["due"] != nil })
        try play.send("submit", as: "official")
        let submitted = play.messages.suffix(2)
        #expect(submitted.map(\.recipient) == ["organisation_board@huyen-01", "official:official"])
        #expect(submitted.allSatisfy { $0.topic == "submitted" && $0.data["urgent"] == true })
    }

    @Test(arguments: [
        ("to: [waiting, nobody], topic: submitted", "there is no role \"nobody\""),
        ("to: waiting, topic: submitted, invite: {deadline: x}", "the state has no deadline \"x\""),
        ("to: waiting, topic: submitted, invite: {minutes: 3}", "lacks \"start\""),
        ("to: waiting, topic: submitted, soon: true", "has no \"soon\""),
    ])
    func testAWrongNotificationIsRefusedWithItsPlace(entry: String, problem: String) throws {
        let text = try Rehearsal.source("rotation-onboarding")
            .replacing("{to: organisation_board, topic: submitted}", with: "{\(entry)}")
        let error = #expect(throws: DefinitionProblems.self) {
            try DefinitionLoader.load(text, file: "x.yaml", forms: Rehearsal.forms())
        }
        #expect(error?.problems.contains { $0.message.contains(problem) && $0.line > 100 } == true, "\(error as Any)")
    }
}
