import Foundation
import JSONCore
import Testing

@testable import Workflow

@Suite struct ReplayTests {
    @Test func testReplayingTheEventsGivesTheDocumentByteForByte() throws {
        var play = try Rehearsal()
        try play.playToCommitment()
        try play.advance(to: "2023-03-01T02:00:00Z")
        #expect(play.cases.count == 8)
        for (id, current) in play.cases {
            var replay = Replay()
            for event in play.history[id]! {
                try replay.apply(try Event(json: event.json))
                var json = event.json
                json["hash"] = nil
                #expect(event.hash == sha256(JSON.object(json).canonicalBytes()))
            }
            #expect(replay.document.canonicalBytes() == current.document.canonicalBytes())
            #expect(replay.state == current.state && replay.version == current.version && replay.head == current.head)
        }
    }

    @Test func testAnAlteredRemovedOrReorderedEventIsFound() throws {
        var play = try Rehearsal()
        try play.playToCommitment()
        let events = play.history["case-1"]!
        func problem(_ events: [Event]) -> Replay.Problem? {
            var replay = Replay()
            for event in events {
                do throws(Replay.Problem) { try replay.apply(event) } catch { return error }
            }
            return nil
        }
        #expect(problem(events) == nil)
        for index in events.indices.dropLast() {
            var altered = events
            altered[index].at = altered[index].at + 1
            #expect(problem(altered) == .hash(version: index + 1))
            var removed = events
            removed.remove(at: index)
            #expect(problem(removed) != nil)
            var swapped = events
            swapped.swapAt(index, index + 1)
            #expect(problem(swapped) != nil)
            // Written anew with a hash of its own, it is the next one that gives it away.
            let old = events[index]
            var forged = events
            forged[index] = Event(
                caseID: old.caseID, version: old.version, name: old.name, at: old.at + 1, actor: old.actor,
                from: old.from, to: old.to, form: old.form, changes: old.changes, previous: old.previous)
            #expect(problem(forged) == .chain(version: index + 2))
        }
    }

    @Test func testTheChangesBetweenTwoDocumentsTurnOneIntoTheOther() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<3_000 {
            let (old, new) = (document(3, &generator), document(3, &generator))
            let changes = old.changes(to: new)
            #expect(old.applying(changes) == new)
            #expect(changes.isEmpty == (old == new))
        }
    }

    private func document(_ depth: Int, _ generator: inout some RandomNumberGenerator) -> JSON {
        switch Int.random(in: 0...(depth > 0 ? 5 : 2), using: &generator) {
        case 0: .int(.random(in: 0...3, using: &generator))
        case 1: .string(["a", "ă", ""].randomElement(using: &generator)!)
        case 2: .null
        case 3: .array((0..<Int.random(in: 0...3, using: &generator)).map { _ in document(depth - 1, &generator) })
        default:
            .object(
                JSONObject(
                    ["k", "l", "m/n"].filter { _ in Bool.random() }.map { ($0, document(depth - 1, &generator)) }
                ) { $1 })
        }
    }
}
