import JSONCore
import Workflow

/// A delivery that can be tried.
public struct DueDelivery: Sendable, Equatable {
    public var delivery: Delivery
    public var message: OutboxMessage
    /// How often it failed.
    public var attempts: Int
    public var failingSince: Timestamp?

    public init(delivery: Delivery, message: OutboxMessage, attempts: Int = 0, failingSince: Timestamp? = nil) {
        self.delivery = delivery
        self.message = message
        self.attempts = attempts
        self.failingSince = failingSince
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            delivery: try json.value("delivery", Delivery.init(json:)),
            message: try json.value("message", OutboxMessage.init(json:)), attempts: try json.int("attempts"),
            failingSince: try json.optionalTimestamp("failingSince"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "delivery": .object(delivery.json), "message": .object(message.json), "attempts": .int(attempts),
            "failingSince": JSON(failingSince),
        ]
        return json.withoutNulls
    }
}
