import Foundation
import JSONCore
import Synchronization
import Testing
import Varlink

/// kill -9 at random moments while clients work: what was acknowledged is there, once, and nothing else is.
@Suite(.serialized, .timeLimit(.minutes(3))) struct KillTests {
    private static let kills = 25

    @Test func testTheDaemonMayBeKilledAtAnyMoment() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        try await Self.play(daemon) {
            await daemon.killNow()
            try daemon.launch()
        }
    }

    @Test func testTheStoragePluginMayBeKilledAtAnyMoment() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        try await Self.play(daemon) {
            // It may be on its way up again.
            try await until("there is a plugin to kill") { daemon.killPlugin("storage-sqlite") }
        }
    }

    /// What the clients have been told.
    private final class Ledger: Sendable {
        private let told = Mutex<[String: Person.Answer]>([:])
        private let over = Mutex(false)

        var count: Int { told.withLock { $0.count } }
        var answers: [String: Person.Answer] { told.withLock { $0 } }
        var isOver: Bool {
            get { over.withLock { $0 } }
            set { over.withLock { $0 = newValue } }
        }

        func tell(_ key: String, _ answer: Person.Answer) {
            let before = told.withLock { $0.updateValue(answer, forKey: key) }
            #expect(before == nil)
        }
    }

    /// Eight clients, two for each case, save drafts that name their keys, and repeat what was not answered.
    private static func play(_ daemon: TestDaemon, kill: () async throws -> Void) async throws {
        let ledger = Ledger()
        let rotation = try Samples.form("rotation")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                let opened = try await insist(daemon, as: "cb-01") { board in
                    try await board.open("rotation-onboarding", rotation, key: "open-\(number)")
                }
                ledger.tell("open-\(number)", opened)
                for client in ["a", "b"] {
                    group.addTask {
                        var turn = 0
                        while !ledger.isOver {
                            let key = "\(number)-\(client)-\(turn)"
                            let answer = try await insist(daemon, as: "cb-11") { official in
                                try await official.send(
                                    "save_draft", ["advantages": [.string(key)]], to: opened.id, key: key)
                            }
                            ledger.tell(key, answer)
                            turn += 1
                        }
                    }
                }
            }
            defer { ledger.isOver = true }
            for _ in 0..<kills {
                let enough = ledger.count + Int.random(in: 1...40)
                try await until("the clients get on") { ledger.count >= enough }
                try await kill()
            }
            ledger.isOver = true
            try await group.waitForAll()
        }
        try await check(daemon, ledger.answers)
        // Once more after all is over: the same answers.
        let official = try await daemon.client("cb-11")
        for (key, answer) in ledger.answers.shuffled().prefix(50) where !key.hasPrefix("open") {
            #expect(
                try await official.send("save_draft", ["advantages": [.string(key)]], to: answer.id, key: key) == answer
            )
        }
        try await check(daemon, ledger.answers)
        try await daemon.expectSound()
    }

    /// Repeats a call with the same key until it is answered.
    private static func insist(
        _ daemon: TestDaemon, as person: String, _ body: (Person) async throws -> Person.Answer
    ) async throws -> Person.Answer {
        var answer: Person.Answer?
        try await until("a call is answered", limit: .seconds(60)) {
            do {
                let client = try await daemon.client(person)
                answer = try await body(client)
                await client.client.close()
                return true
            } catch is ConnectionError {
                return false
            } catch let error as VarlinkError where error.name == "org.rotationd.Workflow.Unavailable" {
                return false
            }
        }
        return try #require(answer)
    }

    /// Every acknowledged command is in the history once, as it was acknowledged, and nothing else is.
    private static func check(_ daemon: TestDaemon, _ answers: [String: Person.Answer]) async throws {
        let official = try await daemon.client("cb-11")
        var kept: [String: Person.Answer] = [:]
        let cases = try await official.workflow("ListCases", ["limit": 1000]).array("cases")
        for summary in cases {
            let id = try #require(summary["id"]?.stringValue)
            let events = try await official.history(id)
            for (index, event) in events.enumerated() {
                #expect(event["version"] == .int(index + 1))
                let answer = Person.Answer(id: id, version: index + 1, state: event["to"]?.stringValue ?? "")
                let open = answers.first { $0.key.hasPrefix("open") && $0.value.id == id }?.key
                let key = event["event"] == "$open" ? open : event["form"]?["advantages"]?[0]?.stringValue
                let before = kept.updateValue(answer, forKey: key ?? "unknown \(id)")
                #expect(before == nil, "\(key ?? id) is there twice")
            }
            try WholeCaseTests.expectChain(events, document: await official.document(id))
        }
        #expect(kept == answers)
    }
}
