import JSONCore

/// One running or ended process as it stands after its newest event. Everything here follows from its events.
public struct Case: Sendable, Equatable {
    /// Time-ordered: ids sort as the cases were opened.
    public var id: String
    /// The definition's name, and the version of it that this case follows.
    public var workflow: String
    public var definition: Int
    public var state: String
    /// The number of its newest event; the first is 1.
    public var version: Int
    /// What people call it, in the language of the district.
    public var title: String
    /// The official whom it is about, and the unit where it is handled: ids of the directory.
    public var subject: String?
    public var unit: String?
    /// The case that opened this one, the name of the recurrence in its definition, and the period, e.g. `2022-08`.
    public var parent: String?
    public var recurrence: String?
    public var period: String?
    /// What no other case of the workflow has: the definition's `unique`, filled in when the case was opened.
    public var unique: String?
    public var openedAt: Timestamp
    public var updatedAt: Timestamp
    /// Set when its state is final.
    public var closedAt: Timestamp?
    /// When the present state was entered, and by which event.
    public var stateSince: Timestamp
    public var stateVersion: Int
    /// Names of the present state's deadlines that have passed.
    public var overdue: [String]
    /// What waits for a moment.
    public var timers: [CaseTimer]
    /// The forms and what came of them. ``JSON/canonicalBytes()`` is its text wherever it is stored or hashed.
    public var document: JSON
    /// The hash of its newest event (``Event/hash``).
    public var head: String

    public init(
        id: String, workflow: String, definition: Int, state: String, version: Int, title: String,
        subject: String? = nil, unit: String? = nil, parent: String? = nil, recurrence: String? = nil,
        period: String? = nil, unique: String? = nil, openedAt: Timestamp, updatedAt: Timestamp,
        closedAt: Timestamp? = nil,
        stateSince: Timestamp, stateVersion: Int, overdue: [String] = [], timers: [CaseTimer] = [],
        document: JSON, head: String
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
        self.unique = unique
        self.openedAt = openedAt
        self.updatedAt = updatedAt
        self.closedAt = closedAt
        self.stateSince = stateSince
        self.stateVersion = stateVersion
        self.overdue = overdue
        self.timers = timers
        self.document = document
        self.head = head
    }
}

extension Case {
    /// As on the wire: see `type Case` of org.rotationd.Storage.
    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), workflow: try json.string("workflow"), definition: try json.int("definition"),
            state: try json.string("state"), version: try json.int("version"), title: try json.string("title"),
            subject: try json.optionalString("subject"), unit: try json.optionalString("unit"),
            parent: try json.optionalString("parent"), recurrence: try json.optionalString("recurrence"),
            period: try json.optionalString("period"), unique: try json.optionalString("unique"),
            openedAt: try json.timestamp("openedAt"), updatedAt: try json.timestamp("updatedAt"),
            closedAt: try json.optionalTimestamp("closedAt"),
            stateSince: try json.timestamp("stateSince"), stateVersion: try json.int("stateVersion"),
            overdue: try json.strings("overdue"), timers: try json.list("timers", CaseTimer.init(json:)),
            document: .object(try json.object("document")), head: try json.string("head"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "workflow": .string(workflow), "definition": .int(definition), "state": .string(state),
            "version": .int(version), "title": .string(title), "subject": JSON(subject), "unit": JSON(unit),
            "parent": JSON(parent), "recurrence": JSON(recurrence), "period": JSON(period),
            "unique": JSON(unique), "openedAt": JSON(openedAt), "updatedAt": JSON(updatedAt),
            "closedAt": JSON(closedAt),
            "stateSince": JSON(stateSince), "stateVersion": .int(stateVersion),
            "overdue": .array(overdue.map(JSON.string)), "timers": .array(timers.map { .object($0.json) }),
            "document": document, "head": .string(head),
        ]
        return json.withoutNulls
    }
}
