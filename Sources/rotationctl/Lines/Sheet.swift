import JSONCore
import Workflow

/// A sheet to be filled in: what ``LineFile`` reads.
struct Sheet {
    struct Line {
        let caseID: String
        let official: String
        var name = ""
        let period: String
        let version: Int
        /// What stands so far, by its name in the workflow's index.
        let facts: [(name: String, value: String)]
    }

    let title: String
    let event: String
    let file: String
    let columns: [FormColumn]
    let cases: [Line]
    let messages: Messages

    // MARK: CSV

    /// - Parameter isForExcel: With a byte order mark, semicolons and CRLF, as Excel reads and writes it in Vietnam.
    func csv(isForExcel: Bool) -> String {
        var facts: [String] = []
        for name in cases.flatMap({ $0.facts.map(\.name) }) where !facts.contains(name) { facts.append(name) }
        let blank = columns.map { _ in "" }
        var rows = [
            ["case", "official", "#name", "period", "version"] + facts.map { "#" + $0 }
                + columns.map { LineFile.heading($0.path) },
            // The first cell says that the row is for people.
            ["# \(messages.caseWord)", messages.subject, messages.name, messages.period, messages.version] + facts
                + columns.map(Self.explanation),
        ]
        for line in cases {
            let values = facts.map { name in line.facts.first { $0.name == name }?.value ?? "" }
            let known = [line.caseID, line.official, line.name, line.period, String(line.version)] + values
            rows.append(known.map(Self.harmless) + blank)
        }
        let lines = rows.map { DelimitedText.line($0, separator: isForExcel ? ";" : ",") }
        let end = isForExcel ? "\r\n" : "\n"
        return (isForExcel ? "\u{FEFF}" : "") + lines.map { $0 + end }.joined()
    }

    /// What a spreadsheet would take for a formula is text.
    private static func harmless(_ text: String) -> String {
        text.first.map { "=+-@".contains($0) } ?? false ? "'" + text : text
    }

    private static func explanation(_ column: FormColumn) -> String {
        let choices = column.choices.isEmpty ? "" : " (\(column.choices.map(\.value).joined(separator: " | ")))"
        return column.title + choices + (column.isRequired ? " *" : "")
    }

    // MARK: YAML

    var yaml: String {
        var lines = messages.sheetHeading(title, event, file).split(separator: "\n").map { "# \($0)" }
        let blanks = Self.blanks(columns).map { "  " + $0 }
        lines += ["form:"] + blanks + ["", "lines:"]
        for line in cases {
            let facts = [line.name] + line.facts.map { "\($0.name): \($0.value)" }
            lines.append("  # " + facts.joined(separator: "; ").printable())
            lines.append("  - case: \(line.caseID)")
            lines.append("    official: \(line.official)")
            lines.append("    version: \(line.version)")
            lines.append("    form:")
            lines += blanks.map { "    " + $0 }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The columns as nested fields without values, each with its title.
    /// - Parameter depth: Parts of the columns' paths that all of them share.
    private static func blanks(_ columns: [FormColumn], below depth: Int = 0) -> [String] {
        var names: [String] = []
        for column in columns where !names.contains(column.path[depth]) { names.append(column.path[depth]) }
        return names.flatMap { name -> [String] in
            let members = columns.filter { $0.path[depth] == name }
            if let only = members.first, only.path.count == depth + 1 {
                return ["\(name):  # \(explanation(only))"]
            }
            let inner = blanks(members, below: depth + 1)
            // The one element of a list: its first field beside the dash.
            if name == "0" { return inner.enumerated().map { ($0 == 0 ? "- " : "  ") + $1 } }
            return ["\(name):"] + inner.map { "  " + $0 }
        }
    }
}
