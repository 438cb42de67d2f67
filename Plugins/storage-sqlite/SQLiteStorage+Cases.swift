import GRDB
import JSONCore
import PluginKit
import Workflow

extension SQLiteStorage {
    func commit(_ transactions: [Transaction]) async throws(StorageError) -> [Outcome] {
        var prepared: [PreparedTransaction] = []
        prepared.reserveCapacity(transactions.count)
        for (index, transaction) in transactions.enumerated() {
            prepared.append(try PreparedTransaction(transaction, path: "transactions[\(index)]"))
        }
        return try await store("Commit").writer.perform("Commit") { [prepared] db, statements in
            var writer = CommitWriter(db, statements)
            let outcomes = try prepared.map { try writer.commit($0) }
            try writer.totals.flush(to: db)
            return outcomes
        }
    }

    func findRequest(scope: String, key: String) async throws(StorageError) -> RecordedRequest? {
        try await read("FindRequest") { try CommitWriter.recorded(scope: scope, key: key, in: $0) }
    }

    func loadCases(ids: [String]) async throws(StorageError) -> [Case] {
        try Self.check(count: ids.count, of: "ids")
        return try await read("LoadCases") { db in
            try Set(ids).compactMap { id in
                let key = [DatabaseValue(id)]
                let timers = try db.rows(
                    "SELECT id, kind, name, due, period FROM timers WHERE case_id = ? ORDER BY ordinal", key
                ) { try TimerRow.timer($0, from: 0) }
                return try db.row(
                    """
                    SELECT \(CaseRow.columns), document FROM cases JOIN documents ON documents.case_id = cases.id
                    WHERE cases.id = ?
                    """, key
                ) { try CaseRow.full($0, document: try $0.json(CaseRow.names.count), timers: timers) }
            }
        }
    }

    func findCases(
        _ filter: CaseFilter, newestFirst: Bool, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<CaseSummary> {
        try Self.check(limit: limit)
        try Self.check(count: filter.units?.count ?? 0, of: "filter.units")
        return try await read("FindCases") { db in
            var condition = try CaseCondition(filter, in: db)
            if let cursor { condition.add("cases.id \(newestFirst ? "<" : ">") ?", [DatabaseValue(cursor)]) }
            let cases = try db.rows(
                """
                SELECT \(CaseRow.columns) FROM cases WHERE \(condition.sql)
                ORDER BY cases.id \(newestFirst ? "DESC" : "ASC") LIMIT ?
                """, condition.values + [DatabaseValue(limit + 1)], CaseRow.summary)
            return Page(cases, limit: limit) { $0.id }
        }
    }

    func countCases(
        _ filter: CaseFilter, by groupings: [CaseGrouping], fields: [String]
    ) async throws(StorageError) -> [CaseCount] {
        try Self.check(count: filter.units?.count ?? 0, of: "filter.units")
        guard fields.count <= 16 else { throw .invalidParameter("fields") }
        return try await read("CountCases") { db in
            let condition = try CaseCondition(filter, in: db)
            var columns = groupings.map { grouping in
                switch grouping {
                case .workflow, .state: "cases.\(grouping.rawValue)"
                case .definition: "CAST(cases.definition AS TEXT)"
                case .unit, .period: "coalesce(cases.\(grouping.rawValue), '')"
                case .overdue: "iif(cases.overdue <> '[]', 'true', 'false')"
                }
            }
            // One search of the table's key each, beside the others of the same case.
            columns += fields.map { _ in
                "coalesce((SELECT value FROM fields WHERE case_id = cases.id AND name = ?), '')"
            }
            let numbers = columns.indices.map { String($0 + 1) }.joined(separator: ", ")
            return try db.rows(
                """
                SELECT \((columns + ["count(*)"]).joined(separator: ", ")) FROM cases WHERE \(condition.sql)
                \(columns.isEmpty ? "" : "GROUP BY \(numbers) ORDER BY \(numbers)")
                """, fields.map { DatabaseValue($0) } + condition.values
            ) { row in CaseCount(values: columns.indices.map { row[$0] }, count: row[columns.count]) }
        }
    }

    func readHistory(caseID: String, after version: Int, limit: Int) async throws(StorageError) -> [Event] {
        try Self.check(limit: limit)
        return try await read("ReadHistory") { db in
            try EventRow.page(
                "SELECT \(EventRow.columns) FROM events WHERE case_id = ? AND version > ? ORDER BY version LIMIT ?",
                [DatabaseValue(caseID), DatabaseValue(version), DatabaseValue(limit)], EventRow.event, in: db)
        }
    }

    func readEvents(after position: Int, limit: Int) async throws(StorageError) -> (events: [Event], position: Int) {
        try Self.check(limit: limit)
        return try await read("ReadEvents") { db in
            var last = position
            let events = try EventRow.page(
                "SELECT \(EventRow.columns), position FROM events WHERE position > ? ORDER BY position LIMIT ?",
                [DatabaseValue(position), DatabaseValue(limit)],
                { row in
                    last = row[16]
                    return try EventRow.event(row)
                }, in: db)
            return (events, last)
        }
    }

    func findTasks(_ filter: TaskFilter, cursor: String?, limit: Int) async throws(StorageError) -> Page<FoundTask> {
        try Self.check(limit: limit)
        if let assignees = filter.assignees { try Self.check(count: assignees.count, of: "assignees") }
        if let units = filter.units { try Self.check(count: units.count, of: "units") }
        let after = try cursor.map { (cursor) throws(StorageError) in try Self.values(of: cursor, count: 4) }
        return try await read("FindTasks") { db in
            // One query each, because each finds its tasks in order: a list of thousands is not sorted for a page of it.
            let column = filter.assignees == nil ? "tasks.unit" : "assignee"
            let each = (filter.assignees ?? filter.units).map { Set($0).map { Optional($0) } } ?? [nil]
            var found: [(key: [String], task: FoundTask)] = []
            for value in each {
                found += try Self.tasks(
                    filter, with: value.map { (column, $0) }, after: after, limit: limit + 1, in: db)
            }
            if each.count > 1 { found.sort { $0.key.lexicographicallyPrecedes($1.key) } }
            let page = Page(found, limit: limit) { JSON.array($0.key.map(JSON.string)).description }
            return Page(page.elements.map(\.task), cursor: page.cursor)
        }
    }

    private static func tasks(
        _ filter: TaskFilter, with value: (column: String, text: String)?, after: [String]?, limit: Int, in db: Database
    ) throws -> [(key: [String], task: FoundTask)] {
        var conditions: [String] = []
        var values: [DatabaseValue] = []
        func add(_ condition: String, _ texts: [String]) {
            conditions.append(condition)
            values += texts.map { DatabaseValue($0) }
        }
        func marks(_ texts: [String]) -> String { texts.map { _ in "?" }.joined(separator: ", ") }
        if let value { add("\(value.column) = ?", [value.text]) }
        if let id = filter.caseID { add("case_id = ?", [id]) }
        if let units = filter.units, value?.column == "assignee" { add("tasks.unit IN (\(marks(units)))", units) }
        if let due = filter.dueBefore { add("\(Schema.taskOrder) < ?", [due.description]) }
        if let readers = filter.readers {
            add(
                """
                EXISTS (SELECT 1 FROM readers WHERE readers.case_id = tasks.case_id AND principal IN (\(marks(readers))))
                """, readers)
        }
        if let after {
            // The first, though it follows from the second, is what an index is searched with.
            add("\(Schema.taskOrder) >= ?", [after[0]])
            add(
                "(\(Schema.taskOrder), case_id, event, assignee) > (?, ?, ?, ?)", after)
        }
        let order = [Schema.taskOrder, "case_id", "event", "assignee"].joined(separator: ", ")
        return try db.rows(
            """
            SELECT \(CaseRow.columns), event, assignee, since, due FROM tasks CROSS JOIN cases ON cases.id = case_id
            \(conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")) ORDER BY \(order) LIMIT ?
            """, values + [DatabaseValue(limit)]
        ) { row in
            let first = CaseRow.names.count
            let task = CaseTask(
                event: row[first], assignee: row[first + 1], since: try row.timestamp(first + 2),
                due: try row.optionalTimestamp(first + 3))
            let found = FoundTask(task: task, summary: try CaseRow.summary(row))
            return ([task.due?.description ?? "~", found.summary.id, task.event, task.assignee], found)
        }
    }

    /// The texts that a cursor is made of.
    static func values(of cursor: String, count: Int) throws(StorageError) -> [String] {
        let texts = (try? JSON(parsing: cursor))?.arrayValue?.compactMap(\.stringValue) ?? []
        guard texts.count == count else { throw .invalidParameter("cursor") }
        return texts
    }
}

extension Page {
    /// - Parameter elements: One more than `limit` when there are more.
    init(_ elements: [Element], limit: Int, cursor: (Element) -> String) {
        let page = Array(elements.prefix(limit))
        self.init(page, cursor: elements.count > limit ? page.last.map(cursor) : nil)
    }
}
