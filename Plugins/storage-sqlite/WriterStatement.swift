import GRDB
import GRDBSQLite

/// A prepared statement of the writer's connection, used through SQLite's own functions: a commit runs a dozen of them,
/// and what a general library does around each costs more than SQLite itself.
///
/// Not Sendable: it lives on the writer's queue.
final class WriterStatement {
    private let handle: OpaquePointer
    private let connection: OpaquePointer

    init(_ sql: String, in db: Database) throws {
        guard let connection = db.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw Self.error(code, connection) }
        self.handle = handle
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    /// Runs it to its end.
    func run(_ values: some Collection<ColumnValue>) throws {
        try bind(values)
        defer { sqlite3_reset(handle) }
        while try step() {}
    }

    /// The rows, each of as many columns as the statement selects.
    func rows(_ values: some Collection<ColumnValue>) throws -> [[ColumnValue]] {
        try bind(values)
        defer { sqlite3_reset(handle) }
        let count = sqlite3_column_count(handle)
        var rows: [[ColumnValue]] = []
        while try step() { rows.append((0..<count).map(column)) }
        return rows
    }

    private func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw Self.error(code, connection)
        }
    }

    private func bind(_ values: some Collection<ColumnValue>) throws {
        for (index, value) in zip(CInt(1)..., values) {
            let code =
                switch value {
                case .null: sqlite3_bind_null(handle, index)
                case .int(let number): sqlite3_bind_int64(handle, index, Int64(number))
                case .text(var text):
                    text.withUTF8 { utf8 in
                        utf8.withMemoryRebound(to: CChar.self) { bytes in
                            // Without an address it would bind null.
                            guard let start = bytes.baseAddress else {
                                return sqlite3_bind_text(handle, index, "", 0, Self.copied)
                            }
                            return sqlite3_bind_text(handle, index, start, CInt(bytes.count), Self.copied)
                        }
                    }
                }
            guard code == SQLITE_OK else { throw Self.error(code, connection) }
        }
    }

    private func column(_ index: CInt) -> ColumnValue {
        switch sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: return .int(Int(sqlite3_column_int64(handle, index)))
        case SQLITE_TEXT:
            let bytes = UnsafeBufferPointer(
                start: sqlite3_column_text(handle, index), count: Int(sqlite3_column_bytes(handle, index)))
            return .text(String(decoding: bytes, as: UTF8.self))
        default: return .null
        }
    }

    /// SQLITE_TRANSIENT, which the importer cannot express.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private static func error(_ code: CInt, _ connection: OpaquePointer) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: String(cString: sqlite3_errmsg(connection)))
    }
}
