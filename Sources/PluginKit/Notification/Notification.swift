import JSONCore
import Workflow

/// One message to one recipient, with its texts.
public struct Notification: Sendable, Equatable {
    /// The idempotency key: the same may come again after a crash.
    public var id: String
    public var caseID: String
    public var version: Int
    /// The official's id.
    public var recipient: String
    public var recipientName: String?
    /// Where the channel finds the recipient, when the directory has it.
    public var address: String?
    public var language: String
    /// What it is about: "returned", "remind", "overdue" …
    public var topic: String
    public var subject: String
    public var text: String
    public var createdAt: Timestamp
    /// What the texts were made of; never the content of a form, a ballot or a comment.
    public var data: JSONObject

    public init(
        id: String, caseID: String, version: Int, recipient: String, recipientName: String? = nil,
        address: String? = nil, language: String, topic: String, subject: String, text: String, createdAt: Timestamp,
        data: JSONObject
    ) {
        self.id = id
        self.caseID = caseID
        self.version = version
        self.recipient = recipient
        self.recipientName = recipientName
        self.address = address
        self.language = language
        self.topic = topic
        self.subject = subject
        self.text = text
        self.createdAt = createdAt
        self.data = data
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), caseID: try json.string("case"), version: try json.int("version"),
            recipient: try json.string("recipient"), recipientName: try json.optionalString("recipientName"),
            address: try json.optionalString("address"), language: try json.string("language"),
            topic: try json.string("topic"), subject: try json.string("subject"), text: try json.string("text"),
            createdAt: try json.timestamp("createdAt"), data: try json.object("data"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "case": .string(caseID), "version": .int(version), "recipient": .string(recipient),
            "recipientName": JSON(recipientName), "address": JSON(address), "language": .string(language),
            "topic": .string(topic), "subject": .string(subject), "text": .string(text), "createdAt": JSON(createdAt),
            "data": .object(data),
        ]
        return json.withoutNulls
    }
}
