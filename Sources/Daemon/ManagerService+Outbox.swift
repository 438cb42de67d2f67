import JSONCore
import PluginKit
import Systemd
import Varlink
import Workflow

/// Messages to people, and what they say.
extension ManagerService {
    @Sendable func listMessages(_ call: Call) async throws -> JSONObject {
        try await administrator(call, "ListMessages")
        guard let state = OutboxEntry.State(rawValue: try call.parameters.string("state")) else {
            throw VarlinkError.invalidParameter("state")
        }
        let page = try await storage.storage.listDeliveries(
            state, cursor: call.parameters.optionalString("cursor"), limit: call.limit)
        let json: JSONObject = [
            "messages": .array(page.elements.map { .object($0.description) }), "cursor": JSON(page.cursor),
        ]
        return json.withoutNulls
    }

    @Sendable func getMessage(_ call: Call) async throws -> JSONObject {
        try await administrator(call, "GetMessage")
        let id = try call.parameters.string("id")
        guard let entry = try await storage.storage.loadDeliveries(ids: [id]).first else {
            throw errors.error(
                "MessageNotFound",
                [
                    "id": .string(id),
                    "message": LocalizedText(
                        vi: "Không có thông báo \(id); xem: rotationctl outbox list",
                        en: "There is no message \(id); see rotationctl outbox list"
                    ).json,
                ])
        }
        var json: JSONObject = ["message": .object(entry.description)]
        if let delivery = entry.delivery {
            let notification = try await maker.notification([
                DueDelivery(delivery: delivery, message: entry.message)
            ])
            json["address"] = JSON(notification.address)
            json["subject"] = .string(notification.subject)
            json["text"] = .string(notification.text)
        }
        return json.withoutNulls
    }

    @Sendable func retryMessages(_ call: Call) async throws -> JSONObject {
        let retried = try await settle(call, "RetryMessages", .retry, only: [.parked])
        feed.signal()
        return ["retried": .array(retried.map { .string($0.id) })]
    }

    @Sendable func dropMessages(_ call: Call) async throws -> JSONObject {
        let dropped = try await settle(call, "DropMessages", .dropped, only: [.parked, .waiting])
        for entry in dropped {
            logger.log(
                .messageDropped, entry.message, id: entry.id, channel: entry.delivery?.channel ?? "",
                "was given up by uid \(call.peer.uid)", entry.reason ?? "")
        }
        return ["dropped": .array(dropped.map { .string($0.id) })]
    }

    /// Settles those among the call's ids that are in one of the states.
    private func settle(
        _ call: Call, _ operation: String, _ outcome: Settlement.Outcome, only states: [OutboxEntry.State]
    ) async throws -> [OutboxEntry] {
        try await administrator(call, operation)
        let ids = Set(try call.parameters.strings("ids"))
        guard (1...1000).contains(ids.count) else { throw VarlinkError.invalidParameter("ids") }
        let storage = try storage.storage
        let entries = try await storage.loadDeliveries(ids: ids.sorted()).filter { states.contains($0.state) }
        let now = WallClock().now
        try await storage.settleDeliveries(
            entries.map { Settlement(id: $0.id, outcome: outcome, at: now, reason: $0.reason) })
        return entries
    }

    // MARK: - Templates

    @Sendable func checkTemplates(_ call: Call) async throws -> JSONObject {
        try await administrator(call, "CheckTemplates")
        var problems: [String] = []
        _ = NotificationTemplates(folder: settings.templates, &problems)
        return ["problems": .array(problems.map(JSON.string))]
    }

    @Sendable func previewMessage(_ call: Call) async throws -> JSONObject {
        try await administrator(call, "PreviewMessage")
        let id = try call.parameters.string("case")
        let topic = try call.parameters.string("topic")
        guard let language = Language(rawValue: try call.parameters.string("language")) else {
            throw VarlinkError.invalidParameter("language")
        }
        guard let current = try await storage.storage.loadCases(ids: [id]).first,
            let definition = try await catalog.definition(current.workflow, version: current.definition)
        else { throw errors.error("CaseNotFound", ["case": .string(id)]) }
        guard definition.topics[topic] != nil else { throw VarlinkError.invalidParameter("topic") }
        let message = OutboxMessage(
            id: "preview", caseID: id, version: current.version, recipient: "", topic: topic, createdAt: clock.now,
            data: Engine.messageData(of: current, topic: topic, definition: definition))
        let recipient = try call.parameters.optionalString("recipient") ?? current.subject
        let texts = try await maker.preview(message, for: recipient, language)
        return ["subject": .string(texts.subject), "text": .string(texts.text), "html": .string(texts.html)]
    }
}

extension OutboxEntry {
    /// As `org.rotationd.Manager` describes it.
    fileprivate var description: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "case": .string(message.caseID), "topic": .string(message.topic),
            "title": message.data["title"] ?? "", "recipient": .string(delivery?.recipient ?? message.recipient),
            "channel": JSON(delivery?.channel), "onBehalfOf": JSON(delivery?.onBehalfOf),
            "createdAt": JSON(message.createdAt), "due": JSON(delivery?.due), "state": .string(state.rawValue),
            "attempts": .int(attempts), "notBefore": JSON(notBefore), "settledAt": JSON(settledAt),
            "reason": JSON(reason), "doubtful": .int(doubtful),
        ]
        return json.withoutNulls
    }
}
