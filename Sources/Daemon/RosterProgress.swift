import JSONCore
import Workflow

/// How far a roster has come: kept in the store's settings.
struct RosterProgress: Sendable {
    /// The last month that was opened for each unit, such as `2022-07`.
    var units: [String: String] = [:]
    /// The last month of all, how many cases were opened for it, and when the last of them.
    var period: String?
    var opened = 0
    var openedAt: Timestamp?
    /// Whether a case of that month was opened after its day.
    var isLate = false
    /// What a person must see to, by unit.
    var problems: [String: [LocalizedText]] = [:]

    static func setting(_ roster: String) -> String { "roster.\(roster)" }

    init() {}

    init(json: JSONObject) throws(JSONFieldError) {
        for (unit, month) in try json.object("units") { units[unit] = month.stringValue }
        period = try json.optionalString("period")
        opened = try json.int("opened")
        openedAt = try json.optionalTimestamp("openedAt")
        isLate = try json.bool("late")
        for (unit, texts) in try json.object("problems") {
            problems[unit] = (texts.arrayValue ?? []).map {
                LocalizedText(vi: $0["vi"]?.stringValue ?? "", en: $0["en"]?.stringValue ?? "")
            }
        }
    }

    var json: JSONObject {
        let json: JSONObject = [
            "units": .object(JSONObject(units.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }) { $1 }),
            "period": JSON(period), "opened": .int(opened), "openedAt": JSON(openedAt),
            "late": .bool(isLate),
            "problems": .object(
                JSONObject(problems.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value.map(\.json))) }) { $1 }),
        ]
        return json.withoutNulls
    }

    /// A case was opened.
    mutating func count(_ period: String, opened count: Int, at time: Timestamp, late: Bool) {
        if period > self.period ?? "" {
            self.period = period
            opened = 0
            isLate = false
        }
        guard period == self.period, count > 0 else { return }
        opened += count
        openedAt = time
        isLate = isLate || late
    }
}
