import Foundation
import Testing

@testable import Workflow

@Suite struct WorkCalendarTests {
    /// Holidays of 2022 and 2023, Tết among them.
    static let calendar = WorkCalendar(
        timeZone: TimeZone(identifier: "Asia/Ho_Chi_Minh")!,
        holidays: Set(
            [
                "2022-01-31", "2022-02-01", "2022-02-02", "2022-02-03", "2022-02-04", "2022-04-11", "2022-09-01",
                "2022-09-02", "2023-01-20", "2023-01-23", "2023-01-24", "2023-01-25", "2023-01-26",
            ].compactMap { LocalDate($0) }))

    @Test func testADeadlineNeverFallsOnADayOff() {
        var day = LocalDate("2022-01-01")!
        while day < LocalDate("2024-03-02")! {
            for days in 0...12 {
                for backwards in [false, true] {
                    let due = Self.calendar.date(day, offset: .init(days: days, working: true), backwards: backwards)
                    #expect(Self.calendar.isWorkingDay(due))
                }
            }
            day = day.adding(days: 1)
        }
    }

    @Test func testWorkingDaysAreCountedWithoutWeekendsAndTet() {
        // The Friday before Tết 2022, and the first Friday after it.
        let friday = LocalDate("2022-01-28")!
        #expect(Self.calendar.date(friday, offset: .init(days: 1, working: true)).description == "2022-02-07")
        #expect(Self.calendar.date(friday, offset: .init(days: 5, working: true)).description == "2022-02-11")
        #expect(Self.calendar.date(friday, offset: .init(days: 5, working: false)).description == "2022-02-02")
    }

    @Test func testJuly2022EndedOnASundaySoItsLastWorkingDayIsThe29th() {
        let july = LocalDate("2022-07-10")!
        #expect(july.lastOfMonth.weekday == 7)
        #expect(Self.calendar.day(.lastWorkingDay, inMonthOf: july).description == "2022-07-29")
        #expect(Self.calendar.day(.day(31), inMonthOf: july).description == "2022-07-29")
    }

    @Test func testAMonthlyOpeningStaysInItsMonthOnAWorkingDay() {
        for months in 0..<36 {
            let month = LocalDate("2022-01-15")!.adding(months: months)
            for day in 1...31 {
                let opened = Self.calendar.day(.day(day), inMonthOf: month)
                #expect(opened.period == month.period && Self.calendar.isWorkingDay(opened))
            }
        }
    }

    @Test func testDatesAreThoseOfTheGregorianCalendar() {
        var day = LocalDate("1896-02-27")!
        for number in day.daysSinceEpoch..<day.daysSinceEpoch + 90_000 {
            #expect(day.daysSinceEpoch == number && LocalDate(day.description) == day)
            day = day.adding(days: 1)
        }
        #expect(LocalDate("2023-02-29") == nil && LocalDate("2024-02-29") != nil && LocalDate("2022-7-1") == nil)
        #expect(LocalDate("2022-01-31")!.adding(months: 1).description == "2022-02-28")
        #expect(LocalDate("2021-08-31")!.adding(months: 36).description == "2024-08-31")
    }

    @Test func testTimesAreReadInAnyOffsetAndWrittenInUTC() {
        #expect(Timestamp("2022-07-29T09:00:00+07:00")?.description == "2022-07-29T02:00:00.000Z")
        #expect(Timestamp("1969-12-31T23:59:59.9Z")?.description == "1969-12-31T23:59:59.900Z")
        for wrong in [
            "2022-07-29", "2022-07-29T09:00:00", "2022-07-29T25:00:00Z", "2022-02-30T00:00:00Z", "",
            "2022-07-29T09:00:00.Z",
        ] {
            #expect(Timestamp(wrong) == nil)
        }
        let morning = Self.calendar.morning(of: LocalDate("2022-07-29")!)
        #expect(morning.description == "2022-07-29T01:00:00.000Z")
        #expect(Self.calendar.date(at: Self.calendar.end(of: LocalDate("2022-07-29")!)).description == "2022-07-29")
    }
}
