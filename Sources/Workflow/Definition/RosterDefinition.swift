import JSONCore
import OrderedCollections

/// Whose cases are opened every month without anybody asking for it, and when: a file of config/rosters.
///
/// ``RosterLoader`` makes it from YAML.
public struct RosterDefinition: Sendable {
    public let name: String
    public let workflow: String
    /// The first day of the first month; nil: nothing is opened.
    public let start: LocalDate?
    /// Levels of the units whose officials are assessed; nil: all.
    public let levels: Set<String>?
    public let schedule: Schedule
    /// Units with a schedule of their own; nil: nobody of the unit is assessed.
    public let units: [String: Schedule?]
    /// The most points that a form may give for each criterion, by the criterion's name.
    public let maxPoints: OrderedDictionary<String, JSON>

    /// The days of a month's assessment.
    public struct Schedule: Sendable, Equatable {
        public var opens: Day
        /// Who holds a post on this day is assessed, in the unit of the main post.
        public var cutOff: Day
        /// By when each step is due, by the step's name.
        public var due: OrderedDictionary<String, Day>
    }

    /// A working day, counted from the month that is assessed.
    public struct Day: Sendable, Equatable {
        public var day: RecurrenceDefinition.Day
        /// 1 for a day of the month after.
        public var monthsLater: Int

        public func date(of month: LocalDate, _ calendar: WorkCalendar) -> LocalDate {
            calendar.day(day, inMonthOf: month.firstOfMonth.adding(months: monthsLater))
        }
    }

    /// The schedule of a unit; nil when nobody of it is assessed.
    public func schedule(of unit: String) -> Schedule? { units[unit] ?? schedule }

    /// What the opening form says of the month: the days on which the steps are due, and the points. A day that has
    /// passed is left out, as for a month that is opened late.
    public func details(of month: LocalDate, unit: String, today: LocalDate, _ calendar: WorkCalendar) -> JSON {
        var details: JSONObject = ["period": .string(month.period)]
        var due = JSONObject()
        for (step, day) in schedule(of: unit)?.due ?? [:] {
            let date = day.date(of: month, calendar)
            if date >= today { due[step] = JSON(date) }
        }
        if !due.isEmpty { details["due"] = .object(due) }
        if !maxPoints.isEmpty { details["max_points"] = .object(JSONObject(maxPoints.map { ($0, $1) }) { $1 }) }
        return .object(details)
    }
}
