import JSONCore
import Workflow

/// A message of the outbox as an operator sees it.
public struct OutboxEntry: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        case waiting, delivered, parked
    }

    public var message: OutboxMessage
    public var state: State
    /// Deliveries that were settled.
    public var attempts: Int
    public var notBefore: Timestamp?
    /// What the newest settlement said.
    public var reason: String?

    public init(message: OutboxMessage, state: State, attempts: Int, notBefore: Timestamp? = nil, reason: String? = nil)
    {
        self.message = message
        self.state = state
        self.attempts = attempts
        self.notBefore = notBefore
        self.reason = reason
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            message: try json.value("message", OutboxMessage.init(json:)), state: try json.word("state"),
            attempts: try json.int("attempts"), notBefore: try json.optionalTimestamp("notBefore"),
            reason: try json.optionalString("reason"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "message": .object(message.json), "state": .string(state.rawValue), "attempts": .int(attempts),
            "notBefore": JSON(notBefore), "reason": JSON(reason),
        ]
        return json.withoutNulls
    }
}
