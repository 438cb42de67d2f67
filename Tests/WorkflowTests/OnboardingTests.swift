import Foundation
import JSONCore
import Testing

@testable import Workflow

@Suite struct OnboardingTests {
    @Test func testARotationGoesFromTheDraftToADecidedCheckIn() throws {
        var play = try Rehearsal()
        try play.playToVote()
        try play.vote(for: 4, against: 5)
        try play.send("close_vote", as: "btv-1")
        #expect(throws: Refusal.self) {
            try play.send("conclude", as: "btv-1", ["outcome": "adopted", "conclusion": "x"])
        }
        try play.send(
            "conclude", as: "btv-1",
            ["outcome": "returned", "conclusion": "Chưa rõ lộ trình", "revision_requests": [["text": "Bổ sung mốc"]]])
        #expect(play.cases["case-1"]?.state == "revising")
        #expect(play.cases["case-1"]?.document["returns"]?[0]?["round"] == 1)
        try play.send("save_draft", as: "official", Rehearsal.program(tasks: 3))
        try play.playHearing()
        try play.vote(for: 5, against: 4)
        try play.send("close_vote", as: "btv-1")
        let concluded = try play.send("conclude", as: "btv-1", ["outcome": "adopted", "conclusion": "Thống nhất"])
        #expect(concluded.state == "committing")
        #expect(concluded.document["approved"]?["version"] == 2)
        try play.commit()
        try play.advance(to: "2022-08-25T01:00:00Z")
        let child = try #require(play.cases.values.first { $0.workflow == "monthly-assessment" })
        #expect(child.parent == "case-1" && child.period == "2022-08" && child.state == "self_assessment")
        try play.send("self_assess", as: "official", ["self_level": "good"], to: child.id)
        try play.send("record_vote", as: "head", Self.counted(good: 5, completed: 1), to: child.id)
        let decided = try play.send(
            "decide", as: "head", ["capacity": "superior", "final_level": "good"], to: child.id)
        #expect(decided.state == "decided" && decided.closedAt != nil)
        #expect(decided.document["head_decision"]?["proposed_level"] == "good")
    }

    static func counted(excellent: Int = 0, good: Int = 0, completed: Int = 0, not: Int = 0) -> JSON {
        [
            "method": "open", "present": .array(Rehearsal.unitMembers.map(JSON.string)),
            "votes_excellent": .int(excellent), "votes_good": .int(good), "votes_completed": .int(completed),
            "votes_not_completed": .int(not),
        ]
    }

    @Test func testOnlyThoseNamedMaySendAnEvent() throws {
        var play = try Rehearsal()
        #expect(throws: Refusal.notAllowed(event: "open", roles: ["organisation_board"])) {
            try play.open(as: "official")
        }
        try play.open()
        #expect(throws: Refusal.notAllowed(event: "save_draft", roles: ["official"])) {
            try play.send("save_draft", as: "board", Rehearsal.program())
        }
        #expect(throws: Refusal.notAllowed(event: "close", roles: ["organisation_board"])) {
            try play.send("close", as: "stranger", ["reason": "retired"])
        }
    }

    @Test func testAnEventOutOfOrderNamesWhatTheStateAccepts() throws {
        var play = try Rehearsal()
        try play.open()
        let before = play.cases["case-1"]
        #expect(
            throws: Refusal.eventNotAccepted(
                event: "commit", state: "drafting", accepted: ["save_draft", "submit", "close"])
        ) { try play.send("commit", as: "official") }
        #expect(play.cases["case-1"] == before)
    }

    @Test func testAStaleVersionIsRefused() throws {
        var play = try Rehearsal()
        try play.open()
        try play.send("save_draft", as: "official", Rehearsal.program(), version: 1)
        #expect(throws: Refusal.versionConflict(expected: 1, actual: 2)) {
            try play.send("save_draft", as: "official", Rehearsal.program(), version: 1)
        }
    }

    @Test func testAnUnfinishedDraftCannotBeSubmitted() throws {
        var play = try Rehearsal()
        try play.open()
        try play.send("save_draft", as: "official", ["advantages": ["Đoàn kết"]])
        let refusal = #expect(throws: Refusal.self) { try play.send("submit", as: "official") }
        guard case .requirementNotMet(event: "submit", _)? = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
    }

    @Test(arguments: [(0, false), (1, true), (200, true)])
    func testAProgramHasOneKeyTaskOrMore(count: Int, accepted: Bool) throws {
        var play = try Rehearsal()
        try play.open()
        if accepted {
            #expect(try play.send("submit", as: "official", Rehearsal.program(tasks: count)).state == "submitted")
        } else {
            let refusal = #expect(throws: Refusal.self) {
                try play.send("submit", as: "official", Rehearsal.program(tasks: count))
            }
            guard case .invalidForm("action-program", let violations)? = refusal else { return }
            #expect(violations.map(\.pointer.description) == ["/key_tasks"])
        }
    }

    @Test func testASubmissionCanBeRecalledOnlyUntilSomebodyActsOnIt() throws {
        var play = try Rehearsal()
        try play.open()
        try play.send("submit", as: "official", Rehearsal.program())
        #expect(try play.send("recall", as: "official").state == "drafting")
        try play.send("submit", as: "official")
        try play.send("schedule_hearing", as: "board", Rehearsal.hearing)
        try play.send("reschedule", as: "board", Rehearsal.hearing)
        #expect(throws: Refusal.self) { try play.send("recall", as: "official") }
    }

    @Test func testQuestionsAreNumberedAndAnsweredByNumber() throws {
        var play = try Rehearsal()
        try play.open()
        try play.send("submit", as: "official", Rehearsal.program())
        try play.send("schedule_hearing", as: "board", Rehearsal.hearing)
        try play.send("open_hearing", as: "board", Rehearsal.attendance(9))
        try play.send("ask", as: "btv-2", ["text": "Nguồn lực ở đâu?"])
        try play.send("ask", as: "btv-3", ["text": "Khi nào xong?"])
        let answered = try play.send("answer", as: "official", ["number": 2, "answer": "Trong năm 2023"])
        let questions = answered.document["review_session"]?["questions"]
        #expect(questions?[0]?["asked_by"] == "btv-2" && questions?[0]?["answer"] == nil)
        #expect(questions?[1]?["answer"] == "Trong năm 2023" && questions?[1]?["answered_by"] == "official")
        #expect(throws: Refusal.self) { try play.send("answer", as: "official", ["number": 9, "answer": "?"]) }
    }

    @Test func testTheVoteOpensOnlyWhenEveryRecommendationHasAnOutcome() throws {
        var play = try Rehearsal()
        try play.open()
        try play.send("submit", as: "official", Rehearsal.program(recommendations: 2))
        try play.send("schedule_hearing", as: "board", Rehearsal.hearing)
        try play.send("open_hearing", as: "board", Rehearsal.attendance(9))
        try play.send("decide_recommendation", as: "btv-1", ["recommendation_id": "rec-0", "outcome": "refused"])
        #expect(throws: Refusal.self) { try play.send("open_vote", as: "btv-1") }
        #expect(throws: Refusal.self) {
            try play.send("decide_recommendation", as: "btv-1", ["recommendation_id": "rec-7", "outcome": "refused"])
        }
        try play.send("decide_recommendation", as: "btv-1", ["recommendation_id": "rec-1", "outcome": "later"])
        #expect(try play.send("open_vote", as: "btv-1").state == "voting")
    }

    @Test func testAHearingWithoutQuorumIsNotOpened() throws {
        var play = try Rehearsal()
        try play.open()
        try play.send("submit", as: "official", Rehearsal.program())
        try play.send("schedule_hearing", as: "board", Rehearsal.hearing)
        #expect(throws: Refusal.self) { try play.send("open_hearing", as: "board", Rehearsal.attendance(4)) }
        #expect(try play.send("open_hearing", as: "board", Rehearsal.attendance(5)).state == "hearing")
    }

    /// Adopted by more than half of all nine members, not of those present (domain rule 2).
    @Test(arguments: [(4, 1, 5, false), (5, 0, 5, true), (4, 4, 8, false), (5, 4, 9, true)])
    func testAProgramIsAdoptedByMoreThanHalfOfAllMembers(yes: Int, no: Int, present: Int, adopted: Bool) throws {
        var play = try Rehearsal()
        try play.playToVote(present: present)
        try play.vote(for: yes, against: no)
        let closed = try play.send("close_vote", as: "btv-1")
        #expect(closed.document["ballots"]?["adoption"]?["result"]?["outcome"] == (adopted ? "for" : nil))
        #expect(closed.document["ballots"]?["adoption"]?["result"]?["tie"] == .bool(yes == no))
    }

    @Test func testNobodyVotesTwiceOrWithoutBeingThere() throws {
        var play = try Rehearsal()
        try play.playToVote(present: 6)
        try play.send("vote", as: "btv-2", ["choice": "for"])
        #expect(throws: Refusal.ballotRefused(ballot: "adoption", reason: .alreadyVoted)) {
            try play.send("vote", as: "btv-2", ["choice": "against"])
        }
        #expect(throws: Refusal.ballotRefused(ballot: "adoption", reason: .notPresent)) {
            try play.send("vote", as: "btv-9", ["choice": "for"])
        }
        #expect(throws: Refusal.ballotRefused(ballot: "adoption", reason: .byProxy)) {
            try play.send("vote", as: "deputy", for: "btv-3", ["choice": "for"])
        }
        #expect(throws: Refusal.notAllowed(event: "vote", roles: ["standing_committee"])) {
            try play.send("vote", as: "official", ["choice": "for"])
        }
    }

    @Test func testTheCommitmentBindsExactlyTheAdoptedVersion() throws {
        var play = try Rehearsal()
        try play.playToVote()
        try play.vote(for: 6)
        try play.send("close_vote", as: "btv-1")
        try play.send("conclude", as: "btv-1", ["outcome": "adopted", "conclusion": "Thống nhất"])
        var wrong = play.commitment
        wrong["content_hash"] = .string(String(repeating: "0", count: 64))
        #expect(throws: Refusal.self) { try play.send("commit", as: "official", wrong) }
        var stale = play.commitment
        stale["program_version"] = 7
        #expect(throws: Refusal.self) { try play.send("commit", as: "official", stale) }
        try play.commit()
        #expect(
            play.cases["case-1"]?.document["commitment"]?["content_hash"]?.stringValue
                == sha256(play.cases["case-1"]!.document["action_program"]!.canonicalBytes()))
    }

    @Test func testTextIsKeptInNFC() throws {
        var play = try Rehearsal()
        var form = Rehearsal.rotation
        form["full_name"] = .string("Nguyễn Ngọc".decomposedStringWithCanonicalMapping)
        let opened = try play.open(form: form)
        let name = try #require(opened.document["rotation"]?["full_name"]?.stringValue)
        #expect(name.unicodeScalars.count == "Nguyễn Ngọc".precomposedStringWithCanonicalMapping.unicodeScalars.count)
        #expect(opened.title.contains("Nguyễn Ngọc"))
    }

    @Test func testADeputyActsUnderDelegationButNeverInHisOwnCase() throws {
        var play = try Rehearsal()
        try play.playToCommitment()
        try play.advance(to: "2022-08-25T01:00:00Z")
        let child = play.cases.values.first { $0.parent == "case-1" }!.id
        try play.send("self_assess", as: "official", ["self_level": "good"], to: child)
        #expect(throws: Refusal.excluded(event: "record_vote", role: "subject")) {
            try play.send("record_vote", as: "official", for: "head", Self.counted(good: 6), to: child)
        }
        try play.send("record_vote", as: "deputy", for: "head", Self.counted(good: 6), to: child)
        let actor = try #require(play.history[child]?.last?.actor)
        #expect(actor.official == "deputy" && actor.onBehalfOf == "head")
    }

    @Test func testAClosedRotationEndsWithItsReasonAndAcceptsNothingMore() throws {
        var play = try Rehearsal()
        try play.playToCommitment()
        let closed = try play.send("close", as: "board", ["reason": "moved_on"])
        #expect(closed.state == "closed" && closed.timers.isEmpty && closed.closedAt != nil)
        #expect(throws: Refusal.eventNotAccepted(event: "close", state: "closed", accepted: [])) {
            try play.send("close", as: "board", ["reason": "retired"])
        }
    }
}
