import GRDB
import JSONCore
import Workflow

extension Database {
    /// Runs one statement, prepared once a connection.
    func run(_ sql: String, _ values: [DatabaseValue] = []) throws {
        let statement = try cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(values))
        try statement.execute()
    }

    /// Hands each row to `read`, in order. A row is valid only within the call.
    func rows<Value>(_ sql: String, _ values: [DatabaseValue] = [], _ read: (Row) throws -> Value) throws -> [Value] {
        let cursor = try Row.fetchCursor(cachedStatement(sql: sql), arguments: StatementArguments(values))
        var result: [Value] = []
        while let row = try cursor.next() { result.append(try read(row)) }
        return result
    }

    @discardableResult
    func row<Value>(_ sql: String, _ values: [DatabaseValue] = [], _ read: (Row) throws -> Value) throws -> Value? {
        let cursor = try Row.fetchCursor(cachedStatement(sql: sql), arguments: StatementArguments(values))
        return try cursor.next().map(read)
    }
}

extension DatabaseValue {
    init(_ text: String) { self = text.databaseValue }
    init(_ text: String?) { self = text?.databaseValue ?? .null }
    init(_ number: Int) { self = number.databaseValue }
    init(_ time: Timestamp) { self = time.description.databaseValue }
    init(_ time: Timestamp?) { self = time?.description.databaseValue ?? .null }
    init(_ date: LocalDate?) { self = date?.description.databaseValue ?? .null }
    /// The canonical text.
    init(_ json: JSON) { self = String(decoding: json.canonicalBytes(), as: UTF8.self).databaseValue }
}

/// A column that does not hold what the plugin writes there: somebody else changed the store.
struct ColumnError: Error, CustomStringConvertible {
    var description: String
}

extension Row {
    func timestamp(_ index: Int) throws -> Timestamp {
        let text: String = self[index]
        guard let time = Timestamp(text) else { throw ColumnError(description: "\"\(text)\" is not a time") }
        return time
    }

    func optionalTimestamp(_ index: Int) throws -> Timestamp? {
        hasNull(atIndex: index) ? nil : try timestamp(index)
    }

    func date(_ index: Int) throws -> LocalDate {
        let text: String = self[index]
        guard let date = LocalDate(text) else { throw ColumnError(description: "\"\(text)\" is not a date") }
        return date
    }

    func optionalDate(_ index: Int) throws -> LocalDate? { hasNull(atIndex: index) ? nil : try date(index) }

    func json(_ index: Int) throws -> JSON { try JSON(parsing: self[index] as String) }

    func strings(_ index: Int) throws -> [String] { (try json(index).arrayValue ?? []).compactMap(\.stringValue) }
}
