import GRDB
import PluginKit
import Workflow

/// Writes transactions into an open SQLite transaction. Whether one can be committed is decided before anything of it is
/// written, so that nothing has to be taken back.
struct CommitWriter {
    let db: Database
    var totals = Totals()

    init(_ db: Database) { self.db = db }

    mutating func commit(_ transaction: PreparedTransaction) throws -> Outcome {
        if let request = transaction.request,
            let recorded = try Self.recorded(scope: request.scope, key: request.key, in: db)
        {
            return .duplicate(recorded)
        }
        var before: [[DatabaseValue]?] = []
        before.reserveCapacity(transaction.changes.count)
        for change in transaction.changes {
            let row = try db.row(Self.selectCase, [change.row[0]]) { Array($0.databaseValues) }
            guard (row.flatMap { Int.fromDatabaseValue($0[CaseRow.version]) } ?? 0) == change.expectedVersion else {
                return .conflict(caseID: change.caseID)
            }
            before.append(row)
        }
        var request = transaction.request
        for (change, before) in zip(transaction.changes, before) {
            try write(change, before: before, request: request)
            request = nil
        }
        for message in transaction.messages {
            try db.run(Self.insertMessage, message)
            totals.messagesWaiting += db.changesCount
        }
        return .committed(position: try db.lastPosition)
    }

    private mutating func write(
        _ change: PreparedTransaction.Change, before: [DatabaseValue]?, request: Transaction.Request?
    ) throws {
        let id = change.row[0]
        if let before {
            try update(change.row, before: before)
            try db.run("UPDATE documents SET document = ? WHERE case_id = ?", [change.document, id])
        } else {
            try db.run(Self.insertCase, change.row)
            try db.run("INSERT INTO documents (case_id, document) VALUES (?, ?)", [id, change.document])
            totals.cases += 1
        }
        count(change.row, before: before)
        for (index, event) in change.events.enumerated() {
            if index == 0, let request {
                try db.run(
                    Self.insertEventWithRequest,
                    event + [DatabaseValue(request.scope), DatabaseValue(request.key), DatabaseValue(request.digest)])
            } else {
                try db.run(Self.insertEvent, event)
            }
        }
        let isNew = before == nil
        try RowSet.tasks.replace(change.tasks, of: id, isNew: isNew, in: db)
        totals.timers += try RowSet.timers.replace(change.timers, of: id, isNew: isNew, in: db)
        if let readers = change.readers { try RowSet.readers.replace(readers, of: id, isNew: isNew, in: db) }
        if let fields = change.fields { try RowSet.fields.replace(fields, of: id, isNew: isNew, in: db) }
    }

    /// Sets only the columns that differ: a column that is set is written into every index that it is in.
    private func update(_ row: [DatabaseValue], before: [DatabaseValue]) throws {
        var columns: [String] = []
        var values: [DatabaseValue] = []
        for index in row.indices where row[index] != before[index] {
            columns.append(CaseRow.names[index] + " = ?")
            values.append(row[index])
        }
        if columns.isEmpty { return }
        try db.run("UPDATE cases SET \(columns.joined(separator: ", ")) WHERE id = ?", values + [row[0]])
    }

    private mutating func count(_ row: [DatabaseValue], before: [DatabaseValue]?) {
        func isOpen(_ row: [DatabaseValue]) -> Int { row[CaseRow.closedAt].isNull ? 1 : 0 }
        func isOverdue(_ row: [DatabaseValue]) -> Int { row[CaseRow.overdue] == CaseRow.noneOverdue ? 0 : 1 }
        totals.openCases += isOpen(row) - (before.map(isOpen) ?? 0)
        totals.overdueCases += isOverdue(row) - (before.map(isOverdue) ?? 0)
    }

    static func recorded(scope: String, key: String, in db: Database) throws -> RecordedRequest? {
        try db.row(
            """
            SELECT request_digest, case_id, events.version, to_state, workflow
            FROM events JOIN cases ON cases.id = case_id WHERE request_scope = ? AND request_key = ?
            """, [DatabaseValue(scope), DatabaseValue(key)]
        ) { RecordedRequest(digest: $0[0], caseID: $0[1], version: $0[2], state: $0[3], workflow: $0[4]) }
    }

    private static let selectCase = "SELECT \(CaseRow.columns) FROM cases WHERE id = ?"
    private static let insertCase =
        "INSERT INTO cases (\(CaseRow.names.joined(separator: ", "))) VALUES (\(marks(CaseRow.names.count)))"
    private static let insertEvent = "INSERT INTO events (\(EventRow.columns)) VALUES (\(marks(16)))"
    private static let insertEventWithRequest = """
        INSERT INTO events (\(EventRow.columns), request_scope, request_key, request_digest) VALUES (\(marks(19)))
        """
    // The id is the message's idempotency key: it is kept once.
    private static let insertMessage = """
        INSERT OR IGNORE INTO messages (id, case_id, version, recipient, topic, created_at, data) VALUES (\(marks(7)))
        """

    private static func marks(_ count: Int) -> String {
        Array(repeating: "?", count: count).joined(separator: ", ")
    }
}

extension Database {
    /// The position of the newest event.
    var lastPosition: Int {
        get throws { try row("SELECT coalesce(max(position), 0) FROM events") { $0[0] } ?? 0 }
    }
}
