import JSONCore
import Testing

@testable import Workflow

/// Whatever is sent by whomever in whatever order: the engine refuses or goes on, and what it keeps stays sound.
@Suite struct RandomPlayTests {
    @Test(arguments: 0..<8)
    func testRandomEventsLeaveACaseThatItsEventsReplayTo(round: Int) throws {
        var generator = SystemRandomNumberGenerator()
        var play = try Rehearsal()
        try play.open()
        let people = [
            "board", "official", "btv-1", "btv-2", "btv-3", "btv-4", "btv-5", "btv-6", "head", "cb-1", "nobody",
        ]
        let names = Set(play.onboarding.allEvents.map(\.name) + play.monthly.allEvents.map(\.name)).sorted()
        let fitting: [String: JSON] = [
            "save_draft": Rehearsal.program(), "schedule_hearing": Rehearsal.hearing, "reschedule": Rehearsal.hearing,
            "open_hearing": Rehearsal.attendance(9), "vote": ["choice": "for"], "ask": ["text": "?"],
            "answer": ["number": 1, "answer": "Có"], "send_back": ["reason": "Bổ sung"],
            "decide_recommendation": ["recommendation_id": "rec-0", "outcome": "refused"],
            "self_assess": ["self_level": "good"], "record_vote": OnboardingTests.counted(good: 5),
            "decide": ["capacity": "head", "final_level": "good"], "raise_issue": ["text": "?"],
        ]
        let others: [JSON?] = [
            nil, [:], Rehearsal.program(tasks: 0), Rehearsal.attendance(2), ["choice": "against"], "text", 7,
            ["x": ["y": []]], ["outcome": "adopted", "conclusion": "x"],
            ["outcome": "returned", "conclusion": "x", "revision_requests": [["text": "y"]]],
        ]
        var accepted = 0
        for step in 0..<1_500 {
            let id = play.cases.keys.sorted().randomElement(using: &generator)!
            let before = play.cases[id]!
            // Half of the time something that the state accepts, so that the case gets somewhere.
            let events = play.definition(before).events(in: before.state).map(\.name)
            let event = (Bool.random(using: &generator) ? events : names).randomElement(using: &generator) ?? "submit"
            if ["close", "recall", "reschedule", "send_back"].contains(event), Int.random(in: 0...30) > 0 { continue }
            let definition = play.definition(before)
            let fit = people.filter { person in
                definition.event(event, in: before.state).map {
                    Engine.maySend(
                        $0, to: before, definition: definition,
                        context: play.context(Actor(official: person), subject: before.subject))
                } ?? false
            }
            let person =
                (step % 4 == 0 ? nil : fit.randomElement(using: &generator)) ?? people.randomElement(using: &generator)!
            var form =
                Int.random(in: 0...3, using: &generator) > 0 && event != "conclude"
                ? fitting[event] : others.randomElement(using: &generator)!
            if event == "commit", before.document["approved"] != nil { form = play.commitment }
            do throws(Refusal) {
                try play.send(event, as: person, form, to: id)
                accepted += 1
                #expect(play.cases[id]!.version == before.version + 1)
            } catch {
                #expect(play.cases[id] == before)
                #expect(!error.message.vi.isEmpty && !error.message.en.isEmpty)
            }
            if step % 100 == 99 { try play.advance(to: (play.now + 3 * 86_400_000).description) }
        }
        #expect(accepted > 20)
        for (id, current) in play.cases {
            var replay = Replay()
            for event in play.history[id]! { try replay.apply(event) }
            #expect(replay.document.canonicalBytes() == current.document.canonicalBytes())
            #expect(play.definition(current).states[current.state]?.isAutomatic == false)
        }
        for change in play.changes {
            let json = try JSON(parsing: JSON.object(change.json).bytes())
            #expect(try CaseChange(json: json.objectValue!) == change)
        }
    }
}
