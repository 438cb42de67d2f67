import Foundation
import JSONCore
import Synchronization
import Testing
import Varlink

/// Clients that give commands without a pause, and what they were told.
///
/// A connection that closes and a storage that is away are met as a client should: the same command again, with its key.
/// A connection that is refused is what must not be.
final class Load: Sendable {
    private let bed: Bed
    private let cases: [String]
    /// Begins the keys of this load's commands: there may have been others on the bed.
    private let name = UUID().uuidString
    private let state = Mutex(State())

    private struct State {
        var answers: [String: Official.Answer] = [:]
        var repeats = 0
        var refused: [String] = []
        var failure: (any Error)?
        var isOver = false
    }

    private init(_ bed: Bed, cases: [String]) {
        self.bed = bed
        self.cases = cases
    }

    /// Commands that were answered.
    var count: Int { state.withLock { $0.answers.count } }
    /// How often a command had to be given again.
    var repeats: Int { state.withLock { $0.repeats } }

    /// Has clients work while `body` does what they should not notice, and checks what is kept then.
    static func run(on bed: Bed, clients: Int = 4, during body: (Load) async throws -> Void) async throws {
        let board = try await bed.official("cb-01")
        var cases: [String] = []
        for _ in 0..<clients { cases.append(try await board.open().id) }
        let load = Load(bed, cases: cases)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, id) in cases.enumerated() {
                group.addTask {
                    do { try await load.work(number, on: id) } catch {
                        load.state.withLock { $0.failure = error }
                        throw error
                    }
                }
            }
            defer { load.state.withLock { $0.isOver = true } }
            try await load.untilMoreAnswers()
            try await body(load)
            try await load.untilMoreAnswers()
            load.state.withLock { $0.isOver = true }
            try await group.waitForAll()
        }
        try await load.check()
    }

    /// Waits until every client may be taken to have got on.
    func untilMoreAnswers() async throws {
        let enough = count + 4 * cases.count
        try await until("the clients get on", limit: .seconds(60)) {
            if let failure = state.withLock({ $0.failure }) { throw failure }
            return count >= enough
        }
    }

    private func work(_ number: Int, on id: String) async throws {
        var client: VarlinkClient?
        var turn = 0
        while !state.withLock({ $0.isOver }) {
            let key = "\(name)-\(number)-\(turn)"
            var answer: Official.Answer?
            let patience = ContinuousClock.now + .seconds(60)
            while answer == nil {
                do {
                    if client == nil { client = try await bed.connect() }
                    answer = try await Official(client: #require(client), id: "cb-11").saveDraft(id, key: key)
                } catch let error as ConnectionError {
                    client = nil
                    state.withLock { state in
                        state.repeats += 1
                        if case .unreachable(let why) = error.reason { state.refused.append(why) }
                    }
                } catch let error as VarlinkError where error.name == "org.rotationd.Workflow.Unavailable" {
                    state.withLock { $0.repeats += 1 }
                    try await Task.sleep(for: .milliseconds(20))
                }
                if answer == nil, ContinuousClock.now > patience { throw NeverHappened(what: "\(key) is answered") }
            }
            state.withLock { $0.answers[key] = answer }
            turn += 1
        }
        await client?.close()
    }

    /// No connection was refused; each command that was answered is in the history once, as it was answered, and no other.
    private func check() async throws {
        let (answers, refused) = state.withLock { ($0.answers, $0.refused) }
        #expect(refused.isEmpty)
        let official = try await bed.official("cb-11")
        var kept: [String: Official.Answer] = [:]
        for id in cases {
            for (index, event) in try await official.history(id).enumerated() where event["event"] == "save_draft" {
                let key = try #require(event["form"]?["advantages"]?[0]?.stringValue)
                let before = kept.updateValue(Official.Answer(id: id, version: index + 1), forKey: key)
                #expect(before == nil, "\(key) is there twice")
            }
        }
        #expect(kept == answers)
        try await bed.expectSound()
    }
}
