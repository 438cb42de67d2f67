import Logging
import PluginKit
import Systemd

/// Writes what would have been sent into the journal: for a trial, and for a district without a channel of its own.
struct JournalNotifier: Notifier {
    static let version = "1.0.0"

    private let logger = Logger(label: "notification")

    func deliver(_ notification: Notification) async -> DeliveryOutcome {
        logger.log(
            .notification, "\(notification.subject)\n\n\(notification.text)",
            metadata: [
                "case": "\(notification.caseID)", "topic": "\(notification.topic)",
                "recipient": "\(notification.recipient)", "message": "\(notification.id)", "channel": "journal",
            ])
        return .delivered
    }
}
