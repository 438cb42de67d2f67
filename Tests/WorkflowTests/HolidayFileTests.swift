import Foundation
import Testing

@testable import Workflow

/// iCalendar files with the days off.
@Suite struct HolidayFileTests {
    private static let calendars = Rehearsal.config.appending(path: "calendars")

    private func file(_ events: String) throws(DefinitionProblems) -> HolidayFile {
        try HolidayFile("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\(events)\r\nEND:VCALENDAR\r\n", file: "a.ics")
    }

    private func problem(_ events: String) -> String {
        do throws(DefinitionProblems) {
            _ = try file(events)
            return ""
        } catch {
            return error.description
        }
    }

    /// The shipped calendars together.
    static func shipped() throws -> WorkCalendar {
        var calendar = WorkCalendar(timeZone: try #require(TimeZone(identifier: "Asia/Ho_Chi_Minh")))
        for name in try FileManager.default.contentsOfDirectory(atPath: calendars.path) {
            let path = calendars.appending(path: name)
            let file = try HolidayFile(String(contentsOf: path, encoding: .utf8), file: name)
            calendar.holidays.formUnion(file.holidays)
            calendar.workdays.formUnion(file.workdays)
        }
        return calendar
    }

    @Test func testTheShippedYearsHaveTheirHolidaysAndSwappedDays() throws {
        let calendar = try Self.shipped()
        for (year, count) in [("2022", 15), ("2023", 17), ("2024", 14), ("2025", 12)] {
            #expect(calendar.holidays.filter { $0.description.hasPrefix(year) }.count == count)
        }
        // A Saturday that was worked, for the Monday that was not.
        let (monday, saturday) = (LocalDate("2024-04-29")!, LocalDate("2024-05-04")!)
        #expect(saturday.weekday == 6 && calendar.isWorkingDay(saturday) && !calendar.isWorkingDay(monday))
        let friday = LocalDate("2024-04-26")!
        #expect(calendar.date(friday, offset: .init(days: 3, working: true)) == saturday)
    }

    @Test func testEventsOfSeveralDaysFoldedLinesAndOtherComponentsAreRead() throws {
        let file = try file(
            """
            BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nRRULE:FREQ=YEARLY\r\nEND:STANDARD\r
            END:VTIMEZONE\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DA\r\n TE:20220131\r\nDTEND;VALUE=DATE:20220205\r
            SUMMARY;LANGUAGE="vi:x":Tết: năm\r\n ngày\r\nTRANSP:TRANSPARENT\r\nBEGIN:VALARM\r\nDURATION:PT1H\r\nEND:VALARM\r
            END:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20220205\r\nCATEGORIES:A,WorkDay\r\nEND:VEVENT\r
            BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20220301\r\nSTATUS:CANCELLED\r\nEND:VEVENT
            """)
        #expect(
            file.holidays.map(\.description).sorted()
                == (0..<5).map { ["2022-01-31", "2022-02-01", "2022-02-02", "2022-02-03", "2022-02-04"][$0] })
        #expect(file.workdays.map(\.description) == ["2022-02-05"])
        #expect(try HolidayFile("\u{FEFF}BEGIN:VCALENDAR\nEND:VCALENDAR\n", file: "a.ics").holidays.isEmpty)
    }

    @Test(arguments: [
        ("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20220101\nRRULE:FREQ=YEARLY\nEND:VEVENT", "a.ics:5:1: RRULE is not read"),
        ("BEGIN:VEVENT\nDTSTART:20220101T080000Z\nEND:VEVENT", "a.ics:4:1: DTSTART must be a whole day"),
        ("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20220230\nEND:VEVENT", "a.ics:4:1: DTSTART must be a whole day"),
        ("BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT", "a.ics:5:1: the event that ends here has no DTSTART"),
        ("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20220101\nDTEND;VALUE=DATE:20220101\nEND:VEVENT", "a.ics:5:1: DTEND"),
        ("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20220101\nDURATION:P2D\nEND:VEVENT", "a.ics:5:1: DURATION is not read"),
        ("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20220101", "a.ics:5:1: END:VCALENDAR ends what was not begun"),
        ("nonsense", "a.ics:3:1: is no property"),
        (
            "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20220101\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20220101\nCATEGORIES:WORKDAY\nEND:VEVENT",
            "a.ics:7:1: 2022-01-01 is a day off and a day worked"
        ),
    ])
    func testWhatIsWrongIsSaidWithItsPlace(events: String, expected: String) {
        #expect(problem(events).hasPrefix(expected), "\(problem(events))")
    }

    @Test func testAnotherFileIsNotTakenForACalendar() {
        #expect(throws: DefinitionProblems.self) { try HolidayFile("date,name\n2022-01-01,Tết\n", file: "a.ics") }
        #expect(throws: DefinitionProblems.self) { try HolidayFile("", file: "a.ics") }
    }

    @Test func testNoDeadlineOfAnyMonthIsOnADayOff() throws {
        let calendar = try Self.shipped()
        let days: [RosterDefinition.Day] = [0, 1].flatMap { later in
            (1...31).map { .init(day: .day($0), monthsLater: later) }
                + (1...23).map { .init(day: .workingDay($0), monthsLater: later) }
                + [.init(day: .lastWorkingDay, monthsLater: later)]
        }
        // Leap years and Tết among them.
        for number in 0..<48 {
            let month = LocalDate("2022-01-01")!.adding(months: number)
            for day in days {
                let date = day.date(of: month, calendar)
                #expect(calendar.isWorkingDay(date))
                #expect(date.period == month.adding(months: day.monthsLater).period)
            }
            let second = RosterDefinition.Day(day: .workingDay(2), monthsLater: 0).date(of: month, calendar)
            let first = RosterDefinition.Day(day: .workingDay(1), monthsLater: 0).date(of: month, calendar)
            #expect(first < second && calendar.date(first, offset: .init(days: 1, working: true)) == second)
        }
    }
}
