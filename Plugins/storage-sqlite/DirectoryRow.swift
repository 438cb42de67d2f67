import GRDB
import JSONCore
import PluginKit
import Workflow

/// A record of the directory as a row of its table.
protocol DirectoryRow: Equatable {
    static var table: String { get }
    static var columns: [String] { get }
    var id: String { get }
    var values: [DatabaseValue] { get }
    /// What it names of other records.
    var references: [(kind: MissingReference.Kind, id: String)] { get }
    var json: JSONObject { get }
    init(row: Row) throws
    init(json: JSONObject) throws(JSONFieldError)
}

extension DirectoryRow {
    static var select: String { "SELECT \(columns.joined(separator: ", ")) FROM \(table)" }

    /// Replaces the row with the same id.
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
    static let columns = ["id", "name", "level", "parent", "from_date", "to_date", "successor"]

    var values: [DatabaseValue] {
        [
            DatabaseValue(id), DatabaseValue(name), DatabaseValue(level), DatabaseValue(parent), DatabaseValue(from),
            DatabaseValue(to), DatabaseValue(successor),
        ]
    }

    var references: [(kind: MissingReference.Kind, id: String)] {
        [parent, successor].compactMap { id in id.map { (.unit, $0) } }
    }

    init(row: Row) throws {
        self.init(
            id: row[0], name: row[1], level: row[2], parent: row[3], from: try row.optionalDate(4),
            to: try row.optionalDate(5), successor: row[6])
    }
}

extension Official: DirectoryRow {
    static let table = "officials"
    static let columns = [
        "id", "full_name", "login", "staff_category", "block", "email", "language", "name_key",
    ]

    var values: [DatabaseValue] {
        [
            DatabaseValue(id), DatabaseValue(fullName), DatabaseValue(login), DatabaseValue(staffCategory),
            DatabaseValue(block), DatabaseValue(email), DatabaseValue(language), DatabaseValue(searchKey(fullName)),
        ]
    }

    var references: [(kind: MissingReference.Kind, id: String)] { [] }

    init(row: Row) throws {
        self.init(
            id: row[0], fullName: row[1], login: row[2], staffCategory: row[3], block: row[4], email: row[5],
            language: row[6])
    }
}

extension Post: DirectoryRow {
    static let table = "posts"
    static let columns = ["id", "official", "unit", "title", "roles", "main", "from_date", "to_date"]

    var values: [DatabaseValue] {
        [
            DatabaseValue(id), DatabaseValue(official), DatabaseValue(unit), DatabaseValue(title),
            DatabaseValue(JSON.array(roles.map(JSON.string))), DatabaseValue(main ? 1 : 0), DatabaseValue(from),
            DatabaseValue(to),
        ]
    }

    var references: [(kind: MissingReference.Kind, id: String)] { [(.official, official), (.unit, unit)] }

    init(row: Row) throws {
        self.init(
            id: row[0], official: row[1], unit: row[2], title: row[3], roles: try row.strings(4), main: row[5],
            from: try row.date(6), to: try row.optionalDate(7))
    }
}

extension Delegation: DirectoryRow {
    static let table = "delegations"
    static let columns = ["id", "official", "deputy", "role", "from_date", "to_date", "document"]

    var values: [DatabaseValue] {
        [
            DatabaseValue(id), DatabaseValue(official), DatabaseValue(deputy), DatabaseValue(role), DatabaseValue(from),
            DatabaseValue(to), DatabaseValue(document),
        ]
    }

    var references: [(kind: MissingReference.Kind, id: String)] { [(.official, official), (.official, deputy)] }

    init(row: Row) throws {
        self.init(
            id: row[0], official: row[1], deputy: row[2], role: row[3], from: try row.date(4), to: try row.date(5),
            document: row[6])
    }
}
