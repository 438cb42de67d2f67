import Foundation

/// Which days are worked, and in which time zone a day begins.
public struct WorkCalendar: Sendable, Equatable {
    public var timeZone: TimeZone
    /// Days of the week that are off, 1 is Monday (ISO 8601).
    public var weekend: Set<Int>
    public var holidays: Set<LocalDate>
    /// Days of a weekend that are worked, in exchange for another.
    public var workdays: Set<LocalDate>
    /// When timers of a day fire, in minutes after midnight.
    public var morning: Int

    public init(
        timeZone: TimeZone, weekend: Set<Int> = [6, 7], holidays: Set<LocalDate> = [], workdays: Set<LocalDate> = [],
        morning: Int = 8 * 60
    ) {
        self.timeZone = timeZone
        self.weekend = weekend
        self.holidays = holidays
        self.workdays = workdays
        self.morning = morning
    }

    /// The day that it is at an instant.
    public func date(at time: Timestamp) -> LocalDate {
        let local = time.milliseconds + offset(at: time) * 1000
        return LocalDate(daysSinceEpoch: local.flooredQuotient(86_400_000))
    }

    /// The instant of so many minutes after a day's midnight, within the years that a ``Timestamp`` can say.
    public func time(_ date: LocalDate, minutes: Int = 0) -> Timestamp {
        let utc = Timestamp(milliseconds: date.daysSinceEpoch * 86_400_000 + minutes * 60_000)
        // The zone's offset is asked for twice, because it may change between the two instants.
        let guess = utc + -offset(at: utc) * 1000
        return min(max(utc + -offset(at: guess) * 1000, .earliest), .latest)
    }

    /// The last millisecond of a day.
    public func end(of date: LocalDate) -> Timestamp { time(date.adding(days: 1)) + -1 }
    public func morning(of date: LocalDate) -> Timestamp { time(date, minutes: morning) }

    public func isWorkingDay(_ date: LocalDate) -> Bool {
        workdays.contains(date) || !(weekend.contains(date.weekday) || holidays.contains(date))
    }

    /// So many working days (or days) after `date`, or before it when negative. Zero working days after a day off is the next
    /// working day, before it the last one.
    public func date(_ date: LocalDate, offset: DeadlineDefinition.Offset, backwards: Bool = false) -> LocalDate {
        let step = backwards ? -1 : 1
        guard offset.working, weekend.count < 7 else { return date.adding(days: step * offset.days) }
        var date = date
        var left = offset.days
        while left > 0 || !isWorkingDay(date) {
            date = date.adding(days: step)
            if isWorkingDay(date), left > 0 { left -= 1 }
        }
        return date
    }

    /// How many working days there are after `start`, up to and including `end`.
    public func workingDays(after start: LocalDate, through end: LocalDate) -> Int {
        var (count, day) = (0, start)
        while day < end {
            day = day.adding(days: 1)
            if isWorkingDay(day) { count += 1 }
        }
        return count
    }

    /// The day in the month of `date` on which a recurrence opens: a working day, the next one when the day is off, or the
    /// one before when the month would be over.
    public func day(_ day: RecurrenceDefinition.Day, inMonthOf date: LocalDate) -> LocalDate {
        let last = date.lastOfMonth
        let none = DeadlineDefinition.Offset(days: 0, working: true)
        switch day {
        case .workingDay(let number):
            let first = self.date(date.firstOfMonth, offset: none)
            let wanted = self.date(first, offset: .init(days: number - 1, working: true))
            return wanted.period == date.period ? wanted : self.date(last, offset: none, backwards: true)
        case .lastWorkingDay: return self.date(last, offset: none, backwards: true)
        case .day(let number):
            let wanted = date.firstOfMonth.adding(days: min(number, last.day) - 1)
            let next = self.date(wanted, offset: none)
            return next.period == date.period ? next : self.date(wanted, offset: none, backwards: true)
        }
    }

    private func offset(at time: Timestamp) -> Int {
        timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000))
    }
}
