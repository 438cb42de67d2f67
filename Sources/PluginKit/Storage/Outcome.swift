import JSONCore

/// What became of one transaction.
public enum Outcome: Sendable, Equatable {
    /// It is on disk; its last event is at this place in the store's order of events.
    case committed(position: Int)
    /// This case does not have the expected version; nothing of the transaction was kept.
    case conflict(caseID: String)
    /// This other case of the same workflow has the same unique text; nothing of the transaction was kept.
    case exists(caseID: String)
    /// The request's key is known already; nothing of the transaction was kept.
    case duplicate(RecordedRequest)

    public init(json: JSONObject) throws(JSONFieldError) {
        switch try json.string("status") {
        case "committed": self = .committed(position: try json.int("position"))
        case "conflict": self = .conflict(caseID: try json.string("case"))
        case "exists": self = .exists(caseID: try json.string("case"))
        case "duplicate": self = .duplicate(try json.value("recorded", RecordedRequest.init(json:)))
        default: throw JSONFieldError(field: "status", expected: "committed, conflict, exists or duplicate")
        }
    }

    public var json: JSONObject {
        switch self {
        case .committed(let position): ["status": "committed", "position": .int(position)]
        case .conflict(let caseID): ["status": "conflict", "case": .string(caseID)]
        case .exists(let caseID): ["status": "exists", "case": .string(caseID)]
        case .duplicate(let recorded): ["status": "duplicate", "recorded": .object(recorded.json)]
        }
    }
}
