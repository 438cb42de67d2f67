import Logging
import Systemd
import Workflow

/// Writes every event of every case into the journal, once it is on disk: never the content of a form, a ballot or a comment.
struct CaseJournal: Sendable {
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func record(_ transactions: [Transaction]) {
        guard logger.logLevel <= .warning else { return }
        for transaction in transactions {
            for change in transaction.changes {
                for event in change.events { record(event, of: change, request: transaction.request) }
            }
        }
    }

    private func record(_ event: Event, of change: CaseChange, request: Transaction.Request?) {
        let kind = kind(of: event, change)
        let due = event.detail["due"]?.stringValue ?? change.tasks.lazy.compactMap(\.due).min()?.description
        logger.log(
            kind, Logger.Message(stringLiteral: sentence(event, kind, due: due)),
            metadata: metadata(event, change, request, due: due))
    }

    private func kind(of event: Event, _ change: CaseChange) -> JournalMessage {
        switch event.name {
        case "$open": .caseOpened
        case "$remind": .caseReminder
        case "$overdue": .caseOverdue
        case "$escalate": .caseEscalated
        case let name where Repair.events.contains(name): .caseRepaired
        default: change.after.closedAt == event.at && event.from != event.to ? .caseClosed : .caseEvent
        }
    }

    private func metadata(
        _ event: Event, _ change: CaseChange, _ request: Transaction.Request?, due: String?
    ) -> Logger.Metadata {
        var metadata = Logger.Metadata(minimumCapacity: 16)
        metadata["case"] = .string(event.caseID)
        metadata["workflow"] = .string(change.after.workflow)
        metadata["event"] = .string(event.name)
        metadata["to"] = .string(event.to)
        metadata["version"] = .string(String(event.version))
        if let from = event.from { metadata["from"] = .string(from) }
        if let official = event.actor.official { metadata["actor"] = .string(official) }
        if let absent = event.actor.onBehalfOf { metadata["on_behalf_of"] = .string(absent) }
        if let gateway = event.actor.gateway { metadata["gateway"] = .string(gateway) }
        if let unit = change.after.unit { metadata["unit"] = .string(unit) }
        if let name = event.detail["name"]?.stringValue { metadata["deadline"] = .string(name) }
        if let child = event.detail["case"]?.stringValue { metadata["child"] = .string(child) }
        if let due { metadata["due"] = .string(due) }
        if event.late { metadata["late"] = "yes" }
        if let request {
            metadata["request"] = .string(request.key)
            // `uid/official`: whose key it is.
            metadata["scope"] = .string(request.scope)
        }
        return metadata
    }

    private func sentence(_ event: Event, _ kind: JournalMessage, due: String?) -> String {
        var text = "case \(event.caseID): "
        let deadline = event.detail["name"]?.stringValue ?? ""
        switch kind {
        case .caseOpened: text += "opened as \(event.to)"
        case .caseReminder: text += "reminder in \(event.to), \(deadline) is due \(due ?? "")"
        case .caseOverdue: text += "overdue in \(event.to), \(deadline) was due \(due ?? "")"
        case .caseEscalated: text += "escalated in \(event.to), \(deadline) was due \(due ?? "")"
        default:
            text += event.name
            text += event.from == event.to ? ", stays \(event.to)" : ", \(event.from ?? "") → \(event.to)"
        }
        if let actor = event.actor.official { text += " by \(actor)" }
        if let absent = event.actor.onBehalfOf { text += " for \(absent)" }
        return text
    }
}
