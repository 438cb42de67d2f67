import OrderedCollections
import PluginKit

/// Sends each notification as a mail.
actor EmailNotifier: Notifier {
    static let version = "1.0.0"

    private let settings: EmailSettings
    private let server: MailServer
    private var underWay: [String: Task<DeliveryOutcome, Never>] = [:]
    /// The last that were delivered: when the daemon did not hear of it, they are not sent once more.
    private var delivered: OrderedSet<String> = []

    private static let remembered = 10_000
    private static let mostUnderWay = 64
    /// The daemon takes a plugin for dead that does not answer for a minute. What takes longer goes on, and its outcome waits
    /// for the daemon's next attempt: to send it anew would deliver it twice.
    private static let patience = Duration.seconds(40)

    init(_ settings: EmailSettings, _ server: MailServer) {
        self.settings = settings
        self.server = server
    }

    func deliver(_ notification: Notification) async -> DeliveryOutcome {
        let id = notification.id
        if delivered.contains(id) { return .delivered }
        let task: Task<DeliveryOutcome, Never>
        if let known = underWay[id] {
            task = known
        } else {
            let message: MailMessage
            do { message = try MailMessage(notification, settings) } catch { return .rejected(reason: "\(error)") }
            guard message.bytes.count <= settings.messageBytes else {
                return .rejected(
                    reason: "the mail has \(message.bytes.count) bytes, message_bytes allows \(settings.messageBytes)")
            }
            guard underWay.count < Self.mostUnderWay else {
                return .retry(afterSeconds: settings.retrySeconds, reason: "too many mails wait for the server")
            }
            task = Task { await self.send(message, id) }
            underWay[id] = task
        }
        return await task.value(within: Self.patience)
            ?? .retry(
                afterSeconds: settings.retrySeconds, reason: "\(settings.server):\(settings.port) has not answered yet")
    }

    private func send(_ message: MailMessage, _ id: String) async -> DeliveryOutcome {
        let verdict = await server.send(message)
        underWay[id] = nil
        switch verdict {
        case .accepted:
            delivered.append(id)
            if delivered.count > Self.remembered { delivered.removeFirst() }
            return .delivered
        case .refused(let reason): return .rejected(reason: reason)
        case .later(let reason), .unavailable(let reason):
            return .retry(afterSeconds: settings.retrySeconds, reason: reason)
        }
    }
}
