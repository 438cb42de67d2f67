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
    /// The text once more, for channels that can show it.
    public var html: String?
    /// What belongs into the recipient's calendar.
    public var invitation: Invitation?
    /// The district's time zone, e.g. `Asia/Ho_Chi_Minh`, in which the texts say their times.
    public var timeZone: String
    public var createdAt: Timestamp
    /// What the texts were made of; never the content of a form, a ballot or a comment.
    public var data: JSONObject

    public init(
        id: String, caseID: String, version: Int, recipient: String, recipientName: String? = nil,
        address: String? = nil, language: String, topic: String, subject: String, text: String, html: String? = nil,
        invitation: Invitation? = nil, timeZone: String = "UTC", createdAt: Timestamp, data: JSONObject
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
        self.html = html
        self.invitation = invitation
        self.timeZone = timeZone
        self.createdAt = createdAt
        self.data = data
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), caseID: try json.string("case"), version: try json.int("version"),
            recipient: try json.string("recipient"), recipientName: try json.optionalString("recipientName"),
            address: try json.optionalString("address"), language: try json.string("language"),
            topic: try json.string("topic"), subject: try json.string("subject"), text: try json.string("text"),
            html: try json.optionalString("html"),
            invitation: try json.optionalValue("invitation", Invitation.init(json:)),
            timeZone: try json.string("timeZone"), createdAt: try json.timestamp("createdAt"),
            data: try json.object("data"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "case": .string(caseID), "version": .int(version), "recipient": .string(recipient),
            "recipientName": JSON(recipientName), "address": JSON(address), "language": .string(language),
            "topic": .string(topic), "subject": .string(subject), "text": .string(text), "html": JSON(html),
            "invitation": invitation.map { .object($0.json) } ?? .null, "timeZone": .string(timeZone),
            "createdAt": JSON(createdAt), "data": .object(data),
        ]
        return json.withoutNulls
    }
}
