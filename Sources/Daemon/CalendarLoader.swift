import Foundation
import Workflow

/// Reads the days off and the days worked of a folder's iCalendar files (`*.ics`).
enum CalendarLoader {
    /// - Parameter problems: What is wrong is added, each with its place.
    static func load(folder: String, timeZone: TimeZone, _ problems: inout [String]) -> WorkCalendar {
        var calendar = WorkCalendar(timeZone: timeZone)
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        for name in names where name.hasSuffix(".ics") && !name.hasPrefix(".") {
            let path = folder + "/" + name
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                problems.append("\(path): cannot be read as UTF-8")
                continue
            }
            do throws(DefinitionProblems) {
                let file = try HolidayFile(text, file: path)
                calendar.holidays.formUnion(file.holidays)
                calendar.workdays.formUnion(file.workdays)
            } catch {
                problems += error.problems.map(\.description)
            }
        }
        return calendar
    }
}
