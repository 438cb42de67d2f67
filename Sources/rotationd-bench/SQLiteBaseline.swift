import Foundation
import GRDBSQLite

/// SQLite without anything around it, writing the rows that the run has left in the store, step by step: the event, its
/// messages, and its case with the document as it is now. Into tables and indices like the store's, with a write-ahead log
/// and a sync for every transaction.
struct SQLiteBaseline {
    private enum Value {
        case null, int(Int64), text(String)
    }

    private struct Table {
        let name: String
        let columns: Int
    }

    private struct Write {
        let table: Int
        let row: [Value]
    }

    private let folder: String
    private let schema: [String]
    private let tables: [Table]
    private let steps: [[Write]]

    /// Steps that are kept in memory; when they have been written the measuring ends.
    private static let mostSteps = 20_000

    init(store: String, folder: String) throws {
        self.folder = folder
        let source = try Connection(store)
        let names = ["cases", "documents", "events", "messages"]
        schema = try source.rows(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN ('cases','documents','events','messages')"
        ).compactMap { if case .text(let sql) = $0[0] { sql } else { nil } }
        tables = try names.map { name in
            Table(name: name, columns: try source.rows("SELECT 1 FROM pragma_table_info('\(name)')").count)
        }
        let chosen = "(SELECT * FROM events ORDER BY position LIMIT \(Self.mostSteps))"
        var steps: [[Write]] = []
        var index: [String: Int] = [:]
        func key(_ caseID: Value, _ version: Value) -> String { "\(caseID)/\(version)" }
        for (event, rest) in zip(
            try source.rows("SELECT * FROM \(chosen) ORDER BY position"),
            try source.rows(
                """
                SELECT cases.*, documents.* FROM \(chosen) e JOIN cases ON cases.id = e.case_id
                JOIN documents ON documents.case_id = e.case_id ORDER BY e.position
                """))
        {
            index[key(event[1], event[2])] = steps.count
            steps.append([
                Write(table: 0, row: Array(rest.prefix(tables[0].columns))),
                Write(table: 1, row: Array(rest.dropFirst(tables[0].columns))), Write(table: 2, row: event),
            ])
        }
        for message in try source.rows("SELECT * FROM messages") {
            if let step = index[key(message[1], message[2])] { steps[step].append(Write(table: 3, row: message)) }
        }
        self.steps = steps
    }

    func stepsPerSecond(batch: Int, seconds: Double) throws -> Double {
        let path = folder + "/baseline-\(batch).sqlite"
        defer { for end in ["", "-wal", "-shm"] { unlink(path + end) } }
        let connection = try Connection(path)
        try connection.run("PRAGMA journal_mode = WAL")
        try connection.run("PRAGMA synchronous = FULL")
        for sql in schema { try connection.run(sql) }
        let statements = try tables.map { table in
            let marks = Array(repeating: "?", count: table.columns).joined(separator: ", ")
            return try connection.prepare("REPLACE INTO \(table.name) VALUES (\(marks))")
        }
        defer { for statement in statements { sqlite3_finalize(statement) } }
        let begin = Machine.now
        let end = begin + UInt64(seconds * 1e9)
        var written = 0
        while written < steps.count, Machine.now < end {
            try connection.run("BEGIN IMMEDIATE")
            for step in steps[written..<min(written + batch, steps.count)] {
                for write in step { try connection.step(statements[write.table], write.row) }
                written += 1
            }
            try connection.run("COMMIT")
        }
        return Double(written) / (Double(Machine.now - begin) / 1e9)
    }

    private final class Connection {
        private var handle: OpaquePointer?

        init(_ path: String) throws {
            guard sqlite3_open(path, &handle) == SQLITE_OK else { throw BenchError("cannot open \(path)") }
        }

        deinit { sqlite3_close(handle) }

        private func check(_ code: CInt, _ what: String) throws {
            guard [SQLITE_OK, SQLITE_DONE, SQLITE_ROW].contains(code) else {
                throw BenchError("\(what): \(String(cString: sqlite3_errmsg(handle)))")
            }
        }

        func run(_ sql: String) throws { try check(sqlite3_exec(handle, sql, nil, nil, nil), sql) }

        func prepare(_ sql: String) throws -> OpaquePointer? {
            var statement: OpaquePointer?
            try check(sqlite3_prepare_v2(handle, sql, -1, &statement, nil), sql)
            return statement
        }

        func step(_ statement: OpaquePointer?, _ row: [Value]) throws {
            for (index, value) in row.enumerated() {
                let place = CInt(index + 1)
                switch value {
                case .null: sqlite3_bind_null(statement, place)
                case .int(let value): sqlite3_bind_int64(statement, place, value)
                case .text(var text):
                    // -1 as the destructor is SQLITE_TRANSIENT: SQLite copies the text.
                    _ = text.withUTF8 { utf8 in
                        utf8.withMemoryRebound(to: CChar.self) {
                            sqlite3_bind_text(
                                statement, place, $0.baseAddress, CInt($0.count),
                                unsafeBitCast(-1, to: sqlite3_destructor_type.self))
                        }
                    }
                }
            }
            let code = sqlite3_step(statement)
            sqlite3_reset(statement)
            try check(code, "writing a row")
        }

        func rows(_ sql: String) throws -> [[Value]] {
            let statement = try prepare(sql)
            defer { sqlite3_finalize(statement) }
            var rows: [[Value]] = []
            while sqlite3_step(statement) == SQLITE_ROW {
                rows.append(
                    (0..<sqlite3_column_count(statement)).map { column in
                        switch sqlite3_column_type(statement, column) {
                        case SQLITE_NULL: .null
                        case SQLITE_INTEGER: .int(sqlite3_column_int64(statement, column))
                        default: .text(sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "")
                        }
                    })
            }
            return rows
        }
    }
}
