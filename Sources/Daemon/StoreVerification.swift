import JSONCore
import PluginKit
import Varlink
import Workflow

/// Goes through every event of every case, and holds the store against seals: one call of `Verify`.
struct StoreVerification {
    private let storage: StorageClient
    /// The id of the store.
    private let store: String
    private let seals: [Seal]?
    /// Nil for a caller who takes one reply.
    private let replies: ReplyStream?
    private(set) var cases = 0
    private(set) var events = 0
    private(set) var problems = 0
    private(set) var sealsHeld: Int?
    private var total = 0
    private var sealedEvents: Int?
    /// Those that no reply has told yet.
    private var findings: [JSON] = []
    /// Findings that one reply tells at most.
    private static let mostFindings = 1000

    init(storage: StorageClient, store: String, seals: [Seal]?, replies: ReplyStream?) {
        self.storage = storage
        self.store = store
        self.seals = seals
        self.replies = replies
    }

    /// - Returns: The last reply.
    mutating func run() async throws -> JSONObject {
        total = try await storage.statistics().events
        for problem in try await storage.check() { add(problem) }
        var cursor: String?
        repeat {
            let page = try await storage.findCases(CaseFilter(), newestFirst: false, cursor: cursor, limit: 100)
            for summary in page.elements {
                if let (count, finding) = try await verify(summary.id) {
                    events += count
                    if let finding { add(finding, ["case": .string(summary.id)]) }
                }
                cases += 1
            }
            cursor = page.cursor
            if cursor != nil { try await progress() }
        } while cursor != nil
        if let seals {
            let check = SealCheck(seals, store: store)
            let (held, found) = try await check.run(storage) { position in
                sealedEvents = position
                try await progress()
            }
            sealsHeld = held
            for finding in found { add(finding.message, ["seal": .object(finding.json)]) }
        }
        return reply(done: true)
    }

    private mutating func add(_ message: String, _ members: JSONObject = [:]) {
        problems += 1
        var finding = members
        finding["message"] = .string(message)
        if findings.count < Self.mostFindings { findings.append(.object(finding)) }
    }

    private mutating func progress() async throws {
        try Task.checkCancellation()
        guard let replies else { return }
        try await replies.send(reply(done: false))
        findings = []
    }

    private func reply(done: Bool) -> JSONObject {
        var reply: JSONObject = [
            "cases": .int(cases), "events": .int(events), "total": .int(total), "findings": .array(findings),
            "done": .bool(done),
        ]
        reply["sealedEvents"] = sealedEvents.map(JSON.int)
        reply["sealsHeld"] = sealsHeld.map(JSON.int)
        return reply
    }

    /// - Returns: How many events the case has and what is wrong with it; nil when the case is gone.
    private func verify(_ id: String) async throws -> (events: Int, finding: String?)? {
        // The case may change between the two reads; then it is read again.
        while true {
            guard let current = try await storage.loadCases(ids: [id]).first else { return nil }
            var replay = Replay()
            do {
                while replay.version < current.version {
                    let events = try await storage.readHistory(caseID: id, after: replay.version, limit: 100)
                    try Task.checkCancellation()
                    let version = replay.version
                    for event in events where event.version <= current.version { try replay.apply(event) }
                    if replay.version == version {
                        return (version, "event \(version + 1) is missing; the case has \(current.version)")
                    }
                }
            } catch let problem as Replay.Problem {
                return (replay.version, "\(problem)")
            }
            if replay.head == current.head, replay.state == current.state,
                replay.document.canonicalBytes() == current.document.canonicalBytes()
            {
                return (replay.version, nil)
            }
            let again = try await storage.loadCases(ids: [id]).first
            if again?.version == current.version {
                return (replay.version, "the case is not what its events make of it: it was altered outside the daemon")
            }
        }
    }
}
