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
        let people = ["board", "official", "btv-1", "btv-2", "btv-3", "btv-4", "btv-5", "btv-6", "head", "cb-1", "nobody"]
        let names = Set(play.onboarding.allEvents.map(\.name) + play.monthly.allEvents.map(\.name)).sorted()
        let forms: [JSON?] = [
            nil, [:], Rehearsal.program(), Rehearsal.program(tasks: 0), Rehearsal.hearing, Rehearsal.attendance(9),
            Rehearsal.attendance(2), ["choice": "for"], ["choice": "against"], ["text": "?"], ["reason": "Bổ sung"],
            ["number": 1, "answer": "Có"], ["recommendation_id": "rec-0", "outcome": "refused"],
            ["outcome": "adopted", "conclusion": "x"],
            ["outcome": "returned", "conclusion": "x", "revision_requests": [["text": "y"]]], ["self_level": "good"],
            OnboardingTests.counted(good: 5), ["capacity": "head", "final_level": "good"], "text", 7, ["x": ["y": []]],
        ]
        var accepted = 0
        for step in 0..<1_500 {
            let id = play.cases.keys.sorted().randomElement(using: &generator)!
            let before = play.cases[id]!
            // Half of the time something that the state accepts, so that the case gets somewhere.
            let events = play.definition(before).events(in: before.state).map(\.name)
            let event = (Bool.random(using: &generator) ? events : names).randomElement(using: &generator) ?? "submit"
            if event == "close", step < 1_400 { continue }
            var form = forms.randomElement(using: &generator)!
            if event == "commit", before.document["approved"] != nil { form = play.commitment }
            do throws(Refusal) {
                try play.send(event, as: people.randomElement(using: &generator)!, form, to: id)
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
