import Workflow

/// Hours of every day in which nothing that can wait is sent, such as `21:00-06:30`.
struct QuietHours: Equatable {
    /// Minutes after midnight; an end before the start is on the next day.
    let start: Int
    let end: Int

    init?(_ text: String) {
        let times = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.minutes)
        guard times.count == 2, let start = times[0], let end = times[1], start != end else { return nil }
        (self.start, self.end) = (start, end)
    }

    /// When the quiet hours that `time` lies in are over; nil when it lies in none.
    func end(at time: Timestamp, in calendar: WorkCalendar) -> Timestamp? {
        let day = calendar.date(at: time)
        // Those that began yesterday, and those of today.
        for first in [day.adding(days: -1), day] {
            let begins = calendar.time(first, minutes: start)
            let ends = calendar.time(end > start ? first : first.adding(days: 1), minutes: end)
            if begins <= time, time < ends { return ends }
        }
        return nil
    }

    /// `07:30` as minutes after midnight.
    static func minutes(_ text: some StringProtocol) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }
}
