import Logging
import PluginKit
import ServiceLifecycle
import Systemd
import Workflow

/// Takes messages from the outbox to the notification plugins, at least once, and again after a pause when that fails.
final class OutboxService: Service {
    private let storage: StorageHandle
    private let catalog: WorkflowCatalog
    private let directory: DirectoryCache
    private let channels: [PluginHost]
    /// What day it is, for who holds a post.
    private let clock: any Clock
    /// Leases and pauses pass in the time of the channels, also under a rehearsal clock that stands still.
    private let wall = WallClock()
    private let calendar: @Sendable () -> WorkCalendar
    private let language: @Sendable () -> Language
    private let feed: EventFeed
    private let owner: String
    private let logger: Logger
    private static let batch = 200
    /// A message that could not be delivered for so many milliseconds, a week, waits for an operator.
    private static let patience = 7 * 86_400_000

    init(
        storage: StorageHandle, catalog: WorkflowCatalog, directory: DirectoryCache, channels: [PluginHost],
        clock: any Clock, calendar: @escaping @Sendable () -> WorkCalendar,
        language: @escaping @Sendable () -> Language, feed: EventFeed,
        owner: String, logger: Logger
    ) {
        self.storage = storage
        self.catalog = catalog
        self.directory = directory
        self.channels = channels
        self.clock = clock
        self.calendar = calendar
        self.language = language
        self.feed = feed
        self.owner = owner
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let signals = self.feed.signals
                do {
                    // Less than a whole batch: what comes next is gathered for a moment, because claiming and settling
                    // cost the disk as much as the commits that they compete with.
                    if try await self.deliverDue() == Self.batch { continue }
                } catch {
                    // A plugin that is gone has been reported by its host.
                    self.logger.debug("the outbox could not be worked on: \(journalReason(error))")
                }
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await Task.sleep(for: .seconds(5)) }
                    group.addTask {
                        await self.feed.wait(after: signals)
                        try? await Task.sleep(for: .milliseconds(250))
                    }
                    await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    /// - Returns: How many messages are settled for good.
    private func deliverDue() async throws -> Int {
        // Without a channel messages wait; trying them would only bring them nearer to being parked.
        guard channels.isEmpty || channels.contains(where: { $0.clients != nil }) else { return 0 }
        let now = wall.now
        let claim = try await storage.storage.claimMessages(
            now: now, owner: owner, leaseUntil: now + 300_000, limit: Self.batch)
        if claim.elements.isEmpty { return 0 }
        // Side by side, so that the plugin is woken once for many.
        let settlements = try await withThrowingTaskGroup(of: Settlement.self) { group in
            for due in claim.elements {
                group.addTask {
                    do { return try await self.deliver(due) } catch let error as StorageError { throw error } catch {
                        return self.settlement(of: due, retry: (60, journalReason(error)))
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await storage.storage.settleMessages(settlements)
        return settlements.count { $0.outcome != .retry }
    }

    private func deliver(_ due: DueMessage) async throws -> Settlement {
        var retry: (seconds: Int, reason: String)?
        var rejected: String?
        let notifications = try await notifications(of: due.message)
        if notifications.isEmpty { retry = (3600, "nobody is \(due.message.recipient) today") }
        for notification in notifications {
            for channel in channels {
                guard let client = channel.clients?.first else {
                    retry = (5, channel.snapshot.reason ?? "\(channel.address) is not there")
                    continue
                }
                switch await NotifierClient(client).deliver(notification) {
                case .delivered: break
                case .retry(let seconds, let reason): retry = (seconds, reason)
                case .rejected(let reason): rejected = reason
                }
            }
        }
        let now = wall.now
        if let rejected {
            report(.messageRejected, "was rejected", due.message, rejected)
            return Settlement(id: due.message.id, outcome: .parked, at: now, reason: rejected)
        }
        guard let retry else { return Settlement(id: due.message.id, outcome: .delivered, at: now) }
        return settlement(of: due, retry: retry)
    }

    /// Again after a pause, or never when it has been tried for too long.
    private func settlement(of due: DueMessage, retry: (seconds: Int, reason: String)) -> Settlement {
        let now = wall.now
        if clock.now.milliseconds - due.message.createdAt.milliseconds > Self.patience {
            report(.messageParked, "could not be delivered for a week and is parked", due.message, retry.reason)
            return Settlement(id: due.message.id, outcome: .parked, at: now, reason: retry.reason)
        }
        // Doubling from what the channel asked for up to an hour, spread so that not all come back at once.
        let seconds = min(min(max(retry.seconds, 1), 3600) << min(due.attempts, 10), 3600)
        let spread = Int.random(in: 0...max(1, seconds * 250))
        return Settlement(
            id: due.message.id, outcome: .retry, at: now, notBefore: now + seconds * 1000 + spread, reason: retry.reason
        )
    }

    private func report(_ kind: JournalMessage, _ what: String, _ message: OutboxMessage, _ reason: String) {
        logger.log(
            kind, "message \(message.id) \(what): \(reason)",
            metadata: [
                "case": "\(message.caseID)", "message": "\(message.id)", "topic": "\(message.topic)",
                "recipient": "\(message.recipient)", "reason": "\(reason)",
            ])
    }

    /// One for each official whom the message's recipient stands for today.
    private func notifications(of message: OutboxMessage) async throws -> [Notification] {
        guard let principal = Principal(message.recipient) else { return [] }
        let workflow = try message.data.string("workflow")
        let definition = try await catalog.definition(workflow, version: try message.data.int("definition"))
        let title = try message.data.string("title")
        let due = try message.data.optionalTimestamp("due")
        var notifications: [Notification] = []
        for id in try await directory.holders(of: principal, on: calendar().date(at: clock.now)) {
            let person = try await directory.official(id)
            let language = person?.preferences.language.flatMap(Language.init(rawValue:)) ?? language()
            let subject = definition?.topics[message.topic]?[language] ?? message.topic
            var text = "\(subject)\n\n\(title)"
            if let due {
                let day = calendar().date(at: due)
                let date = "\(String(day.day).leading(2))/\(String(day.month).leading(2))/\(day.year)"
                text += language == .vi ? "\nHạn: \(date)" : "\nDue: \(date)"
            }
            notifications.append(
                Notification(
                    id: "\(message.id)-\(id)", caseID: message.caseID, version: message.version, recipient: id,
                    recipientName: person?.fullName, address: person?.email, language: language.rawValue,
                    topic: message.topic, subject: subject, text: text, timeZone: calendar().timeZone.identifier,
                    createdAt: message.createdAt, data: message.data))
        }
        return notifications
    }
}

extension String {
    fileprivate func leading(_ width: Int) -> String { String(repeating: "0", count: max(0, width - count)) + self }
}
