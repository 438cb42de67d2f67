import GRDB
import GRDBSQLite
import PluginKit
import Workflow

/// Writes transactions into an open SQLite transaction. Whether one can be committed is decided before anything of it is
/// written, so that nothing has to be taken back.
struct CommitWriter {
    let db: Database
    let statements: CommitStatements
    var totals = Totals()

    init(_ db: Database, _ statements: CommitStatements) {
        self.db = db
        self.statements = statements
    }

    mutating func commit(_ transaction: PreparedTransaction) throws -> Outcome {
        if let request = transaction.request,
            try !statements.findRequest.rows([.text(request.scope), .text(request.key)]).isEmpty,
            let recorded = try Self.recorded(scope: request.scope, key: request.key, in: db)
        {
            return .duplicate(recorded)
        }
        var before: [[ColumnValue]?] = []
        before.reserveCapacity(transaction.changes.count)
        for change in transaction.changes {
            let row = try statements.selectCase.rows([change.id]).first
            guard (row?[CaseRow.version] ?? .int(0)) == .int(change.expectedVersion) else {
                return .conflict(caseID: change.caseID)
            }
            before.append(row)
        }
        for (change, before) in zip(transaction.changes, before)
        where change.row[CaseRow.unique] != .null && change.row[CaseRow.unique] != before?[CaseRow.unique] {
            let key = [change.row[CaseRow.workflow], change.row[CaseRow.unique]]
            if case .text(let other)? = try statements.findUnique.rows(key).first?.first {
                return .exists(caseID: other)
            }
        }
        var position: Int?
        for (change, before) in zip(transaction.changes, before) {
            try write(change, before: before)
            if !change.events.isEmpty { position = Int(db.lastInsertedRowID) }
            try writeRows(of: change, isNew: before == nil)
        }
        for message in transaction.messages {
            try statements.insertMessage.run(message)
            totals.messagesWaiting += db.changesCount
        }
        return .committed(position: try position ?? db.lastPosition)
    }

    /// The case, its document and its events.
    private mutating func write(_ change: PreparedTransaction.Change, before: [ColumnValue]?) throws {
        var row = change.row
        if let before, before[CaseRow.title] == row[CaseRow.title] {
            row[CaseRow.titleKey] = before[CaseRow.titleKey]
        } else if case .text(let title) = row[CaseRow.title] {
            row[CaseRow.titleKey] = .text(searchKey(title))
        }
        if let before {
            // Only the columns that differ: one that is set is written into every index that it is in.
            let columns = row.indices.filter { row[$0] != before[$0] }
            if !columns.isEmpty {
                try statements.updateCase(columns: columns, in: db).run(columns.map { row[$0] } + [change.id])
            }
            try statements.updateDocument.run([change.id, change.document])
        } else {
            try statements.insertCase.run(row)
            try statements.insertDocument.run([change.id, change.document])
            totals.cases += 1
        }
        func isOpen(_ row: [ColumnValue]) -> Int { row[CaseRow.closedAt] == .null ? 1 : 0 }
        func isOverdue(_ row: [ColumnValue]) -> Int { row[CaseRow.overdue] == CaseRow.noneOverdue ? 0 : 1 }
        totals.openCases += isOpen(row) - (before.map(isOpen) ?? 0)
        totals.overdueCases += isOverdue(row) - (before.map(isOverdue) ?? 0)
        for event in change.events { try statements.insertEvent.run(event) }
    }

    private mutating func writeRows(of change: PreparedTransaction.Change, isNew: Bool) throws {
        try statements.tasks.replace(change.tasks, of: change.id, isNew: isNew)
        totals.timers += try statements.timers.replace(change.timers, of: change.id, isNew: isNew)
        if let readers = change.readers { try statements.readers.replace(readers, of: change.id, isNew: isNew) }
        if let fields = change.fields { try statements.fields.replace(fields, of: change.id, isNew: isNew) }
        if let hidden = change.hiddenFields {
            try statements.hiddenFields.replace(hidden, of: change.id, isNew: isNew)
        }
    }

    static func recorded(scope: String, key: String, in db: Database) throws -> RecordedRequest? {
        try db.row(
            """
            SELECT request_digest, case_id, events.version, to_state, workflow
            FROM events JOIN cases ON cases.id = case_id WHERE request_scope = ? AND request_key = ?
            """, [DatabaseValue(scope), DatabaseValue(key)]
        ) { RecordedRequest(digest: $0[0], caseID: $0[1], version: $0[2], state: $0[3], workflow: $0[4]) }
    }
}

extension Database {
    /// The position of the newest event.
    var lastPosition: Int {
        get throws { try row("SELECT coalesce(max(position), 0) FROM events") { $0[0] } ?? 0 }
    }
}
