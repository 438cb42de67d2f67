/// Days off and days worked, read from an iCalendar file (RFC 5545).
///
/// Each all-day event is a day off, or several when it has an end; one of the category WORKDAY is a day of a weekend that is
/// worked in exchange for another. TRANSP says nothing here: calendars that are published mark holidays with it too. What is
/// not read, recurrence above all, is refused, for a holiday that is overlooked is found out too late.
public struct HolidayFile: Sendable, Equatable {
    public private(set) var holidays: Set<LocalDate> = []
    public private(set) var workdays: Set<LocalDate> = []

    private static let workday = "WORKDAY"
    /// Days of one event; more is a slip of the pen.
    private static let longest = 31
    private static let recurring: Set<String> = ["RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"]

    /// - Parameters:
    ///   - text: The file's content, lines ended by CRLF or LF.
    ///   - file: Its name, for error messages.
    /// - Throws: ``DefinitionProblems``, all at once.
    public init(_ text: String, file: String) throws(DefinitionProblems) {
        var problems: [DefinitionProblem] = []
        func report(_ message: String, _ line: Int) {
            problems.append(DefinitionProblem(file: file, line: line, column: 1, message: message))
        }
        var open: [(name: String, line: Int)] = []
        var event: [Property] = []
        let lines = Self.contentLines(text)
        if lines.first.map({ $0.text.uppercased() }) != "BEGIN:VCALENDAR" {
            report("is no iCalendar file: its first line must be BEGIN:VCALENDAR", 1)
            throw DefinitionProblems(problems: problems)
        }
        for line in lines {
            guard let property = Property(line.text, line: line.number) else {
                report("is no property such as SUMMARY:Tết Nguyên đán", line.number)
                continue
            }
            let component = property.value.uppercased()
            switch property.name {
            case "BEGIN":
                open.append((component, line.number))
                if component == "VEVENT" { event = [] }
            case "END":
                guard open.popLast()?.name == component else {
                    report("END:\(component) ends what was not begun", line.number)
                    throw DefinitionProblems(problems: problems)
                }
                if component == "VEVENT" { add(event, endLine: line.number, report) }
            default:
                // What stands in an event's alarm, or in a time zone, is not the event's.
                if open.last?.name == "VEVENT" { event.append(property) }
                if open.isEmpty { report("stands outside of BEGIN:VCALENDAR and END:VCALENDAR", line.number) }
            }
        }
        for component in open { report("BEGIN:\(component.name) is never ended", component.line) }
        guard problems.isEmpty else { throw DefinitionProblems(problems: problems) }
    }

    private mutating func add(_ event: [Property], endLine: Int, _ report: (String, Int) -> Void) {
        func property(_ name: String) -> Property? { event.first { $0.name == name } }
        for property in event where Self.recurring.contains(property.name) {
            report("\(property.name) is not read: give each day an event of its own", property.line)
            return
        }
        if property("STATUS")?.value.uppercased() == "CANCELLED" { return }
        if let duration = property("DURATION") {
            report("DURATION is not read: give DTEND;VALUE=DATE, the day after the last one", duration.line)
            return
        }
        guard let start = property("DTSTART") else {
            report("the event that ends here has no DTSTART", endLine)
            return
        }
        guard let first = start.date else {
            report("DTSTART must be a whole day, such as DTSTART;VALUE=DATE:20220902", start.line)
            return
        }
        var end = first.adding(days: 1)
        if let property = property("DTEND") {
            guard let date = property.date, date > first, date <= first.adding(days: Self.longest) else {
                report("DTEND must be the day after the last one, at most \(Self.longest) days later", property.line)
                return
            }
            end = date
        }
        let categories = event.filter { $0.name == "CATEGORIES" }.flatMap { $0.value.split(separator: ",") }
        let isWorked = categories.contains { $0.uppercased() == Self.workday }
        while end > first {
            end = end.adding(days: -1)
            let other = isWorked ? holidays : workdays
            if other.contains(end) {
                report("\(end) is a day off and a day worked", start.line)
                return
            }
            if isWorked { workdays.insert(end) } else { holidays.insert(end) }
        }
    }

    /// One line of content: its name, parameters left out, and its value.
    private struct Property {
        let name: String
        let value: String
        let line: Int

        init?(_ text: String, line: Int) {
            // A colon within quotes belongs to a parameter.
            var isQuoted = false
            guard
                let colon = text.firstIndex(where: { character in
                    if character == "\"" { isQuoted.toggle() }
                    return character == ":" && !isQuoted
                })
            else { return nil }
            let name = text[..<colon].prefix { $0 != ";" }
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 == 0x2D || Character(Unicode.Scalar($0)).isASCIIWord })
            else {
                return nil
            }
            self.name = name.uppercased()
            value = String(text[text.index(after: colon)...])
            self.line = line
        }

        /// As `20220902`.
        var date: LocalDate? {
            guard value.utf8.count == 8 else { return nil }
            return LocalDate("\(value.prefix(4))-\(value.dropFirst(4).prefix(2))-\(value.dropFirst(6))")
        }
    }

    /// Lines put together again that were folded: what begins with a space or a tab continues the line before.
    private static func contentLines(_ text: String) -> [(text: String, number: Int)] {
        var lines: [(text: String, number: Int)] = []
        // Some editors begin a file with a byte order mark.
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if let first = line.first, first == " " || first == "\t", !lines.isEmpty {
                lines[lines.count - 1].text += line.dropFirst()
            } else if !line.isEmpty {
                lines.append((String(line), index + 1))
            }
        }
        return lines
    }
}

extension Character {
    fileprivate var isASCIIWord: Bool { isASCII && (isLetter || isNumber) }
}
