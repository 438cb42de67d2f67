import PluginKit
import Workflow

/// Finds out to whom a message goes, over which channel and when.
struct Addressing: Sendable {
    let directory: DirectoryCache
    let clock: any Clock
    let calendar: @Sendable () -> WorkCalendar
    let settings: Current<Settings>

    /// One for each official whom the message's recipient stands for today, and for their substitutes.
    /// - Parameter channels: The names of those there are; who wants none of them has the first.
    func deliveries(of message: OutboxMessage, channels: [String]) async throws -> [Delivery] {
        guard let principal = Principal(message.recipient), let usual = channels.first else { return [] }
        let today = calendar().date(at: clock.now)
        var recipients: [(id: String, onBehalfOf: String?)] = []
        for holder in try await directory.holders(of: principal, on: today) {
            if !recipients.contains(where: { $0.id == holder }) { recipients.append((holder, nil)) }
            // In his own case nobody stands in for him.
            if .string(holder) == message.data["subject"] { continue }
            var role: String?
            if case .role(let name, unit: _) = principal { role = name }
            for deputy in try await directory.deputies(of: holder, role: role, on: today)
            where !recipients.contains(where: { $0.id == deputy }) && .string(deputy) != message.data["subject"] {
                recipients.append((deputy, holder))
            }
        }
        var deliveries: [Delivery] = []
        for (id, onBehalfOf) in recipients {
            let wishes = try await directory.preferences(of: id, on: today)
            let channel = wishes.channel.flatMap { channels.contains($0) ? $0 : nil } ?? usual
            let (due, isDigest) = schedule(message, wishes)
            deliveries.append(
                Delivery(
                    id: "\(message.id)-\(id)-\(channel)", message: message.id, recipient: id, channel: channel,
                    onBehalfOf: onBehalfOf, due: due, digest: isDigest))
        }
        return deliveries
    }

    /// When the quiet hours of an official are over; nil when something may be sent now.
    func endOfQuiet(for official: String) async throws -> Timestamp? {
        let now = clock.now
        let wishes = try await directory.preferences(of: official, on: calendar().date(at: now))
        return wishes.quietHours.flatMap(QuietHours.init)?.end(at: now, in: calendar())
    }

    private func schedule(_ message: OutboxMessage, _ wishes: Preferences) -> (due: Timestamp, isDigest: Bool) {
        let now = clock.now
        // An invitation is a thing of its own for a calendar.
        if message.isUrgent { return (now, false) }
        let digest = message.data["invitation"] == nil ? wishes.digest ?? .atOnce : .atOnce
        let due = nextDigest(digest, after: now)
        let quiet = wishes.quietHours.flatMap(QuietHours.init)?.end(at: due, in: calendar())
        return (quiet ?? due, digest != .atOnce)
    }

    private func nextDigest(_ digest: Preferences.Digest, after now: Timestamp) -> Timestamp {
        if digest == .atOnce { return now }
        let calendar = calendar()
        let settings = settings.value
        var day = calendar.date(at: now)
        func isWanted(_ day: LocalDate) -> Bool { digest == .daily || day.weekday == settings.digestWeekday }
        while !isWanted(day) || calendar.time(day, minutes: settings.digestTime) <= now { day = day.adding(days: 1) }
        return calendar.time(day, minutes: settings.digestTime)
    }
}
