import JSONCore

/// Something that people are to be told, committed with the step that causes it and delivered afterwards.
public struct OutboxMessage: Sendable, Equatable {
    /// The idempotency key of its delivery: `<case>-<version>-<ordinal>`.
    public var id: String
    public var caseID: String
    /// The event that caused it.
    public var version: Int
    /// For whom: a ``Principal``'s text, resolved to people when it is delivered.
    public var recipient: String
    /// What it is about, a name that templates are found by: `returned`, `remind`, `overdue`, `escalate` …
    public var topic: String
    public var createdAt: Timestamp
    /// What a template may say. Never holds the content of a form, a ballot or a comment.
    public var data: JSONObject

    public init(
        id: String, caseID: String, version: Int, recipient: String, topic: String, createdAt: Timestamp,
        data: JSONObject
    ) {
        self.id = id
        self.caseID = caseID
        self.version = version
        self.recipient = recipient
        self.topic = topic
        self.createdAt = createdAt
        self.data = data
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), caseID: try json.string("case"), version: try json.int("version"),
            recipient: try json.string("recipient"), topic: try json.string("topic"),
            createdAt: try json.timestamp("createdAt"), data: try json.object("data"))
    }

    public var json: JSONObject {
        [
            "id": .string(id), "case": .string(caseID), "version": .int(version), "recipient": .string(recipient),
            "topic": .string(topic), "createdAt": JSON(createdAt), "data": .object(data),
        ]
    }
}
