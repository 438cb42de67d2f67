import JSONCore
import Workflow

/// Which tasks to find; what is nil does not matter.
public struct TaskFilter: Sendable, Equatable {
    /// Any of these principals.
    public var assignees: [String]?
    public var caseID: String?
    /// The unit of the case is one of these.
    public var units: [String]?
    /// Any of these principals may read the case.
    public var readers: [String]?
    /// Due, and before this.
    public var dueBefore: Timestamp?

    public init(
        assignees: [String]? = nil, caseID: String? = nil, units: [String]? = nil, readers: [String]? = nil,
        dueBefore: Timestamp? = nil
    ) {
        self.assignees = assignees
        self.caseID = caseID
        self.units = units
        self.readers = readers
        self.dueBefore = dueBefore
    }

    /// From the parameters of FindTasks.
    init(parameters json: JSONObject) throws(JSONFieldError) {
        self.init(
            assignees: try json.optionalStrings("assignees"), caseID: try json.optionalString("case"),
            units: try json.optionalStrings("units"), readers: try json.optionalStrings("readers"),
            dueBefore: try json.optionalTimestamp("dueBefore"))
    }

    var parameters: JSONObject {
        let json: JSONObject = [
            "assignees": JSON(assignees), "case": JSON(caseID), "units": JSON(units),
            "readers": JSON(readers), "dueBefore": JSON(dueBefore),
        ]
        return json.withoutNulls
    }
}
