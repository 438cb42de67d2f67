import Foundation
import Logging
import PluginKit
import ServiceLifecycle
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
    /// - Returns: How many timers that were, and when the next one is due.
    @discardableResult
    func runDue() async throws -> (count: Int, next: Timestamp?) {
        var count = 0
        while true {
            let now = clock.now
            let claim = try await storage.storage.claimTimers(
                now: now, owner: owner, leaseUntil: now + 60_000, limit: Self.batch)
            if claim.elements.isEmpty { return (count, claim.next) }
            count += claim.elements.count
            await withTaskGroup(of: Void.self) { group in
                for (id, timers) in Dictionary(grouping: claim.elements, by: \.caseID) {
                    group.addTask {
                        // Those of one case in the order in which they were due.
                        for due in timers.sorted(by: { $0.timer.due < $1.timer.due }) {
                            do {
                                try await self.engine.fire(due.timer, of: id)
                            } catch {
                                // Its lease ends and it is tried again.
                                let reason = journalReason(error)
                                self.logger.log(
                                    .timerFailed, "case \(id): \(due.timer.id) could not be carried out: \(reason)",
                                    metadata: [
                                        "case": "\(id)", "timer": "\(due.timer.id)", "due": "\(due.timer.due)",
                                        "reason": "\(reason)",
                                    ])
                                break
                            }
                        }
                    }
                }
            }
        }
    }

    /// Moves the rehearsal clock from timer to timer, so that each fires at its moment, and then to `target`.
    /// - Parameter onMove: What is to be done after each move, before the timers.
    /// - Returns: How many timers were carried out.
    func advance(
        _ rehearsal: RehearsalClock, to target: Timestamp, onMove: () async throws -> Void
    ) async throws -> Int {
        var count = 0
        while true {
            let round = try await runDue()
            count += round.count
            guard let next = round.next, next <= target, next > rehearsal.now else { break }
            rehearsal.move(to: next)
            try await onMove()
        }
        rehearsal.move(to: target)
        try await onMove()
        return count
    }
}
