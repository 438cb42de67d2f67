import JSONCore
import Testing

@testable import Workflow

/// Who sees what of a case: nothing but what the definition gives.
@Suite struct PrivacyTests {
    /// An assessment of cb-2 with comments in the vote and a decision.
    private static func decided() throws -> Rehearsal {
        var play = try MonthlyAssessmentTests.opened(for: "cb-2")
        guard case .object(var record) = OnboardingTests.counted(good: 6) else { return play }
        record["comments"] = [["by": "cb-3", "text": "Hay đi muộn"]]
        try play.send("record_vote", as: "official", .object(record))
        try play.send("decide", as: "official", ["capacity": "head", "final_level": "good", "remarks": "Cần cố gắng"])
        return play
    }

    private func visibility(_ person: String, for absent: String? = nil, in play: Rehearsal) -> Visibility? {
        let current = play.cases["case-1"]!
        return Engine.visibility(
            of: current, definition: play.definition(current),
            context: play.context(Actor(official: person, onBehalfOf: absent), subject: current.subject))
    }

    private func document(_ person: String, for absent: String? = nil, in play: Rehearsal) -> JSON? {
        visibility(person, for: absent, in: play)?.document(play.cases["case-1"]!.document)
    }

    private func events(_ person: String, in play: Rehearsal) -> [JSONObject] {
        let definition = play.definition(play.cases["case-1"]!)
        return play.history["case-1"]!.map { event in
            visibility(person, in: play)!.json(
                event,
                event.name == "$open" ? definition.open : definition.event(event.name, in: event.from ?? event.to))
        }
    }

    @Test func testAnOfficialSeesHisOwnFormAndNoCommentOrBallotAboutHimself() throws {
        let play = try Self.decided()
        let seen = try #require(document("cb-2", in: play))
        #expect(seen["self_assessment"]?["self_level"] == "good" && seen["head_decision"]?["remarks"] == "Cần cố gắng")
        #expect(seen["ballots"] == nil && seen["unit_vote"] == nil)
        let history = events("cb-2", in: play)
        #expect(!"\(history)".contains("Hay đi muộn"))
        let vote = try #require(history.first { $0["event"] == "record_vote" })
        #expect(
            vote["withheld"] == ["form", "changes"] && vote["form"] == nil && vote["hash"]?.stringValue?.count == 64)
        #expect(history.filter { $0["withheld"] == nil }.count >= 3)
    }

    @Test func testTheUnitSeesLevelsAndNothingElse() throws {
        var play = try MonthlyAssessmentTests.opened(for: "cb-2")
        #expect(visibility("cb-3", in: play) == nil)
        play = try Self.decided()
        #expect(
            document("cb-3", in: play) == [
                "assessment": ["full_name": "Cán bộ", "period": "2022-07"],
                "head_decision": ["final_level": "good", "self_level": "good", "proposed_level": "good"],
            ])
        for event in events("cb-3", in: play) {
            #expect(event["form"] == nil && event["reason"] == nil)
            #expect(!"\(event)".contains("Hay đi muộn") && !"\(event)".contains("Cần cố gắng"))
        }
        #expect(visibility("cb-3", in: play)?.shows(play.monthly.index["final_level"]!) == true)
        #expect(visibility("cb-3", in: play)?.shows(play.monthly.index["block"]!) == true)
        #expect(visibility("cb-3", in: play)?.shows(play.monthly.index["form_kind"]!) == false)
    }

    @Test func testTheHeadAndTheOrganisationBoardSeeCommentsAndBallots() throws {
        let play = try Self.decided()
        for person in ["official", "board"] {
            let current = play.cases["case-1"]!
            #expect(document(person, in: play) == current.document)
            #expect(
                visibility(person, in: play)?.restricted(in: current.document) == ["/ballots", "/unit_vote"],
                "\(person)")
            #expect(events(person, in: play).allSatisfy { $0["withheld"] == nil })
        }
        #expect(visibility("nobody", in: play) == nil)
    }

    @Test func testWhoVotesSeesOnWhomAndNoMore() throws {
        var play = try MonthlyAssessmentTests.opened(for: "cb-2")
        try play.send(
            "open_vote", as: "official",
            ["method": "open", "present": .array(Rehearsal.unitMembers.map(JSON.string))])
        try play.send("vote", as: "cb-4", ["choice": "completed", "comment": "Chậm"])
        #expect(
            document("cb-3", in: play) == [
                "assessment": ["full_name": "Cán bộ", "period": "2022-07"], "self_assessment": ["self_level": "good"],
            ])
        #expect(!"\(events("cb-3", in: play))".contains("completed"))
        #expect(play.changes.last?.readers?.contains("unit_member@xa-01") == true)
    }

    @Test func testAHeadAssessedHimselfDoesNotReadTheCommentsAboutHim() throws {
        var play = try MonthlyAssessmentTests.opened(for: "official")
        try play.send("record_vote", as: "head", OnboardingTests.counted(good: 6))
        #expect(document("official", in: play)?["ballots"] == nil)
        #expect(document("head", in: play)?["ballots"] != nil)
    }

    @Test func testADeputyDoesNotReadWhatTheHeadReadsAboutTheDeputy() throws {
        let play = try Self.decided()
        // cb-2 is the deputy: for the head, but in the case about himself.
        #expect(document("cb-2", for: "official", in: play)?["ballots"] == nil)
        #expect(document("cb-4", for: "official", in: play)?["ballots"] != nil)
    }

    @Test func testWhoHoldsARoleThatReadsAllIsNoExceptionInHisOwnCase() throws {
        var play = try Rehearsal()
        try play.open(as: "board", form: MonthlyAssessmentTests.form("board"), play.monthly)
        try play.send("self_assess", as: "board", ["self_level": "good"])
        try play.send("record_vote", as: "official", OnboardingTests.counted(good: 6))
        #expect(document("board", in: play)?["ballots"] == nil)
        #expect(document("board", in: play)?["self_assessment"] != nil)
    }

    @Test func testTheOfficialWhoReportsDoesNotSeeWhoVotedHowOrWhoSaidWhat() throws {
        var play = try Rehearsal()
        try play.playToVote()
        try play.vote(for: 6, against: 3)
        try play.send("close_vote", as: "btv-1")
        try play.send("conclude", as: "btv-1", ["outcome": "postponed", "conclusion": "Hoãn"])
        let seen = try #require(document("official", in: play))
        #expect(seen["ballots"]?["adoption"] == nil && seen["review_session"]?["conclusion"] == "Hoãn")
        #expect(document("btv-2", in: play)?["ballots"]?["adoption"]?["votes"]?["btv-9"] != nil)
        let votes = events("official", in: play).filter { $0["event"] == "vote" }
        #expect(votes.count == 9 && votes.allSatisfy { $0["form"] == nil && $0["changes"] == [] })
    }

    @Test func testWhatMustNotBeSeenIsNotFoundBy() throws {
        let play = try Self.decided()
        let hidden = try #require(play.changes.last?.hiddenFields)
        let proposed = hidden.filter { $0.field == "proposed_level" }.map(\.reader)
        #expect(Set(proposed).isSuperset(of: ["official:cb-2", "unit_member@xa-01", "unit_head@huyen-01"]))
        #expect(!proposed.contains("unit_head@xa-01") && !proposed.contains("organisation_board@huyen-01"))
        #expect(!hidden.contains(.init(reader: "unit_member@xa-01", field: "final_level")))
    }

    @Test func testASecretBallotKeepsNoLinkBetweenAPersonAndAChoice() throws {
        var play = try MonthlyAssessmentTests.opened(for: "cb-2")
        let present = JSON.array(Rehearsal.unitMembers.map(JSON.string))
        #expect(throws: Refusal.self) {
            try play.send("open_vote", as: "official", ["method": "secret", "present": present])
        }
        // Neither in a workflow that forgets to ask for an open vote.
        let guardless = try Rehearsal.source("monthly-assessment").replacing("{const: open}", with: "{}")
        let definition = try DefinitionLoader.load(guardless, file: "m.yaml", forms: Rehearsal.forms())
        play = try Rehearsal(monthly: definition)
        try play.open(as: "board", form: MonthlyAssessmentTests.form("cb-2"), play.monthly)
        try play.send("self_assess", as: "cb-2", ["self_level": "good"])
        try play.send("open_vote", as: "official", ["method": "secret", "present": present])
        let before = play.cases["case-1"]
        #expect(throws: Refusal.ballotRefused(ballot: "unit_vote", reason: .secret)) {
            try play.send("vote", as: "cb-3", ["choice": "good"])
        }
        #expect(play.cases["case-1"] == before && before?.document["ballots"]?["unit_vote"]?["votes"] == [:])
    }

    @Test func testADefinitionThatWouldShowWhatItRestrictsDoesNotLoad() throws {
        let source = try Rehearsal.source("monthly-assessment")
        let forms = try Rehearsal.forms()
        for (old, new, problem) in [
            ("at: [/ballots, /unit_vote]", "at: [/balots, /unit_vote]", "nothing ever writes /balots"),
            (
                "/unit_vote]\n    readers", "/head_decision/final_lvel]\n    readers",
                "nothing ever writes /head_decision"
            ),
            ("at: [/ballots, /unit_vote]", "at: [/ballots, /assessment]", "lists show /assessment"),
            ("- /head_decision/final_level\n", "- /unit_vote/method\n", "is restricted to others"),
            ("      - /assessment/full_name\n", "", "must see /assessment/full_name"),
            ("at: [/ballots, /unit_vote]", "at: [/head_decision/remarks]", "copies /head_decision/remarks"),
            ("  - role: unit_member\n    in: decided", "  - role: unit_membr\n    in: decided", "there is no role"),
            ("    in: decided", "    in: decidd", "there is no state"),
            ("readers: [unit_head, organisation_board]", "readers: [unit_hed]", "there is no role"),
        ] {
            #expect(source.contains(old), "\(old)")
            do throws(DefinitionProblems) {
                _ = try DefinitionLoader.load(
                    source.replacing(old, with: new, maxReplacements: 1), file: "m.yaml", forms: forms)
                Issue.record("loaded with \(new)")
            } catch {
                #expect(error.problems.contains { $0.message.contains(problem) }, "\(error)")
            }
        }
    }
}
