import JSONCore
import Logging
import PluginKit
import ServiceLifecycle
import Synchronization
import Systemd
import Workflow

/// Seals each day when it has ended: journals the head of the chain of all events, where nobody who alters the store can
/// alter it too. Days on which the daemon was down are sealed with the first one afterwards.
final class SealService: Service {
    private let storage: StorageHandle
    /// The id of the store that is open.
    private let storeID: @Sendable () -> String
    private let clock: any Clock
    private let calendar: @Sendable () -> WorkCalendar
    private let logger: Logger
    /// The last day that needs no more thought, and the one of which it was said that it cannot be sealed.
    private let days = Mutex<(done: LocalDate?, failed: LocalDate?)>((nil, nil))
    /// Events that are read at once: few, for each carries its form and the event loop is everybody's.
    private static let page = 50

    init(
        storage: StorageHandle, storeID: @escaping @Sendable () -> String, clock: any Clock,
        calendar: @escaping @Sendable () -> WorkCalendar, logger: Logger
    ) {
        self.storage = storage
        self.storeID = storeID
        self.clock = clock
        self.calendar = calendar
        // A seal that is not written down is none, whatever else an administrator wants to read.
        var logger = logger
        logger.logLevel = min(logger.logLevel, JournalMessage.daySealed.level)
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                var pause = 10_000
                if await self.sealIfDue() {
                    // A clock that is moved by hand brings its midnights along: see ManagerService.
                    if self.clock is RehearsalClock { break }
                    let now = self.clock.now
                    let midnight = self.calendar().end(of: self.calendar().date(at: now)) + 1
                    // An hour at most, because the machine's clock may be set.
                    pause = min(max(midnight.milliseconds - now.milliseconds, 50), 3_600_000)
                }
                try? await Task.sleep(for: .milliseconds(pause))
            }
        }
        try await gracefulShutdown()
    }

    /// Once for a day. A plugin that is gone has been reported by its host.
    private func report(_ error: any Error) {
        if error is CancellationError { return }
        if case StorageError.unreachable = error { return }
        let day = calendar().date(at: clock.now).adding(days: -1)
        let isNew = days.withLock { days in
            defer { days.failed = day }
            return days.failed != day
        }
        guard isNew else { return }
        let reason = (error as? Broken)?.description ?? journalReason(error)
        logger.log(
            .sealFailed, "\(day) could not be sealed: \(reason)", metadata: ["day": "\(day)", "reason": "\(reason)"])
    }

    /// Seals the day before today, if that has not been done. After a clock was set back a day may be sealed twice, which
    /// does no harm: both seals are true.
    /// - Returns: False when it failed, which has been journaled, and is to be tried again.
    @discardableResult
    func sealIfDue() async -> Bool {
        do { try await seal() } catch {
            report(error)
            return false
        }
        return true
    }

    private func seal() async throws {
        let calendar = calendar()
        let day = calendar.date(at: clock.now).adding(days: -1)
        guard days.withLock({ $0.done != day }) else { return }
        let storage = try storage.storage
        let last = try await storage.loadSetting("seal").map { try Seal(json: JSON(parsing: $0).objectValue ?? [:]) }
        if last?.day != day {
            // The first day of a store has not ended; without events there is nothing to seal.
            let first = last == nil ? try await storage.readEvents(after: 0, limit: 1).events.first : nil
            if last != nil || first.map({ calendar.date(at: $0.at) <= day }) == true {
                let store = storeID()
                try await seal(
                    day, last?.store == store ? last?.chain ?? EventChain(store: store) : EventChain(store: store),
                    store, storage)
            }
        }
        days.withLock { $0.done = day }
    }

    private func seal(_ day: LocalDate, _ last: EventChain, _ store: String, _ storage: StorageClient) async throws {
        let end = try await storage.statistics().position
        guard last.position <= end else { throw Broken.short(sealed: last.position, end: end) }
        var chain = last
        while chain.position < end {
            try Task.checkCancellation()
            let page = try await storage.readEvents(after: chain.position, limit: Self.page)
            for event in page.events { chain.append(event.hash) }
            guard !page.events.isEmpty, page.position == chain.position else {
                throw Broken.gap(after: chain.position)
            }
        }
        let seal = Seal(store: store, day: day, chain: chain)
        logger.log(
            .daySealed, "\(day) is sealed",
            metadata: [
                "day": "\(day)", "position": "\(chain.position)", "head": .string(chain.head), "store": .string(store),
            ])
        // Afterwards, so that a day is rather sealed twice than never.
        try await storage.saveSetting("seal", value: "\(JSON.object(seal.json))")
    }

    /// The store is no longer what was sealed.
    enum Broken: Error, CustomStringConvertible {
        case short(sealed: Int, end: Int)
        case gap(after: Int)

        var description: String {
            switch self {
            case .short(let sealed, let end):
                "the store has \(end) events, but \(sealed) were sealed before: events are gone; run rotationctl verify"
            case .gap(let position): "there is a gap in the events at position \(position); run rotationctl verify"
            }
        }
    }
}
