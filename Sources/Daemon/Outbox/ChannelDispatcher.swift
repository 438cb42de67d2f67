import Logging
import PluginKit
import ServiceLifecycle
import Systemd
import Workflow

/// Sends the deliveries of one channel, one after another, at least once: again after a pause when the channel says so or is
/// gone, and parked when that lasts too long. The store says what there is to do; nothing is kept here.
final class ChannelDispatcher: Sendable {
    private let host: PluginHost
    private let storage: StorageHandle
    private let maker: NotificationMaker
    private let addressing: Addressing
    private let clock: any Clock
    private let settings: Current<Settings>
    private let addressed: EventFeed
    private let logger: Logger
    /// Pauses pass in the time of the channel, also under a rehearsal clock that stands still.
    private let wall = WallClock()
    /// Deliveries read at once, and how often what became of them is written down.
    private static let batch = 100
    private static let settlePause = Duration.milliseconds(250)
    /// What a delivery that is under way has when the daemon is to stop.
    private static let lastDelivery = Duration.seconds(5)

    init(
        host: PluginHost, storage: StorageHandle, maker: NotificationMaker, addressing: Addressing, clock: any Clock,
        settings: Current<Settings>, addressed: EventFeed, logger: Logger
    ) {
        self.host = host
        self.storage = storage
        self.maker = maker
        self.addressing = addressing
        self.clock = clock
        self.settings = settings
        self.addressed = addressed
        self.logger = logger
    }

    /// What the plugin calls itself; until it has been there, what its address says.
    var name: String { host.snapshot.description?.name ?? host.address.channelName }

    /// Whether the plugin has said its name.
    var isKnown: Bool { host.snapshot.description != nil }

    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.work() }
            group.addTask {
                try? await gracefulShutdown()
                try? await Task.sleep(for: Self.lastDelivery)
            }
            await group.next()
            group.cancelAll()
        }
    }

    private var isStopping: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    private func work() async {
        // Where the last batch ended: every recipient has a turn.
        var after: String?
        while !isStopping {
            let signals = addressed.signals
            var found: [DueDelivery] = []
            // While the channel is gone its deliveries wait; trying them would only bring them nearer to being parked.
            if host.clients != nil {
                do {
                    found = try await storage.storage.findDeliveries(
                        channel: name, now: clock.now, wall: wall.now, after: after, limit: Self.batch)
                } catch {
                    logger.debug("the outbox could not be read: \(journalReason(error))")
                }
            }
            let wasFirst = after == nil
            after = found.last?.delivery.recipient
            if !found.isEmpty {
                await deliver(found)
            } else if wasFirst {
                await cancelWhenGracefulShutdown { await self.addressed.wait(after: signals, atMost: .seconds(1)) }
            }
        }
    }

    private func deliver(_ found: [DueDelivery]) async {
        var settlements: [Settlement] = []
        var settledAt = ContinuousClock.now
        var stopped: String?
        for piece in pieces(of: found) where piece[0].delivery.recipient != stopped {
            if isStopping { break }
            guard let made = await attempt(piece) else { break }
            settlements += made
            // What stands behind one that waits, waits too.
            if made.contains(where: { $0.outcome == .retry }) { stopped = piece[0].delivery.recipient }
            if ContinuousClock.now - settledAt > Self.settlePause {
                await settle(settlements)
                settlements = []
                settledAt = .now
            }
        }
        await settle(settlements)
    }

    /// What goes out as one: a delivery, or the parts of a digest.
    private func pieces(of found: [DueDelivery]) -> [[DueDelivery]] {
        found.reduce(into: []) { pieces, due in
            if let last = pieces.last?.last?.delivery, last.digest, due.delivery.digest,
                last.recipient == due.delivery.recipient
            {
                pieces[pieces.count - 1].append(due)
            } else {
                pieces.append([due])
            }
        }
    }

    /// Until it is written down: whoever forgot it would send it again.
    private func settle(_ settlements: [Settlement]) async {
        if settlements.isEmpty { return }
        while !Task.isCancelled {
            do { return try await storage.storage.settleDeliveries(settlements) } catch {
                logger.debug("deliveries could not be settled: \(journalReason(error))")
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// One delivery, or one digest.
    /// - Returns: Nil when it cannot be told now what is to be sent; all of it stays as it is.
    private func attempt(_ piece: [DueDelivery]) async -> [Settlement]? {
        let first = piece[0]
        let notification: Notification
        do {
            let isUrgent = first.message.isUrgent
            if !isUrgent, let later = try await addressing.endOfQuiet(for: first.delivery.recipient) {
                return settlements(piece, .postponed, notBefore: later)
            }
            notification = try await maker.notification(piece)
        } catch {
            logger.debug("no notification could be made: \(journalReason(error))")
            try? await Task.sleep(for: .seconds(1))
            return nil
        }
        guard let client = host.clients?.first else { return nil }
        do {
            switch try await NotifierClient(client).ask(notification) {
            case .delivered: return settlements(piece, .delivered)
            case .retry(let seconds, let reason): return again(piece, after: seconds, reason)
            case .rejected(let reason):
                report(.messageRejected, first, "was rejected", reason)
                return settlements(piece, .parked, reason: reason)
            }
        } catch is CancellationError {
            // The daemon stops: it comes again under the same id.
            return nil
        } catch let error {
            let reason = journalReason(error)
            report(.messageDoubtful, first, "may have been delivered, and is sent again", reason)
            return again(piece, after: 1, reason, doubtful: true)
        }
    }

    /// Again after a pause, or never when it has been tried for too long.
    private func again(
        _ piece: [DueDelivery], after asked: Int, _ reason: String, doubtful: Bool = false
    ) -> [Settlement] {
        let first = piece[0]
        let now = wall.now
        let failing = first.failingSince ?? now
        if now.milliseconds - failing.milliseconds >= settings.value.giveUpMilliseconds {
            report(.messageParked, first, "could not be delivered and is parked", reason)
            return settlements(piece, .parked, reason: reason, doubtful: doubtful)
        }
        // Doubling up to an hour, and never before the channel asked for it, spread so that not all come back at once.
        let seconds = max(min(max(asked, 1), 86_400), min(1 << min(first.attempts, 12), 3600))
        let spread = Int.random(in: 0...seconds * 250)
        return settlements(
            piece, .retry, notBefore: now + seconds * 1000 + spread, reason: reason, doubtful: doubtful)
    }

    private func settlements(
        _ piece: [DueDelivery], _ outcome: Settlement.Outcome, notBefore: Timestamp? = nil, reason: String? = nil,
        doubtful: Bool = false
    ) -> [Settlement] {
        piece.map {
            Settlement(
                id: $0.delivery.id, outcome: outcome, at: wall.now, notBefore: notBefore, reason: reason,
                doubtful: doubtful)
        }
    }

    private func report(_ kind: JournalMessage, _ due: DueDelivery, _ what: String, _ reason: String) {
        logger.log(kind, due.message, id: due.delivery.id, channel: due.delivery.channel, what, reason)
    }
}

extension PluginAddress {
    /// What a notification plugin calls itself by convention: `email` at `…/notification/email` or `exec:notify-email`.
    fileprivate var channelName: String { name.hasPrefix("notify-") ? String(name.dropFirst(7)) : name }
}

extension OutboxMessage {
    /// Waits for no quiet hours and no digest.
    var isUrgent: Bool { data["urgent"] == true }
}
