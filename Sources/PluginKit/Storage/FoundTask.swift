import JSONCore
import Workflow

/// A task with the case that waits for it.
public struct FoundTask: Sendable, Equatable {
    public var task: CaseTask
    public var summary: CaseSummary

    public init(task: CaseTask, summary: CaseSummary) {
        self.task = task
        self.summary = summary
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            task: try json.value("task", CaseTask.init(json:)), summary: try json.value("case", CaseSummary.init(json:))
        )
    }

    public var json: JSONObject { ["task": .object(task.json), "case": .object(summary.json)] }
}
