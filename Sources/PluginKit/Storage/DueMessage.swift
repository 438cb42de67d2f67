import JSONCore
import Workflow

/// A message that is to be sent, leased to the caller.
public struct DueMessage: Sendable, Equatable {
    public var message: OutboxMessage
    /// Earlier deliveries that were settled.
    public var attempts: Int

    public init(message: OutboxMessage, attempts: Int) {
        self.message = message
        self.attempts = attempts
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(message: try json.value("message", OutboxMessage.init(json:)), attempts: try json.int("attempts"))
    }

    public var json: JSONObject { ["message": .object(message.json), "attempts": .int(attempts)] }
}
