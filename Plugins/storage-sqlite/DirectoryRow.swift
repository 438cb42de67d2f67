import GRDB
import JSONCore
import PluginKit
import Workflow

/// A record of the directory as a row of its table.
protocol DirectoryRow: Equatable, Sendable {
    static var table: DirectoryRecords.Table { get }
    /// Those of the key first.
    static var columns: [String] { get }
    /// How many columns are the key: the id, for a unit with its first day.
    static var keyCount: Int { get }
    var id: String { get }
    var values: [ColumnValue] { get }
    var json: JSONObject { get }
    /// - Parameter index: Of the first column of the record within the row.
    init(row: Row, at index: Int) throws
}

extension DirectoryRow {
    static var keyCount: Int { 1 }
    static var select: String { "SELECT \(columns(of: table.rawValue)) FROM \(table)" }

    /// The columns, each of a table or of what stands for it in a statement.
    static func columns(of name: String) -> String { columns.map { "\(name).\($0)" }.joined(separator: ", ") }

    init(row: Row) throws { try self.init(row: row, at: 0) }
}

extension Unit: DirectoryRow {
    static let table = DirectoryRecords.Table.units
    static let keyCount = 2
    static let columns = [
        "id", "from_date", "to_date", "name", "name_key", "sort_key", "level", "parent", "successor", "channel",
        "language", "quiet_hours", "digest",
    ]

    var values: [ColumnValue] {
        [
            .text(id), .text(from?.description ?? ""), ColumnValue(to?.description), .text(name),
            .text(searchWords(name).joined(separator: " ")), .text(sortKey(name)), .text(level), ColumnValue(parent),
            ColumnValue(successor),
        ] + preferences.values
    }

    init(row: Row, at index: Int) throws {
        self.init(
            id: row[index], name: row[index + 3], level: row[index + 6], parent: row[index + 7],
            from: (row[index + 1] as String).isEmpty ? nil : try row.date(index + 1),
            to: try row.optionalDate(index + 2), successor: row[index + 8],
            preferences: Preferences(row: row, at: index + 9))
    }
}

extension Preferences {
    var values: [ColumnValue] {
        [ColumnValue(channel), ColumnValue(language), ColumnValue(quietHours), ColumnValue(digest?.rawValue)]
    }

    init(row: Row, at index: Int) {
        self.init(
            channel: row[index], language: row[index + 1], quietHours: row[index + 2],
            digest: (row[index + 3] as String?).flatMap(Digest.init(rawValue:)))
    }
}

extension Official: DirectoryRow {
    static let table = DirectoryRecords.Table.officials
    static let columns = [
        "id", "full_name", "family_name", "middle_name", "given_name", "name_key", "sort_key", "login",
        "staff_category", "email", "phone", "channel", "language", "quiet_hours", "digest",
    ]

    var values: [ColumnValue] {
        [
            .text(id), .text(fullName), .text(familyName), .text(middleName), .text(givenName),
            .text(searchWords(fullName).joined(separator: " ")), .text(sortKey), ColumnValue(login),
            ColumnValue(staffCategory),
            ColumnValue(email), ColumnValue(phone),
        ] + preferences.values
    }

    init(row: Row, at index: Int) throws {
        self.init(
            id: row[index], fullName: row[index + 1], familyName: row[index + 2], middleName: row[index + 3],
            givenName: row[index + 4], login: row[index + 7], staffCategory: row[index + 8], email: row[index + 9],
            phone: row[index + 10], preferences: Preferences(row: row, at: index + 11))
    }
}

extension Post: DirectoryRow {
    static let table = DirectoryRecords.Table.posts
    static let columns = [
        "id", "official", "unit", "title", "roles", "main", "leader", "block", "from_date", "to_date",
    ]

    var values: [ColumnValue] {
        [
            .text(id), .text(official), .text(unit), .text(title), ColumnValue(JSON.array(roles.map(JSON.string))),
            .int(main ? 1 : 0), .int(leader ? 1 : 0), ColumnValue(block), .text(from.description),
            ColumnValue(to?.description),
        ]
    }

    init(row: Row, at index: Int) throws {
        self.init(
            id: row[index], official: row[index + 1], unit: row[index + 2], title: row[index + 3],
            roles: try row.strings(index + 4), main: row[index + 5], leader: row[index + 6], block: row[index + 7],
            from: try row.date(index + 8), to: try row.optionalDate(index + 9))
    }
}

extension Delegation: DirectoryRow {
    static let table = DirectoryRecords.Table.delegations
    static let columns = [
        "id", "official", "deputy", "role", "from_date", "to_date", "document", "acceptance", "accepted_on",
    ]

    var values: [ColumnValue] {
        [
            .text(id), .text(official), .text(deputy), ColumnValue(role), .text(from.description),
            .text(to.description), ColumnValue(document), .text(acceptance.word),
            ColumnValue(acceptance.acceptedOn?.description),
        ]
    }

    init(row: Row, at index: Int) throws {
        guard let acceptance = Acceptance(word: row[index + 7], on: try row.optionalDate(index + 8)) else {
            throw ColumnError(description: "\"\(row[index + 7] as String)\" is no state of acceptance")
        }
        self.init(
            id: row[index], official: row[index + 1], deputy: row[index + 2], role: row[index + 3],
            from: try row.date(index + 4), to: try row.date(index + 5), document: row[index + 6],
            acceptance: acceptance)
    }
}
