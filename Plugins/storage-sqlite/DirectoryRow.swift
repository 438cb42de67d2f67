import GRDB
import JSONCore
import PluginKit
import Workflow

/// A record of the directory as a row of its table.
protocol DirectoryRow: Equatable {
    static var table: String { get }
    /// Those of the key first.
    static var columns: [String] { get }
    /// How many columns are the key: the id, for a unit with its first day.
    static var keyCount: Int { get }
    var id: String { get }
    var values: [DatabaseValue] { get }
    /// What it names of other records.
    var references: [(kind: MissingReference.Kind, id: String)] { get }
    var json: JSONObject { get }
    init(row: Row) throws
    init(json: JSONObject) throws(JSONFieldError)
}

extension DirectoryRow {
    static var keyCount: Int { 1 }
    static var select: String { "SELECT \(columns.joined(separator: ", ")) FROM \(table)" }
    var key: [DatabaseValue] { Array(values.prefix(Self.keyCount)) }

    /// What is kept under the same key.
    func kept(in db: Database) throws -> Self? {
        let conditions = Self.columns.prefix(Self.keyCount).map { "\($0) = ?" }.joined(separator: " AND ")
        return try db.row("\(Self.select) WHERE \(conditions)", key, Self.init(row:))
    }

    /// Replaces the row with the same key.
    func save(in db: Database) throws {
        try db.run(
            """
            INSERT OR REPLACE INTO \(Self.table) (\(Self.columns.joined(separator: ", ")))
            VALUES (\(Self.columns.map { _ in "?" }.joined(separator: ", ")))
            """, values)
    }
}

extension Unit: DirectoryRow {
    static let table = "units"
    static let keyCount = 2
    static let columns = [
        "id", "from_date", "name", "level", "parent", "to_date", "successor", "channel", "language", "quiet_hours",
        "digest", "name_key", "sort_key",
    ]

    var values: [DatabaseValue] {
        [
            DatabaseValue(id), DatabaseValue(from?.description ?? ""), DatabaseValue(name), DatabaseValue(level),
            DatabaseValue(parent), DatabaseValue(to), DatabaseValue(successor),
        ] + preferences.values + [DatabaseValue(searchKey(name)), DatabaseValue(sortKey(name))]
    }

    var references: [(kind: MissingReference.Kind, id: String)] {
        [parent, successor].compactMap { id in id.map { (.unit, $0) } }
    }

    init(row: Row) throws {
        self.init(
            id: row[0], name: row[2], level: row[3], parent: row[4],
            from: (row[1] as String).isEmpty ? nil : try row.date(1),
            to: try row.optionalDate(5), successor: row[6], preferences: Preferences(row: row, at: 7))
    }
}

extension Preferences {
    var values: [DatabaseValue] {
        [
            DatabaseValue(channel), DatabaseValue(language), DatabaseValue(quietHours),
            DatabaseValue(digest?.rawValue),
        ]
    }

    init(row: Row, at index: Int) {
        self.init(
            channel: row[index], language: row[index + 1], quietHours: row[index + 2],
            digest: (row[index + 3] as String?).flatMap(Digest.init(rawValue:)))
    }
}

extension Official: DirectoryRow {
    static let table = "officials"
    static let columns = [
        "id", "full_name", "family_name", "middle_name", "given_name", "login", "staff_category", "email", "phone",
        "channel", "language", "quiet_hours", "digest", "name_key", "sort_key",
    ]

    var values: [DatabaseValue] {
        [
            DatabaseValue(id), DatabaseValue(fullName), DatabaseValue(familyName), DatabaseValue(middleName),
            DatabaseValue(givenName), DatabaseValue(login), DatabaseValue(staffCategory), DatabaseValue(email),
            DatabaseValue(phone),
        ] + preferences.values + [DatabaseValue(searchKey(fullName)), DatabaseValue(sortKey)]
    }

    var references: [(kind: MissingReference.Kind, id: String)] { [] }

    init(row: Row) throws {
        self.init(
            id: row[0], fullName: row[1], familyName: row[2], middleName: row[3], givenName: row[4], login: row[5],
            staffCategory: row[6], email: row[7], phone: row[8], preferences: Preferences(row: row, at: 9))
    }
}

extension Post: DirectoryRow {
    static let table = "posts"
    static let columns = [
        "id", "official", "unit", "title", "roles", "main", "leader", "block", "from_date", "to_date",
    ]

    var values: [DatabaseValue] {
        [
            DatabaseValue(id), DatabaseValue(official), DatabaseValue(unit), DatabaseValue(title),
            DatabaseValue(JSON.array(roles.map(JSON.string))), DatabaseValue(main ? 1 : 0),
            DatabaseValue(leader ? 1 : 0), DatabaseValue(block), DatabaseValue(from), DatabaseValue(to),
        ]
    }

    var references: [(kind: MissingReference.Kind, id: String)] { [(.official, official), (.unit, unit)] }

    init(row: Row) throws {
        self.init(
            id: row[0], official: row[1], unit: row[2], title: row[3], roles: try row.strings(4), main: row[5],
            leader: row[6], block: row[7], from: try row.date(8), to: try row.optionalDate(9))
    }
}

extension Delegation: DirectoryRow {
    static let table = "delegations"
    static let columns = [
        "id", "official", "deputy", "role", "from_date", "to_date", "document", "acceptance", "accepted_on",
    ]

    var values: [DatabaseValue] {
        [
            DatabaseValue(id), DatabaseValue(official), DatabaseValue(deputy), DatabaseValue(role), DatabaseValue(from),
            DatabaseValue(to), DatabaseValue(document), DatabaseValue(acceptance.word),
            DatabaseValue(acceptance.acceptedOn),
        ]
    }

    var references: [(kind: MissingReference.Kind, id: String)] { [(.official, official), (.official, deputy)] }

    init(row: Row) throws {
        self.init(
            id: row[0], official: row[1], deputy: row[2], role: row[3], from: try row.date(4), to: try row.date(5),
            document: row[6], acceptance: try Self.acceptance(row))
    }

    private static func acceptance(_ row: Row) throws -> Acceptance {
        guard let acceptance = Acceptance(word: row[7], on: try row.optionalDate(8)) else {
            throw ColumnError(description: "\"\(row[7] as String)\" is no state of acceptance")
        }
        return acceptance
    }
}
