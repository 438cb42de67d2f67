import JSONCore
import Workflow

/// How an attempt to deliver ended.
public struct Settlement: Sendable, Equatable {
    public enum Outcome: String, Sendable, CaseIterable {
        case delivered
        /// Again, not before ``Settlement/notBefore``.
        case retry
        /// Not tried; due at ``Settlement/notBefore``.
        case postponed
        /// An operator must look; ``Settlement/reason`` says why.
        case parked
        /// An operator gave it up.
        case dropped
    }

    /// The delivery's id, or that of a message that could not be addressed.
    public var id: String
    public var outcome: Outcome
    public var at: Timestamp
    public var notBefore: Timestamp?
    public var reason: String?
    /// The channel may have taken it, because it was gone before it answered.
    public var doubtful: Bool

    public init(
        id: String, outcome: Outcome, at: Timestamp, notBefore: Timestamp? = nil, reason: String? = nil,
        doubtful: Bool = false
    ) {
        self.id = id
        self.outcome = outcome
        self.at = at
        self.notBefore = notBefore
        self.reason = reason
        self.doubtful = doubtful
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), outcome: try json.word("outcome"), at: try json.timestamp("at"),
            notBefore: try json.optionalTimestamp("notBefore"), reason: try json.optionalString("reason"),
            doubtful: try json.optionalBool("doubtful") ?? false)
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "outcome": .string(outcome.rawValue), "at": JSON(at), "notBefore": JSON(notBefore),
            "reason": JSON(reason), "doubtful": doubtful ? true : .null,
        ]
        return json.withoutNulls
    }
}
