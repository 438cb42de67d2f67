import JSONCore

/// How a delivery ended.
public enum DeliveryOutcome: Sendable, Equatable {
    /// The channel has taken it.
    case delivered
    /// Not now; again after so many seconds.
    case retry(afterSeconds: Int, reason: String)
    /// Never; the reason says why.
    case rejected(reason: String)

    public init(json: JSONObject) throws(JSONFieldError) {
        switch try json.string("outcome") {
        case "delivered": self = .delivered
        case "retry":
            self = .retry(
                afterSeconds: try json.optionalInt("retryAfterSeconds") ?? 60,
                reason: try json.optionalString("reason") ?? "the plugin gave no reason")
        case "rejected": self = .rejected(reason: try json.optionalString("reason") ?? "the plugin gave no reason")
        default: throw JSONFieldError(field: "outcome", expected: "delivered, retry or rejected")
        }
    }

    public var json: JSONObject {
        switch self {
        case .delivered: ["outcome": "delivered"]
        case .retry(let seconds, let reason):
            ["outcome": "retry", "retryAfterSeconds": .int(seconds), "reason": .string(reason)]
        case .rejected(let reason): ["outcome": "rejected", "reason": .string(reason)]
        }
    }
}
