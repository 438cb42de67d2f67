import JSONCore
import Workflow

/// A message on its way to one person over one channel.
public struct Delivery: Sendable, Equatable {
    /// The idempotency key, the same for every attempt.
    public var id: String
    /// The message's id.
    public var message: String
    /// An official's id.
    public var recipient: String
    /// The name of a notification plugin.
    public var channel: String
    /// The official whom the recipient stands in for.
    public var onBehalfOf: String?
    /// Not sent before then, by the daemon's clock.
    public var due: Timestamp
    /// Whether it goes out together with the others of its recipient and channel that are due at the same time.
    public var digest: Bool

    public init(
        id: String, message: String, recipient: String, channel: String, onBehalfOf: String? = nil, due: Timestamp,
        digest: Bool = false
    ) {
        self.id = id
        self.message = message
        self.recipient = recipient
        self.channel = channel
        self.onBehalfOf = onBehalfOf
        self.due = due
        self.digest = digest
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), message: try json.string("message"), recipient: try json.string("recipient"),
            channel: try json.string("channel"), onBehalfOf: try json.optionalString("onBehalfOf"),
            due: try json.timestamp("due"), digest: try json.bool("digest"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "message": .string(message), "recipient": .string(recipient),
            "channel": .string(channel), "onBehalfOf": JSON(onBehalfOf), "due": JSON(due), "digest": .bool(digest),
        ]
        return json.withoutNulls
    }
}
