import JSONCore

/// Whether a plugin can work now. The reason says what is wrong or being waited for, for an administrator.
public enum PluginState: Sendable, Equatable {
    case starting(String)
    case ready
    case failing(String)

    public init(json: JSONObject) throws(JSONFieldError) {
        let reason = try json.optionalString("reason") ?? ""
        switch try json.string("state") {
        case "starting": self = .starting(reason)
        case "ready": self = .ready
        case "failing": self = .failing(reason)
        default: throw JSONFieldError(field: "state", expected: "starting, ready or failing")
        }
    }

    public var json: JSONObject {
        switch self {
        case .starting(let reason): ["state": "starting", "reason": .string(reason)]
        case .ready: ["state": "ready"]
        case .failing(let reason): ["state": "failing", "reason": .string(reason)]
        }
    }
}
