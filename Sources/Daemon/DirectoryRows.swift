import Foundation
import PluginKit
import Workflow

/// Reads the rows of a directory's table, and says everything that is wrong with them.
struct DirectoryRows {
    private(set) var records = DirectoryRecords()
    private(set) var problems: [CSVTable.Problem] = []
    /// Where each record stands; "" for one with problems.
    private(set) var places: [String] = []
    let count: Int
    private let file: String

    private static let preferences = ["channel", "language", "quiet_hours", "digest"]

    private static func columns(of table: DirectoryRecords.Table) -> (required: [String], optional: [String]) {
        switch table {
        case .units: (["id", "name", "level"], ["parent", "from", "to", "successor"] + preferences)
        case .officials:
            (
                ["id", "full_name"],
                ["family_name", "middle_name", "given_name", "login", "staff_category", "email", "phone"] + preferences
            )
        case .posts: (["id", "official", "unit", "title", "roles", "from"], ["main", "leader", "block", "to"])
        case .delegations: (["id", "official", "deputy", "from", "to"], ["role", "document", "acceptance"])
        }
    }

    init(_ table: CSVTable, name: DirectoryRecords.Table, file: String) {
        self.file = file
        count = table.rows.count
        let columns = Self.columns(of: name)
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

    /// At a field of a row.
    private mutating func report(_ row: CSVTable.Row, _ field: String, vi: String, en: String) {
        report(row.line, row.column(of: field), vi: vi, en: en)
    }

    private mutating func required(_ row: CSVTable.Row, _ name: String) -> String {
        if let text = row.text(name) { return text.precomposedStringWithCanonicalMapping }
        report(row, name, vi: "\(name) để trống", en: "\(name) is empty")
        return ""
    }

    private mutating func id(_ row: CSVTable.Row, _ name: String) -> String {
        let text = required(row, name)
        if !text.isEmpty, !Self.isID(text) {
            report(
                row, name,
                vi: "\(name) \"\(text)\" chỉ được gồm chữ không dấu, số và . _ -",
                en: "\(name) \"\(text)\" may only hold letters without marks, digits and . _ -")
        }
        return text
    }

    private mutating func date(_ row: CSVTable.Row, _ name: String) -> LocalDate? {
        guard let text = row.text(name) else { return nil }
        if let date = LocalDate(text) { return date }
        report(
            row, name, vi: "\(name) \"\(text)\" không phải ngày dạng 2022-07-29",
            en: "\(name) \"\(text)\" is no date such as 2022-07-29")
        return nil
    }

    private mutating func order(_ row: CSVTable.Row, _ from: LocalDate?, _ to: LocalDate?) {
        guard let from, let to, to < from else { return }
        report(row, "to", vi: "to trước from", en: "to is before from")
    }

    private func optional(_ row: CSVTable.Row, _ name: String) -> String? {
        row.text(name)?.precomposedStringWithCanonicalMapping
    }

    // Not regular expressions, which are a hundred times slower: there are a million rows.
    private static func isID(_ text: String) -> Bool {
        text.utf8.count <= 64 && text.utf8.first.map(isLetterOrDigit) == true
            && text.utf8.allSatisfy { isLetterOrDigit($0) || ".-_".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func isRole(_ text: String) -> Bool {
        text.utf8.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } == true
            && text.utf8.allSatisfy { isLetterOrDigit($0) && !($0 < 0x61 && $0 > 0x39) || $0 == UInt8(ascii: "_") }
    }

    private mutating func read(_ row: CSVTable.Row, _ table: DirectoryRecords.Table) {
        let (before, problemsBefore) = (records.count, problems.count)
        let id = id(row, "id")
        switch table {
        case .units: readUnit(row, id)
        case .officials: readOfficial(row, id)
        case .posts: readPost(row, id)
        case .delegations: readDelegation(row, id)
        }
        guard records.count > before else { return }
        places.append(problems.count > problemsBefore ? "" : DirectoryPlace(row, of: table, file: file).text)
    }

    private mutating func readUnit(_ row: CSVTable.Row, _ id: String) {
        let (from, to) = (date(row, "from"), date(row, "to"))
        order(row, from, to)
        records.units.append(
            Unit(
                id: id, name: required(row, "name"), level: self.id(row, "level"), parent: optional(row, "parent"),
                from: from, to: to, successor: optional(row, "successor"), preferences: preferences(row)))
    }

    private mutating func readOfficial(_ row: CSVTable.Row, _ id: String) {
        records.officials.append(
            Official(
                id: id, fullName: required(row, "full_name"), familyName: optional(row, "family_name"),
                middleName: optional(row, "middle_name"), givenName: optional(row, "given_name"),
                login: row.text("login"), staffCategory: optional(row, "staff_category"), email: row.text("email"),
                phone: row.text("phone"), preferences: preferences(row)))
    }

    private mutating func readPost(_ row: CSVTable.Row, _ id: String) {
        let (from, to) = (date(row, "from"), date(row, "to"))
        if from == nil { _ = required(row, "from") }
        order(row, from, to)
        let roles = (row.text("roles") ?? "").split(separator: ";").map { String($0) }
        for role in roles where !Self.isRole(role) {
            report(
                row, "roles", vi: "vai trò \"\(role)\" chỉ gồm a-z, 0-9 và _",
                en: "the role \"\(role)\" may only hold a-z, 0-9 and _")
        }
        let post = Post(
            id: id, official: self.id(row, "official"), unit: self.id(row, "unit"), title: required(row, "title"),
            roles: roles, main: flag(row, "main"), leader: flag(row, "leader"), block: optional(row, "block"),
            from: from ?? LocalDate(daysSinceEpoch: 0), to: to)
        if from != nil { records.posts.append(post) }
    }

    private mutating func readDelegation(_ row: CSVTable.Row, _ id: String) {
        let (from, to) = (date(row, "from"), date(row, "to"))
        order(row, from, to)
        let (official, deputy) = (self.id(row, "official"), self.id(row, "deputy"))
        if official == deputy, !official.isEmpty {
            report(row, "deputy", vi: "không ai ủy quyền cho chính mình", en: "nobody delegates to himself")
        }
        let acceptance = choice(row, "acceptance", among: ["required", "not_required"])
        guard let from, let to else {
            _ = required(row, "from")
            _ = required(row, "to")
            return
        }
        records.delegations.append(
            Delegation(
                id: id, official: official, deputy: deputy, role: row.text("role"), from: from, to: to,
                document: optional(row, "document"), acceptance: acceptance == "required" ? .awaited : .notRequired))
    }

    private mutating func preferences(_ row: CSVTable.Row) -> Preferences {
        let quietHours = row.text("quiet_hours")
        let hours = /(?:[01][0-9]|2[0-3]):[0-5][0-9]/
        if let quietHours {
            let times = quietHours.split(separator: "-", omittingEmptySubsequences: false)
            if times.count != 2 || !times.allSatisfy({ $0.wholeMatch(of: hours) != nil }) || times[0] == times[1] {
                report(
                    row, "quiet_hours", vi: "quiet_hours \"\(quietHours)\" không phải khoảng giờ dạng 21:00-06:30",
                    en: "quiet_hours \"\(quietHours)\" are no hours such as 21:00-06:30")
            }
        }
        return Preferences(
            channel: row.text("channel") == nil ? nil : id(row, "channel"),
            language: choice(row, "language", among: Language.allCases.map(\.rawValue)), quietHours: quietHours,
            digest: choice(row, "digest", among: Preferences.Digest.allCases.map(\.rawValue))
                .flatMap(Preferences.Digest.init(rawValue:)))
    }

    private mutating func flag(_ row: CSVTable.Row, _ name: String) -> Bool {
        // Spreadsheets write TRUE.
        choice(row, name, among: ["true", "false"], text: row.text(name)?.lowercased()) == "true"
    }

    /// One of some words; nil when it is left out.
    private mutating func choice(
        _ row: CSVTable.Row, _ name: String, among words: [String], text: String? = nil
    ) -> String? {
        guard let text = text ?? row.text(name) else { return nil }
        if !words.contains(text) {
            report(
                row, name, vi: "\(name) là \(words.joined(separator: " hoặc "))",
                en: "\(name) is \(words.joined(separator: " or "))")
        }
        return text
    }
}
