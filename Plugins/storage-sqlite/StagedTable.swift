import GRDB
import JSONCore
import PluginKit
import Workflow

/// What imports bring for one table of the directory, set aside in a table of the same columns. Everything is done by
/// statements over all rows at once.
struct StagedTable<Record: DirectoryRow> {
    private static var kept: String { Record.table.rawValue }
    private static var staged: String { "staged_\(Record.table)" }
    private static var keys: ArraySlice<String> { Record.columns.prefix(Record.keyCount) }

    // The unary plus keeps SQLite from an index, after which it would have to sort.
    /// A staged row (s) beside the one that is kept under its key (k), if there is one.
    private static var joined: String {
        let sameKey = keys.map { "k.\($0) = s.\($0)" }.joined(separator: " AND ")
        return "\(staged) AS s LEFT JOIN \(kept) AS k ON \(sameKey)"
    }

    /// Whether what is kept stays: what is staged says the same, or asks for an acceptance that was given already.
    private static var isSame: String {
        Record.columns.map { column in
            switch column {
            case "acceptance": "(s.acceptance = k.acceptance OR s.acceptance = 'awaited' AND k.acceptance = 'accepted')"
            case "accepted_on": "(s.accepted_on IS k.accepted_on OR s.acceptance = 'awaited')"
            default: "s.\(column) IS k.\(column)"
            }
        }.joined(separator: " AND ")
    }

    let name: String
    private var key: [DatabaseValue] { [DatabaseValue(name)] }

    /// - Parameter name: The import's.
    init(of name: String) { self.name = name }

    func add(_ records: [Record], places: some Sequence<String>, in db: Database) throws {
        guard !records.isEmpty else { return }
        let insert = try WriterStatement(
            """
            INSERT INTO \(Self.staged) (import, place, \(Record.columns.joined(separator: ", ")))
            VALUES (?, ?, \(Record.columns.map { _ in "?" }.joined(separator: ", ")))
            """, in: db)
        for (record, place) in zip(records, places) {
            try insert.run([.text(name), .text(place)] + record.values)
        }
    }

    func remove(in db: Database) throws { try db.run("DELETE FROM \(Self.staged) WHERE import = ?", key) }

    func count(in db: Database) throws -> ImportCount {
        let sql = """
            SELECT coalesce(sum(k.id IS NULL), 0), coalesce(sum(k.id IS NOT NULL AND NOT (\(Self.isSame))), 0), count(*)
            FROM \(Self.joined) WHERE +s.import = ?
            """
        return try db.row(sql, key) { row in
            ImportCount(added: row[0], changed: row[1], same: (row[2] as Int) - row[0] - row[1])
        } ?? .zero
    }

    /// What is there twice.
    func duplicates(in db: Database) throws -> [DirectoryProblem] {
        let keys = Self.keys.joined(separator: ", ")
        return try db.rows(
            """
            SELECT s.id, s.place, first.place FROM (
              SELECT min(rowid) AS first_row, \(keys) FROM \(Self.staged) WHERE import = ?1
              GROUP BY \(keys) HAVING count(*) > 1
            ) AS twice
            JOIN \(Self.staged) AS first ON first.rowid = first_row
            JOIN \(Self.staged) AS s ON s.import = ?1 AND s.rowid > first_row
              AND \(Self.keys.map { "s.\($0) = twice.\($0)" }.joined(separator: " AND "))
            ORDER BY s.rowid
            """, key
        ) { row in
            DirectoryProblem(
                kind: .duplicate, table: Record.table, id: row[0], field: "id", place: row[1], otherPlace: row[2])
        }
    }

    /// Those that name an official or a unit which is not there, looked for after ``merge(into:in:)``.
    func dangling(
        _ field: String, in table: DirectoryRecords.Table, _ kind: DirectoryProblem.Kind, in db: Database
    ) throws -> [DirectoryProblem] {
        try db.rows(
            """
            SELECT id, \(field), place FROM \(Self.staged)
            WHERE import = ? AND NOT EXISTS (SELECT 1 FROM \(table) AS named WHERE named.id = \(Self.staged).\(field))
            ORDER BY rowid
            """, key
        ) { row in
            DirectoryProblem(kind: kind, table: Record.table, id: row[0], field: field, other: row[1], place: row[2])
        }
    }

    /// Writes what is new or differs, and what it was before, into the directory and its history.
    func merge(into entry: Int, in db: Database) throws {
        let values = [DatabaseValue(name), DatabaseValue(entry)]
        try db.run(
            """
            INSERT INTO directory_changes (entry, kind, id)
            SELECT ?2, '\(Self.kept)', s.id FROM \(Self.joined) WHERE +s.import = ?1 AND k.id IS NULL ORDER BY s.rowid
            """, values)
        let note = try WriterStatement(
            "INSERT INTO directory_changes (entry, kind, id, old, new) VALUES (?, '\(Self.kept)', ?, ?, ?)", in: db)
        let changed = try Row.fetchCursor(
            db,
            sql:
                "\(Self.selectPairs) WHERE +s.import = ? AND k.id IS NOT NULL AND NOT (\(Self.isSame)) ORDER BY s.rowid",
            arguments: [name])
        while let row = try changed.next() {
            let (old, new) = try Self.pair(row)
            try note.run([.int(entry), .text(new.id), ColumnValue(old?.json), ColumnValue(.object(new.json))])
        }
        let others = Record.columns.dropFirst(Record.keyCount).map { "\($0) = excluded.\($0)" }
        try db.run(
            """
            INSERT INTO \(Self.kept) (\(Record.columns.joined(separator: ", ")))
            SELECT \(Record.columns(of: "s")) FROM \(Self.joined)
            WHERE +s.import = ? AND (k.id IS NULL OR NOT (\(Self.isSame)))
            ON CONFLICT DO UPDATE SET \(others.joined(separator: ", "))
            """, key)
    }

    /// A page of what would be added or changed.
    /// - Parameter row: Of the staged row after which it begins.
    func changes(after row: Int, limit: Int, in db: Database) throws -> [(change: DirectoryChange, row: Int)] {
        try db.rows(
            """
            \(Self.selectPairs) WHERE +s.import = ? AND s.rowid > ? AND (k.id IS NULL OR NOT (\(Self.isSame)))
            ORDER BY s.rowid LIMIT ?
            """, key + [DatabaseValue(row), DatabaseValue(limit)]
        ) { row in
            let (old, new) = try Self.pair(row)
            return (DirectoryChange(table: Record.table, id: new.id, old: old?.json, new: new.json), row[0])
        }
    }

    private static var selectPairs: String {
        "SELECT s.rowid, \(Record.columns(of: "s")), \(Record.columns(of: "k")) FROM \(joined)"
    }

    private static func pair(_ row: Row) throws -> (old: Record?, new: Record) {
        let count = Record.columns.count
        return (
            row.hasNull(atIndex: 1 + count) ? nil : try Record(row: row, at: 1 + count), try Record(row: row, at: 1)
        )
    }
}

extension ColumnValue {
    fileprivate init(_ json: JSONObject?) { self = json.map { ColumnValue(.object($0)) } ?? .null }
}
