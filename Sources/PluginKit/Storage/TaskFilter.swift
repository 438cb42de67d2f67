import JSONCore
import Workflow

/// Which tasks to find; what is nil does not matter.
public struct TaskFilter: Sendable, Equatable {
    /// Any of these principals.
    public var assignees: [String]?
    public var caseID: String?
    /// The unit of the case.
    public var unit: String?
    /// Due, and before this.
    public var dueBefore: Timestamp?

    public init(
        assignees: [String]? = nil, caseID: String? = nil, unit: String? = nil, dueBefore: Timestamp? = nil
    ) {
        self.assignees = assignees
        self.caseID = caseID
        self.unit = unit
        self.dueBefore = dueBefore
    }

    /// From the parameters of FindTasks.
    init(parameters json: JSONObject) throws(JSONFieldError) {
        self.init(
            assignees: try json.optionalStrings("assignees"), caseID: try json.optionalString("case"),
            unit: try json.optionalString("unit"), dueBefore: try json.optionalTimestamp("dueBefore"))
    }

    var parameters: JSONObject {
        let json: JSONObject = [
            "assignees": JSON(assignees), "case": JSON(caseID), "unit": JSON(unit), "dueBefore": JSON(dueBefore),
        ]
        return json.withoutNulls
    }
}
