import JSONCore
import PluginKit
import Workflow

/// Holds a store against seals that were journaled.
struct SealCheck: Sendable {
    /// What is wrong with seals that belong together.
    struct Finding: Sendable, Equatable {
        enum Outcome: String, Sendable {
            /// An event until there was altered, taken out or put in after the seal.
            case altered
            /// The store held other events then, and seals after these hold: it was put back to an earlier state.
            case replaced
            /// The store ends before them.
            case lost
            /// They are of another store.
            case foreign
        }
        var outcome: Outcome
        /// The first and the last of them.
        var first: Seal
        var last: Seal
        var count = 1
        /// Up to where the seals before them hold; for ``Outcome/lost`` the store's last position.
        var sound: Int

        var message: String {
            let seals = count == 1 ? "the seal of \(first.day)" : "\(count) seals, \(first.day) to \(last.day),"
            switch outcome {
            case .altered:
                return "\(seals) does not hold: since then an event among those from \(sound + 1) to "
                    + "\(first.chain.position) was altered, taken out or put in"
            case .replaced:
                return "\(seals) does not hold, and later ones do: the store was put back to an earlier state, and the "
                    + "events that it had after position \(sound) are lost"
            case .lost:
                return "\(seals) is of position \(first.chain.position), but the store ends at \(sound): events are "
                    + "lost, as when an older backup was restored"
            case .foreign: return "\(seals) is of another store, \(first.store)"
            }
        }

        var json: JSONObject {
            [
                "outcome": .string(outcome.rawValue), "day": .string(first.day.description),
                "lastDay": .string(last.day.description), "position": .int(first.chain.position), "sound": .int(sound),
                "count": .int(count), "store": .string(first.store),
            ]
        }
    }

    private let store: String
    /// Those of this store, by position.
    private let seals: [Seal]
    private let foreign: [Finding]

    /// - Parameter store: The id of the store that is checked.
    init(_ seals: [Seal], store: String) {
        self.store = store
        self.seals = seals.filter { $0.store == store }.sorted { $0.chain.position < $1.chain.position }
        foreign = Dictionary(grouping: seals.filter { $0.store != store }, by: \.store).values.compactMap { seals in
            guard let first = seals.min(by: { $0.day < $1.day }), let last = seals.max(by: { $0.day < $1.day }) else {
                return nil
            }
            return Finding(outcome: .foreign, first: first, last: last, count: seals.count, sound: 0)
        }.sorted { $0.first.day < $1.first.day }
    }

    /// Goes through the events once.
    /// - Parameter progress: Told how many events have been gone through, after each page.
    /// - Returns: How many seals hold, and what is wrong with the others.
    func run(
        _ storage: StorageClient, progress: (Int) async throws -> Void
    ) async throws -> (held: Int, findings: [Finding]) {
        var chain = EventChain(store: store)
        var left = seals[...]
        var held = 0
        var sound = 0
        var findings: [Finding] = []
        var failing: Finding?
        func check() {
            while let seal = left.first, seal.chain.position <= chain.position {
                left.removeFirst()
                if seal.chain == chain {
                    held += 1
                    sound = chain.position
                    if var run = failing {
                        run.outcome = .replaced
                        findings.append(run)
                        failing = nil
                    }
                } else if failing == nil {
                    failing = Finding(outcome: .altered, first: seal, last: seal, sound: sound)
                } else {
                    failing?.last = seal
                    failing?.count += 1
                }
            }
        }
        check()
        while !left.isEmpty {
            let page = try await storage.readEvents(after: chain.position, limit: 50)
            if page.events.isEmpty { break }
            for event in page.events {
                chain.append(event.hash)
                check()
            }
            // After a gap, which the plugin's own check tells, heads differ and positions stay what they are.
            if page.position != chain.position { chain = EventChain(position: page.position, head: chain.head) }
            try await progress(chain.position)
        }
        if let failing { findings.append(failing) }
        if let first = left.first, let last = left.last {
            findings.append(
                Finding(outcome: .lost, first: first, last: last, count: left.count, sound: chain.position))
        }
        return (held, foreign + findings)
    }
}
