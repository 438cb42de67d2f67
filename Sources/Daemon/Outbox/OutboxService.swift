import Logging
import PluginKit
import ServiceLifecycle
import Systemd
import Workflow

/// Takes messages from the outbox to the notification plugins: addresses them to people, has each channel work on its own
/// deliveries, and forgets what was delivered long ago.
final class OutboxService: Service {
    private let storage: StorageHandle
    private let addressing: Addressing
    private let channels: [ChannelDispatcher]
    private let settings: Current<Settings>
    private let feed: EventFeed
    private let logger: Logger
    /// Tells the channels that there may be something for them.
    private let addressed = EventFeed()
    private let wall = WallClock()
    private static let batch = 200

    init(
        storage: StorageHandle, addressing: Addressing, maker: NotificationMaker, channels: [PluginHost],
        clock: any Clock, settings: Current<Settings>, feed: EventFeed, logger: Logger
    ) {
        self.storage = storage
        self.addressing = addressing
        self.settings = settings
        self.feed = feed
        self.logger = logger
        let addressed = addressed
        self.channels = channels.map {
            ChannelDispatcher(
                host: $0, storage: storage, maker: maker, addressing: addressing, clock: clock, settings: settings,
                addressed: addressed, logger: logger)
        }
    }

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for channel in channels { group.addTask { await channel.run() } }
            group.addTask { await cancelWhenGracefulShutdown { await self.address() } }
            group.addTask { await cancelWhenGracefulShutdown { await self.purge() } }
        }
    }

    private func address() async {
        var isRerouted = false
        while !Task.isCancelled {
            let signals = feed.signals
            do {
                // Between two batches, so that none is addressed by names that are out of date afterwards.
                if !isRerouted, channels.allSatisfy(\.isKnown) {
                    try await reroute()
                    isRerouted = true
                }
                // Less than a whole batch: what comes next is gathered for a moment, because writing it down costs the
                // disk as much as the commits that it competes with.
                if try await addressWaiting() == Self.batch { continue }
            } catch {
                // A plugin that is gone has been reported by its host.
                logger.debug("messages could not be addressed: \(journalReason(error))")
            }
            await feed.wait(after: signals, atMost: .seconds(5))
            try? await Task.sleep(for: .milliseconds(250))
        }
    }

    /// - Returns: How many messages were looked at.
    private func addressWaiting() async throws -> Int {
        // Without a channel there is nobody to send them.
        if channels.isEmpty { return 0 }
        let now = wall.now
        let storage = try storage.storage
        let waiting = try await storage.findMessages(wall: now, limit: Self.batch)
        var ready: [AddressedMessage] = []
        var settlements: [Settlement] = []
        for due in waiting {
            let deliveries = try await addressing.deliveries(of: due.message, channels: channels.map(\.name))
            if deliveries.isEmpty {
                settlements.append(nobody(due, at: now))
            } else {
                ready.append(AddressedMessage(message: due.message.id, deliveries: deliveries))
            }
        }
        if !ready.isEmpty { try await storage.addressMessages(ready, at: now) }
        if !settlements.isEmpty { try await storage.settleDeliveries(settlements) }
        if !ready.isEmpty { addressed.signal() }
        return waiting.count
    }

    /// A post that is vacant may be filled tomorrow.
    private func nobody(_ due: DueMessage, at now: Timestamp) -> Settlement {
        let reason = "nobody is \(due.message.recipient) today"
        guard let since = due.failingSince, now.milliseconds - since.milliseconds >= settings.value.giveUpMilliseconds
        else {
            return Settlement(
                id: due.message.id, outcome: .retry, at: now, notBefore: now + 3_600_000, reason: reason)
        }
        logger.log(.messageParked, due.message, id: due.message.id, "could not be addressed and is parked", reason)
        return Settlement(id: due.message.id, outcome: .parked, at: now, reason: reason)
    }

    /// What waits for a channel that is configured no longer, or was addressed before a channel had said its name, goes over
    /// the first.
    private func reroute() async throws {
        guard let usual = channels.first else { return }
        let count = try await storage.storage.rerouteDeliveries(channels: channels.map(\.name), to: usual.name)
        if count > 0 {
            logger.notice("\(count) messages waited for a channel that is gone; they go over \(usual.name)")
            addressed.signal()
        }
    }

    /// Once an hour, in small steps.
    private func purge() async {
        while !Task.isCancelled {
            do {
                let before = wall.now + -settings.value.keepDeliveredDays * 86_400_000
                while try await storage.storage.purgeDeliveries(before: before, limit: 500) > 0 {
                    try await Task.sleep(for: .milliseconds(100))
                }
            } catch {
                logger.debug("old deliveries could not be forgotten: \(journalReason(error))")
            }
            try? await Task.sleep(for: .seconds(3600))
        }
    }
}

extension EventFeed {
    /// Returns when there has been a signal, the time is over, or the task is cancelled.
    func wait(after signals: Int, atMost time: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: time) }
            group.addTask { await self.wait(after: signals) }
            await group.next()
            group.cancelAll()
        }
    }
}

extension Logger {
    /// An entry about a message.
    func log(
        _ kind: JournalMessage, _ message: OutboxMessage, id: String, channel: String = "", _ what: String,
        _ reason: String
    ) {
        log(
            kind, "message \(id) \(what): \(reason)",
            metadata: [
                "case": "\(message.caseID)", "message": "\(id)", "topic": "\(message.topic)",
                "recipient": "\(message.recipient)", "channel": "\(channel)", "reason": "\(reason)",
            ])
    }
}
