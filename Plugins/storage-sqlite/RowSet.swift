import GRDB

/// A table whose rows of one case are replaced as a whole. Only rows that differ are written: most steps leave most of
/// them as they are, and every row written is a page of the log and of its indexes.
struct RowSet {
    /// The first column is the case; the first `keyCount` columns are the primary key.
    let columns: [String]
    let keyCount: Int
    private let select: String
    private let insert: String
    private let delete: String

    init(_ table: String, key: [String], others: [String] = []) {
        columns = key + others
        keyCount = key.count
        let list = columns.joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        select = "SELECT \(list) FROM \(table) WHERE case_id = ?"
        insert = "INSERT OR REPLACE INTO \(table) (\(list)) VALUES (\(marks))"
        delete = "DELETE FROM \(table) WHERE " + key.map { "\($0) = ?" }.joined(separator: " AND ")
    }

    static let tasks = RowSet("tasks", key: ["case_id", "event", "assignee"], others: ["since", "due"])
    // A leased timer differs from every new one, whose lease is null, and so is written again without its lease.
    static let timers = RowSet(
        "timers", key: ["case_id", "id"], others: ["ordinal", "kind", "name", "due", "period", "leased_until"])
    static let readers = RowSet("readers", key: ["case_id", "principal"])
    static let fields = RowSet("fields", key: ["case_id", "name"], others: ["value"])

    /// - Parameter isNew: Whether the case was not there before.
    /// - Returns: How many more rows there are than before.
    @discardableResult
    func replace(_ new: [[DatabaseValue]], of caseID: DatabaseValue, isNew: Bool, in db: Database) throws -> Int {
        var old = isNew ? [] : try db.rows(select, [caseID]) { Array($0.databaseValues) }
        let oldCount = old.count
        var kept = Set<[DatabaseValue]>()
        for row in new {
            let key = Array(row.prefix(keyCount))
            guard kept.insert(key).inserted else { continue }
            guard let index = old.firstIndex(where: { $0.starts(with: key) }) else {
                try db.run(insert, row)
                continue
            }
            if old[index] != row { try db.run(insert, row) }
            old.swapAt(index, old.count - 1)
            old.removeLast()
        }
        for row in old { try db.run(delete, Array(row.prefix(keyCount))) }
        return kept.count - oldCount
    }
}
