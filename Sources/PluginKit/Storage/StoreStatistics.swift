import JSONCore
import Workflow

/// Figures for an administrator.
public struct StoreStatistics: Sendable, Equatable {
    public var cases = 0
    public var openCases = 0
    public var overdueCases = 0
    public var events = 0
    /// The place of the newest event in the store's order.
    public var position = 0
    /// Deliveries, and messages not addressed yet.
    public var messagesWaiting = 0
    public var messagesParked = 0
    /// Deliveries that a channel may have taken more than once.
    public var messagesDoubtful = 0
    public var timers = 0
    public var officials = 0
    public var units = 0
    /// On disk.
    public var sizeBytes = 0
    /// What the disk has left, where that can be told.
    public var freeBytes: Int?
    /// Of the newest event.
    public var lastCommitAt: Timestamp?
    /// When the oldest message that waits was made.
    public var oldestWaitingAt: Timestamp?

    public init() {}

    public init(json: JSONObject) throws(JSONFieldError) {
        cases = try json.int("cases")
        openCases = try json.int("openCases")
        overdueCases = try json.int("overdueCases")
        events = try json.int("events")
        position = try json.int("position")
        messagesWaiting = try json.int("messagesWaiting")
        messagesParked = try json.int("messagesParked")
        messagesDoubtful = try json.int("messagesDoubtful")
        timers = try json.int("timers")
        officials = try json.int("officials")
        units = try json.int("units")
        sizeBytes = try json.int("sizeBytes")
        freeBytes = try json.optionalInt("freeBytes")
        lastCommitAt = try json.optionalTimestamp("lastCommitAt")
        oldestWaitingAt = try json.optionalTimestamp("oldestWaitingAt")
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "cases": .int(cases), "openCases": .int(openCases), "overdueCases": .int(overdueCases),
            "events": .int(events), "position": .int(position), "messagesWaiting": .int(messagesWaiting),
            "messagesParked": .int(messagesParked), "messagesDoubtful": .int(messagesDoubtful), "timers": .int(timers),
            "officials": .int(officials),
            "units": .int(units), "sizeBytes": .int(sizeBytes), "freeBytes": JSON(freeBytes),
            "lastCommitAt": JSON(lastCommitAt), "oldestWaitingAt": JSON(oldestWaitingAt),
        ]
        return json.withoutNulls
    }
}
