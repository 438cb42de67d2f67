import JSONCore
import Workflow

/// A timer that is due, leased to the caller.
public struct DueTimer: Sendable, Equatable {
    public var caseID: String
    public var timer: CaseTimer

    public init(caseID: String, timer: CaseTimer) {
        self.caseID = caseID
        self.timer = timer
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(caseID: try json.string("case"), timer: try json.value("timer", CaseTimer.init(json:)))
    }

    public var json: JSONObject { ["case": .string(caseID), "timer": .object(timer.json)] }
}
