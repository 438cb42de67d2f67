import Foundation
import PluginKit
import Workflow

/// Reads the holidays of `*.csv` files: `date,name` or `date,name,kind`, where kind `workday` is a day of a weekend that is
/// worked; lines that begin with `#` are comments.
enum CalendarLoader {
    static func load(folder: String, timeZone: TimeZone, _ problems: inout [String]) -> WorkCalendar {
        var calendar = WorkCalendar(timeZone: timeZone)
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        for name in names where name.hasSuffix(".csv") {
            let path = folder + "/" + name
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                problems.append("\(path): cannot be read as UTF-8")
                continue
            }
            for (index, line) in text.split(whereSeparator: \.isNewline).enumerated() {
                if line.hasPrefix("#") || line.hasPrefix("date") { continue }
                let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                guard let date = LocalDate(String(fields[0])) else {
                    problems.append("\(path): entry \(index + 1): \"\(fields[0])\" is no date such as 2022-09-02")
                    continue
                }
                if fields.count > 2, fields[2] == "workday" {
                    calendar.workdays.insert(date)
                } else {
                    calendar.holidays.insert(date)
                }
            }
        }
        return calendar
    }
}
