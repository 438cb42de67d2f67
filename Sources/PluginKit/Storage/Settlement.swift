import JSONCore
import Workflow

/// How the delivery of a message ended.
public struct Settlement: Sendable, Equatable {
    public enum Outcome: String, Sendable, CaseIterable {
        case delivered
        /// Again, not before ``Settlement/notBefore``.
        case retry
        /// An operator must look; ``Settlement/reason`` says why.
        case parked
    }

    /// The message's id.
    public var id: String
    public var outcome: Outcome
    public var at: Timestamp
    public var notBefore: Timestamp?
    public var reason: String?

    public init(id: String, outcome: Outcome, at: Timestamp, notBefore: Timestamp? = nil, reason: String? = nil) {
        self.id = id
        self.outcome = outcome
        self.at = at
        self.notBefore = notBefore
        self.reason = reason
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), outcome: try json.word("outcome"), at: try json.timestamp("at"),
            notBefore: try json.optionalTimestamp("notBefore"), reason: try json.optionalString("reason"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "outcome": .string(outcome.rawValue), "at": JSON(at), "notBefore": JSON(notBefore),
            "reason": JSON(reason),
        ]
        return json.withoutNulls
    }
}
