import JSONCore
import Workflow

/// A delivery as an operator sees it, or a message that is not addressed yet.
public struct OutboxEntry: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        case waiting, delivered, parked, dropped
    }

    public var message: OutboxMessage
    /// Nil while the message is not addressed.
    public var delivery: Delivery?
    public var state: State
    /// How often it failed.
    public var attempts: Int
    public var notBefore: Timestamp?
    public var settledAt: Timestamp?
    /// What the newest settlement said.
    public var reason: String?
    /// How often a channel may have taken it without an answer.
    public var doubtful: Int

    public var id: String { delivery?.id ?? message.id }

    public init(
        message: OutboxMessage, delivery: Delivery? = nil, state: State, attempts: Int = 0,
        notBefore: Timestamp? = nil, settledAt: Timestamp? = nil, reason: String? = nil, doubtful: Int = 0
    ) {
        self.message = message
        self.delivery = delivery
        self.state = state
        self.attempts = attempts
        self.notBefore = notBefore
        self.settledAt = settledAt
        self.reason = reason
        self.doubtful = doubtful
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            message: try json.value("message", OutboxMessage.init(json:)),
            delivery: try json.optionalValue("delivery", Delivery.init(json:)), state: try json.word("state"),
            attempts: try json.int("attempts"), notBefore: try json.optionalTimestamp("notBefore"),
            settledAt: try json.optionalTimestamp("settledAt"), reason: try json.optionalString("reason"),
            doubtful: try json.int("doubtful"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "message": .object(message.json), "delivery": delivery.map { .object($0.json) } ?? .null,
            "state": .string(state.rawValue), "attempts": .int(attempts), "notBefore": JSON(notBefore),
            "settledAt": JSON(settledAt), "reason": JSON(reason), "doubtful": .int(doubtful),
        ]
        return json.withoutNulls
    }
}
