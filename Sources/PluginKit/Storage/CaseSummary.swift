import JSONCore
import Workflow

/// A case without its document, timers and head: a line of a list.
public struct CaseSummary: Sendable, Equatable {
    public var id: String
    public var workflow: String
    public var definition: Int
    public var state: String
    public var version: Int
    public var title: String
    public var subject: String?
    public var unit: String?
    public var parent: String?
    public var recurrence: String?
    public var period: String?
    public var openedAt: Timestamp
    public var updatedAt: Timestamp
    public var closedAt: Timestamp?
    public var stateSince: Timestamp
    public var overdue: [String]

    public init(
        id: String, workflow: String, definition: Int, state: String, version: Int, title: String,
        subject: String? = nil, unit: String? = nil, parent: String? = nil, recurrence: String? = nil,
        period: String? = nil, openedAt: Timestamp, updatedAt: Timestamp, closedAt: Timestamp? = nil,
        stateSince: Timestamp, overdue: [String] = []
    ) {
        self.id = id
        self.workflow = workflow
        self.definition = definition
        self.state = state
        self.version = version
        self.title = title
        self.subject = subject
        self.unit = unit
        self.parent = parent
        self.recurrence = recurrence
        self.period = period
        self.openedAt = openedAt
        self.updatedAt = updatedAt
        self.closedAt = closedAt
        self.stateSince = stateSince
        self.overdue = overdue
    }

    public init(_ case: Case) {
        self.init(
            id: `case`.id, workflow: `case`.workflow, definition: `case`.definition, state: `case`.state,
            version: `case`.version, title: `case`.title, subject: `case`.subject, unit: `case`.unit,
            parent: `case`.parent, recurrence: `case`.recurrence, period: `case`.period, openedAt: `case`.openedAt,
            updatedAt: `case`.updatedAt, closedAt: `case`.closedAt, stateSince: `case`.stateSince,
            overdue: `case`.overdue)
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), workflow: try json.string("workflow"), definition: try json.int("definition"),
            state: try json.string("state"), version: try json.int("version"), title: try json.string("title"),
            subject: try json.optionalString("subject"), unit: try json.optionalString("unit"),
            parent: try json.optionalString("parent"), recurrence: try json.optionalString("recurrence"),
            period: try json.optionalString("period"), openedAt: try json.timestamp("openedAt"),
            updatedAt: try json.timestamp("updatedAt"), closedAt: try json.optionalTimestamp("closedAt"),
            stateSince: try json.timestamp("stateSince"), overdue: try json.strings("overdue"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "workflow": .string(workflow), "definition": .int(definition), "state": .string(state),
            "version": .int(version), "title": .string(title), "subject": JSON(subject), "unit": JSON(unit),
            "parent": JSON(parent), "recurrence": JSON(recurrence), "period": JSON(period),
            "openedAt": JSON(openedAt), "updatedAt": JSON(updatedAt), "closedAt": JSON(closedAt),
            "stateSince": JSON(stateSince), "overdue": .array(overdue.map(JSON.string)),
        ]
        return json.withoutNulls
    }
}
