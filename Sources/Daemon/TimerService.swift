import Foundation
import Logging
import PluginKit
import ServiceLifecycle
import Synchronization
import Systemd
import Workflow

/// Carries out timers when they are due. They are rows in storage, so that those that fell due while the daemon was down are
/// carried out afterwards, in order.
final class TimerService: Service {
    private let storage: StorageHandle
    private let engine: CaseEngine
    private let clock: any Clock
    private let feed: EventFeed
    private let owner: String
    private let logger: Logger
    /// Timers that are leased and carried out side by side.
    private static let batch = 100
    private let isAdvancing = Atomic(false)

    init(storage: StorageHandle, engine: CaseEngine, clock: any Clock, feed: EventFeed, owner: String, logger: Logger) {
        self.storage = storage
        self.engine = engine
        self.clock = clock
        self.feed = feed
        self.owner = owner
        self.logger = logger
    }

    func run() async throws {
        // Under the rehearsal clock nothing becomes due but by moving it.
        if clock is RehearsalClock { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let signals = self.feed.signals
                var next: Timestamp?
                do {
                    next = try await self.runDue().next
                } catch {
                    // A plugin that is gone has been reported by its host.
                    self.logger.debug("timers could not be carried out: \(journalReason(error))")
                    try? await Task.sleep(for: .seconds(1))
                    continue
                }
                await self.pause(until: next, signals: signals)
            }
        }
    }

    /// Waits until the next timer is due, or a commit may have set an earlier one; at most a minute, because the machine's
    /// clock may be set.
    private func pause(until next: Timestamp?, signals: Int) async {
        let left = next.map { $0.milliseconds - clock.now.milliseconds } ?? 60_000
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: .milliseconds(min(max(left, 50), 60_000))) }
            group.addTask {
                await self.feed.wait(after: signals)
                // Commits come in crowds; looking once for many of them is enough.
                try? await Task.sleep(for: .milliseconds(250))
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Carries out everything that is due now.
    /// - Returns: How many timers that were, when the next one is due, and why some could not be carried out.
    @discardableResult
    func runDue() async throws -> (count: Int, next: Timestamp?, failures: [String]) {
        var count = 0
        var failures: [String] = []
        while true {
            let now = clock.now
            let claim = try await storage.storage.claimTimers(
                now: now, owner: owner, leaseUntil: now + 60_000, limit: Self.batch)
            if claim.elements.isEmpty { return (count, claim.next, failures) }
            count += claim.elements.count
            await withTaskGroup(of: String?.self) { group in
                for (id, timers) in Dictionary(grouping: claim.elements, by: \.caseID) {
                    group.addTask { await self.fire(timers.map(\.timer), of: id) }
                }
                for await case let failure? in group { failures.append(failure) }
            }
        }
    }

    /// Carries out timers of one case, in the order in which they were due.
    /// - Returns: Why one could not be carried out; its lease and those of the later ones end, and they are tried again.
    private func fire(_ timers: [CaseTimer], of id: String) async -> String? {
        for timer in timers.sorted(by: { $0.due < $1.due }) {
            do {
                try await engine.fire(timer, of: id)
            } catch {
                let reason = journalReason(error)
                let failure = "case \(id): \(timer.id) could not be carried out: \(reason)"
                logger.log(
                    .timerFailed, "\(failure)",
                    metadata: [
                        "case": "\(id)", "timer": "\(timer.id)", "due": "\(timer.due)", "reason": "\(reason)",
                    ])
                return failure
            }
        }
        return nil
    }

    /// Why the rehearsal clock stands where it stands.
    enum AdvanceFailure: Error {
        /// Somebody else is moving it.
        case underWay
        case timersFailed([String])
    }

    /// Moves the rehearsal clock from timer to timer and from roster to roster, so that each fires at its moment, and then to `target`. Every move is
    /// kept before it is made: started anew, the clock is never behind what happened under it.
    /// - Parameter onMove: What is to be done after each move, before the timers.
    /// - Returns: How many timers were carried out.
    /// - Throws: ``AdvanceFailure``; the clock then stays at the moment of what failed.
    func advance(
        _ rehearsal: RehearsalClock, to target: Timestamp, with rosters: RosterService, onMove: () async -> Void
    ) async throws -> Int {
        guard !isAdvancing.exchange(true, ordering: .acquiring) else { throw AdvanceFailure.underWay }
        defer { isAdvancing.store(false, ordering: .releasing) }
        func move(to time: Timestamp) async throws {
            try await storage.storage.saveSetting("rehearsalNow", value: time.description)
            rehearsal.move(to: time)
            await onMove()
        }
        var count = 0
        while true {
            let round = try await runDue()
            let openings = try await rosters.runDue()
            count += round.count + openings.count
            if !round.failures.isEmpty { throw AdvanceFailure.timersFailed(round.failures) }
            // What was opened has timers of its own, which may be due at once.
            if openings.count > 0 { continue }
            guard let next = [round.next, openings.next].compactMap(\.self).min(), next <= target, next > rehearsal.now
            else { break }
            try await move(to: next)
        }
        try await move(to: target)
        return count
    }
}
