import Foundation
import PluginKit
import Workflow

/// Reads the rows of a directory's table, and says everything that is wrong with them.
struct DirectoryRows {
    private(set) var records = DirectoryRecords()
    private(set) var problems: [CSVTable.Problem] = []
    /// The ids of the rows, with their lines.
    private(set) var ids: [(id: String, line: Int)] = []

    static let columns: [String: (required: [String], optional: [String])] = [
        "units": (["id", "name", "level"], ["parent", "from", "to", "successor"]),
        "officials": (["id", "full_name"], ["login", "staff_category", "block", "email", "language"]),
        "posts": (["id", "official", "unit", "title", "roles", "from"], ["main", "to"]),
        "delegations": (["id", "official", "deputy", "from", "to"], ["role", "document"]),
    ]

    init(_ table: CSVTable, name: String) {
        let columns = Self.columns[name] ?? ([], [])
        for column in columns.required where !table.columns.contains(column) {
            report(1, 1, vi: "thiếu cột \(column)", en: "the column \(column) is missing")
        }
        for column in table.columns where !(columns.required + columns.optional).contains(column) {
            let known = (columns.required + columns.optional).joined(separator: ", ")
            report(
                1, 1, vi: "không có cột \(column); các cột: \(known)",
                en: "there is no column \(column); there are \(known)")
        }
        if !problems.isEmpty { return }
        for row in table.rows { read(row, name) }
    }

    private mutating func report(_ line: Int, _ column: Int, vi: String, en: String) {
        problems.append(CSVTable.Problem(line: line, column: column, message: LocalizedText(vi: vi, en: en)))
    }

    private mutating func required(_ row: CSVTable.Row, _ name: String) -> String {
        if let text = row.text(name) { return text.precomposedStringWithCanonicalMapping }
        report(row.line, row.fields[name]?.column ?? 1, vi: "\(name) để trống", en: "\(name) is empty")
        return ""
    }

    private mutating func id(_ row: CSVTable.Row, _ name: String) -> String {
        let text = required(row, name)
        if !text.isEmpty, text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,63}/) == nil {
            report(
                row.line, row.fields[name]?.column ?? 1,
                vi: "\(name) \"\(text)\" chỉ được gồm chữ không dấu, số và . _ -",
                en: "\(name) \"\(text)\" may only hold letters without marks, digits and . _ -")
        }
        return text
    }

    private mutating func date(_ row: CSVTable.Row, _ name: String) -> LocalDate? {
        guard let text = row.text(name) else { return nil }
        if let date = LocalDate(text) { return date }
        report(
            row.line, row.fields[name]?.column ?? 1, vi: "\(name) \"\(text)\" không phải ngày dạng 2022-07-29",
            en: "\(name) \"\(text)\" is no date such as 2022-07-29")
        return nil
    }

    private mutating func order(_ row: CSVTable.Row, _ from: LocalDate?, _ to: LocalDate?) {
        guard let from, let to, to < from else { return }
        report(row.line, row.fields["to"]?.column ?? 1, vi: "to trước from", en: "to is before from")
    }

    private func optional(_ row: CSVTable.Row, _ name: String) -> String? {
        row.text(name)?.precomposedStringWithCanonicalMapping
    }

    private mutating func read(_ row: CSVTable.Row, _ table: String) {
        let id = id(row, "id")
        ids.append((id, row.line))
        switch table {
        case "units":
            let (from, to) = (date(row, "from"), date(row, "to"))
            order(row, from, to)
            records.units.append(
                Unit(
                    id: id, name: required(row, "name"), level: self.id(row, "level"), parent: optional(row, "parent"),
                    from: from, to: to, successor: optional(row, "successor")))
        case "officials":
            let language = row.text("language")
            if let language, Language(rawValue: language) == nil {
                report(
                    row.line, row.fields["language"]?.column ?? 1, vi: "language là vi hoặc en",
                    en: "language is vi or en")
            }
            records.officials.append(
                Official(
                    id: id, fullName: required(row, "full_name"), login: row.text("login"),
                    staffCategory: optional(row, "staff_category"), block: optional(row, "block"),
                    email: row.text("email"), language: language))
        case "posts":
            let (from, to) = (date(row, "from"), date(row, "to"))
            if from == nil { _ = required(row, "from") }
            order(row, from, to)
            let main = row.text("main") ?? "false"
            if !["true", "false"].contains(main) {
                report(
                    row.line, row.fields["main"]?.column ?? 1, vi: "main là true hoặc false",
                    en: "main is true or false")
            }
            let roles = (row.text("roles") ?? "").split(separator: ";").map { String($0) }
            for role in roles where role.wholeMatch(of: /[a-z][a-z0-9_]*/) == nil {
                report(
                    row.line, row.fields["roles"]?.column ?? 1, vi: "vai trò \"\(role)\" chỉ gồm a-z, 0-9 và _",
                    en: "the role \"\(role)\" may only hold a-z, 0-9 and _")
            }
            guard let from else { return }
            records.posts.append(
                Post(
                    id: id, official: self.id(row, "official"), unit: self.id(row, "unit"),
                    title: required(row, "title"), roles: roles, main: main == "true", from: from, to: to))
        default:
            let (from, to) = (date(row, "from"), date(row, "to"))
            order(row, from, to)
            let (official, deputy) = (self.id(row, "official"), self.id(row, "deputy"))
            if official == deputy, !official.isEmpty {
                report(
                    row.line, row.fields["deputy"]?.column ?? 1, vi: "không ai ủy quyền cho chính mình",
                    en: "nobody delegates to himself")
            }
            guard let from, let to else {
                _ = required(row, "from")
                _ = required(row, "to")
                return
            }
            records.delegations.append(
                Delegation(
                    id: id, official: official, deputy: deputy, role: row.text("role"), from: from, to: to,
                    document: optional(row, "document")))
        }
    }
}
