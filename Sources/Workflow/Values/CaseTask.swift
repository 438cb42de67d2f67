import JSONCore

/// Something that a case waits for somebody to do: a row of that person's inbox.
public struct CaseTask: Sendable, Equatable {
    /// The event that would do it.
    public var event: String
    /// For whom it waits: a ``Principal``'s text.
    public var assignee: String
    public var since: Timestamp
    /// When it becomes overdue.
    public var due: Timestamp?

    public init(event: String, assignee: String, since: Timestamp, due: Timestamp? = nil) {
        self.event = event
        self.assignee = assignee
        self.since = since
        self.due = due
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            event: try json.string("event"), assignee: try json.string("assignee"),
            since: try json.timestamp("since"), due: try json.optionalTimestamp("due"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "event": .string(event), "assignee": .string(assignee), "since": JSON(since), "due": JSON(due),
        ]
        return json.withoutNulls
    }
}
