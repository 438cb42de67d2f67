import JSONCore
import PluginKit
import Workflow

/// Makes what a channel sends from what waits in the outbox: in the recipient's language, from the templates, of names and
/// times only.
struct NotificationMaker: Sendable {
    let catalog: WorkflowCatalog
    let directory: DirectoryCache
    let clock: any Clock
    let calendar: @Sendable () -> WorkCalendar
    let templates: Current<NotificationTemplates>
    let settings: Current<Settings>

    /// - Parameter piece: A delivery, or the parts of a digest, at least one.
    func notification(_ piece: [DueDelivery]) async throws -> Notification {
        let first = piece[0]
        let id = first.delivery.recipient
        let person = try await directory.official(id)
        let language = try await language(of: id)
        var contexts: [TemplateContext] = []
        for due in piece {
            contexts.append(
                try await context(of: due.message, for: person, onBehalfOf: due.delivery.onBehalfOf, language))
        }
        let isDigest = first.delivery.digest && piece.count > 1
        let topic = isDigest ? NotificationTemplates.digest : first.message.topic
        let texts = templates.value.texts(
            of: topic, language, isDigest ? Self.digest(contexts, for: person) : contexts[0])
        let data: JSONObject =
            isDigest
            ? [
                "items": .array(
                    piece.map {
                        [
                            "id": .string($0.delivery.id), "case": .string($0.message.caseID),
                            "version": .int($0.message.version), "topic": .string($0.message.topic),
                            "data": .object($0.message.data),
                        ]
                    })
            ] : first.message.data
        return Notification(
            // The first part is the same at every attempt, and so are the others, which are due at the same time.
            id: first.delivery.id + (isDigest ? "-digest" : ""), caseID: first.message.caseID,
            version: first.message.version, recipient: id, recipientName: person?.fullName.onOneLine,
            address: person?.email.flatMap(Self.address), language: language.rawValue, topic: topic,
            subject: texts.subject, text: texts.text, html: texts.html,
            invitation: try isDigest ? nil : Self.invitation(first.message, texts),
            timeZone: calendar().timeZone.identifier, createdAt: first.message.createdAt, data: data)
    }

    /// What a message would say, for trying templates.
    func preview(_ message: OutboxMessage, for official: String?, _ language: Language) async throws
        -> NotificationTemplates.Texts
    {
        let person: Official? = if let official { try await directory.official(official) } else { nil }
        return templates.value.texts(
            of: message.topic, language, try await context(of: message, for: person, onBehalfOf: nil, language))
    }

    private func language(of official: String) async throws -> Language {
        let wishes = try await directory.preferences(of: official, on: calendar().date(at: clock.now))
        return wishes.language.flatMap(Language.init(rawValue:)) ?? settings.value.language
    }

    private func context(
        of message: OutboxMessage, for person: Official?, onBehalfOf absent: String?, _ language: Language
    ) async throws -> TemplateContext {
        let data = message.data
        let definition = try await catalog.definition(
            try data.string("workflow"), version: try data.int("definition"))
        let state = definition?.states[try data.optionalString("state") ?? ""]
        var context = TemplateContext()
        context.set(.topic, definition?.topics[message.topic]?[language] ?? message.topic)
        context.set(.caseID, message.caseID)
        context.set(.caseTitle, try data.string("title"))
        context.set(.workflow, definition?.title[language])
        context.set(.state, state?.title[language])
        context.set(.recipient, person?.fullName)
        if let absent { context.set(.onBehalfOf, try await directory.official(absent)?.fullName ?? absent) }
        if let deadline = try data.optionalString("deadline").flatMap({ state?.deadlines[$0] }) {
            context.set(.deadline, deadline.title[language])
            context.set(.task, deadline.events.lazy.compactMap { state?.events[$0] }.first?.title[language])
        }
        let calendar = calendar()
        context.set(.due, try data.optionalTimestamp("due").map { calendar.date(at: $0).onPaper })
        context.set(.urgent, message.isUrgent)
        if let invitation = try data.optionalObject("invitation") {
            let (start, end) = (try invitation.timestamp("start"), try invitation.timestamp("end"))
            context.set(.date, calendar.date(at: start).onPaper)
            if try !invitation.bool("allDay") {
                context.set(.starts, calendar.timeOfDay(start))
                context.set(.ends, calendar.timeOfDay(end))
            }
            context.set(.location, try invitation.optionalString("location"))
            context.set(.cancelled, try invitation.string("method") == "cancel")
        }
        return context
    }

    private static func digest(_ items: [TemplateContext], for person: Official?) -> TemplateContext {
        var context = TemplateContext()
        context.set(.recipient, person?.fullName)
        context.setItems(items)
        return context
    }

    private static func invitation(_ message: OutboxMessage, _ texts: NotificationTemplates.Texts) throws -> Invitation?
    {
        guard var invitation = try message.data.optionalObject("invitation") else { return nil }
        invitation["summary"] = .string(texts.subject)
        invitation["description"] = .string(texts.text)
        if let location = invitation["location"]?.stringValue { invitation["location"] = .string(location.onOneLine) }
        return try Invitation(json: invitation)
    }

    /// The address; nil when it holds what could end a header's line or hide what it is. A cleaned one would be another's.
    private static func address(_ text: String) -> String? { text.onOneLine == text ? text : nil }
}

extension LocalDate {
    /// `05/02/2023`.
    fileprivate var onPaper: String { "\(day.twoDigits)/\(month.twoDigits)/\(year)" }
}

extension WorkCalendar {
    /// `08:00`.
    fileprivate func timeOfDay(_ time: Timestamp) -> String {
        let minutes = (time.milliseconds - self.time(date(at: time)).milliseconds) / 60_000
        return "\((minutes / 60).twoDigits):\((minutes % 60).twoDigits)"
    }
}

extension Int {
    fileprivate var twoDigits: String { self < 10 ? "0\(self)" : "\(self)" }
}
