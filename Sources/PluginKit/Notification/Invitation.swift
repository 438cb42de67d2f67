import JSONCore
import Workflow

/// An appointment or a due date for the recipient's calendar (RFC 5546).
public struct Invitation: Sendable, Equatable {
    public enum Method: String, Sendable, CaseIterable {
        case request
        /// It does not take place.
        case cancel
    }

    /// The same uid with a higher sequence replaces what came before.
    public var uid: String
    public var sequence: Int
    public var method: Method
    public var start: Timestamp
    /// After the last moment.
    public var end: Timestamp
    /// The days of the notification's time zone from `start` to before `end`.
    public var allDay: Bool
    public var summary: String
    public var location: String?
    public var description: String?

    public init(
        uid: String, sequence: Int, method: Method = .request, start: Timestamp, end: Timestamp, allDay: Bool = false,
        summary: String, location: String? = nil, description: String? = nil
    ) {
        self.uid = uid
        self.sequence = sequence
        self.method = method
        self.start = start
        self.end = end
        self.allDay = allDay
        self.summary = summary
        self.location = location
        self.description = description
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            uid: try json.string("uid"), sequence: try json.int("sequence"), method: try json.word("method"),
            start: try json.timestamp("start"), end: try json.timestamp("end"), allDay: try json.bool("allDay"),
            summary: try json.string("summary"), location: try json.optionalString("location"),
            description: try json.optionalString("description"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "uid": .string(uid), "sequence": .int(sequence), "method": .string(method.rawValue), "start": JSON(start),
            "end": JSON(end), "allDay": .bool(allDay), "summary": .string(summary), "location": JSON(location),
            "description": JSON(description),
        ]
        return json.withoutNulls
    }
}
