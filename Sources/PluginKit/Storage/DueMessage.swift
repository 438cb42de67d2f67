import JSONCore
import Workflow

/// A message that waits to be addressed.
public struct DueMessage: Sendable, Equatable {
    public var message: OutboxMessage
    /// How often nobody was found for it.
    public var attempts: Int
    public var failingSince: Timestamp?

    public init(message: OutboxMessage, attempts: Int, failingSince: Timestamp? = nil) {
        self.message = message
        self.attempts = attempts
        self.failingSince = failingSince
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            message: try json.value("message", OutboxMessage.init(json:)), attempts: try json.int("attempts"),
            failingSince: try json.optionalTimestamp("failingSince"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "message": .object(message.json), "attempts": .int(attempts), "failingSince": JSON(failingSince),
        ]
        return json.withoutNulls
    }
}
