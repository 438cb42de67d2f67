import GRDB

/// A table whose rows of one case are replaced as a whole. Only rows that differ are written: most steps leave most of
/// them as they are, and every row written is a page of the log and of its indexes.
final class RowSet {
    private let keyCount: Int
    private let select: WriterStatement
    private let insert: WriterStatement
    private let delete: WriterStatement

    /// - Parameter key: The columns of the primary key; the first is the case.
    init(_ table: String, key: [String], others: [String] = [], in db: Database) throws {
        keyCount = key.count
        let columns = key + others
        let list = columns.joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        select = try WriterStatement("SELECT \(list) FROM \(table) WHERE case_id = ?", in: db)
        insert = try WriterStatement("INSERT OR REPLACE INTO \(table) (\(list)) VALUES (\(marks))", in: db)
        delete = try WriterStatement(
            "DELETE FROM \(table) WHERE " + key.map { "\($0) = ?" }.joined(separator: " AND "), in: db)
    }

    /// - Parameters:
    ///   - new: With different keys.
    ///   - isNew: Whether the case was not there before.
    /// - Returns: How many more rows there are than before.
    @discardableResult
    func replace(_ new: [[ColumnValue]], of caseID: ColumnValue, isNew: Bool) throws -> Int {
        var old = isNew ? [] : try select.rows([caseID])
        let oldCount = old.count
        for row in new {
            // The case is the same in all rows.
            let index = old.firstIndex { $0[1..<keyCount] == row[1..<keyCount] }
            if let index, old.remove(at: index) == row { continue }
            try insert.run(row)
        }
        for row in old { try delete.run(row.prefix(keyCount)) }
        return new.count - oldCount
    }
}
