import Foundation
import JSONCore
import Testing

@testable import Workflow

@Suite struct RosterLoaderTests {
    private static let small = """
        roster: month
        workflow: w
        start: "2022-07"
        opens: {day: 25}
        cut_off: last_working_day
        due:
          one: {working_day: 2, of: next_month}
          two: {day: 10, of: next_month}
        units:
          xa-01: {opens: {day: 20}}
          xa-02: {leave_out: true}
        """

    @Test func testTheShippedRosterLoadsAndOpensNothing() throws {
        let path = Rehearsal.config.appending(path: "rosters/monthly-assessment.yaml")
        let roster = try RosterLoader.load(String(contentsOf: path, encoding: .utf8), file: "roster.yaml")
        #expect(roster.start == nil && roster.workflow == "monthly-assessment")
        #expect(Array(roster.schedule.due.keys) == ["self_assessment", "unit_vote", "decision"])
    }

    @Test func testAUnitsOwnDaysGoBeforeTheOthers() throws {
        let roster = try RosterLoader.load(Self.small, file: "small.yaml")
        let calendar = Rehearsal.calendar
        let july = LocalDate("2022-07-01")!
        func opens(_ unit: String) -> String? {
            roster.schedule(of: unit)?.opens.date(of: july, calendar).description
        }
        #expect(opens("xa-01") == "2022-07-20" && opens("xa-03") == "2022-07-25" && opens("xa-02") == nil)
        #expect(roster.schedule.cutOff.date(of: july, calendar).description == "2022-07-29")
        let today = LocalDate("2022-07-25")!
        let details = roster.details(of: july, unit: "xa-01", today: today, calendar)
        #expect(details == ["period": "2022-07", "due": ["one": "2022-08-02", "two": "2022-08-10"]])
        // A day that has passed asks nothing of anybody.
        let late = roster.details(of: july, unit: "xa-01", today: LocalDate("2022-09-01")!, calendar)
        #expect(late == ["period": "2022-07"])
    }

    @Test(arguments: [
        ("\"2022-07\"", "2022-7", "small.yaml:3:8: \"start\" must be the first month"),
        ("opens: {day: 25}", "opens: {day: 32}", "small.yaml:4:8: a day of the month is"),
        ("opens: {day: 25}", "opens: monday", "small.yaml:4:8: \"opens\" is a day: last_working_day"),
        ("cut_off: last_working_day", "cutoff: last_working_day", "small.yaml:1:1: the roster lacks \"cut_off\""),
        ("of: next_month}\n  two", "of: last_month}\n  two", "small.yaml:7:29: \"of\" must be month or next_month"),
        ("{day: 10, of", "{day: 1, of", "small.yaml:7:3: \"two\" would be due before \"one\" in some months"),
        ("leave_out: true", "leave_out: maybe", "small.yaml:11:22: \"leave_out\" must be true or false"),
        (
            "xa-01: {opens: {day: 20}}", "xa-01: {open: {day: 20}}",
            "small.yaml:10:11: unit \"xa-01\" has no \"open\"; did you"
        ),
    ])
    func testWhatIsWrongIsSaidWithItsPlace(old: String, new: String, expected: String) {
        let source = Self.small.replacingOccurrences(of: old, with: new)
        #expect(source != Self.small)
        do throws(DefinitionProblems) {
            _ = try RosterLoader.load(source, file: "small.yaml")
            Issue.record("it was loaded")
        } catch {
            #expect(error.problems.contains { $0.description.hasPrefix(expected) }, "\(error)")
        }
    }
}
