import GRDB

/// What a commit runs, prepared once. Not Sendable: it lives on the writer's queue.
final class CommitStatements {
    let findRequest: WriterStatement
    let selectCase: WriterStatement
    let findUnique: WriterStatement
    let insertCase: WriterStatement
    let insertDocument: WriterStatement
    let updateDocument: WriterStatement
    let insertEvent: WriterStatement
    let insertMessage: WriterStatement
    let tasks: RowSet
    let timers: RowSet
    let readers: RowSet
    let fields: RowSet
    let hiddenFields: RowSet
    private var updateCase: [Int: WriterStatement] = [:]

    init(_ db: Database) throws {
        func insert(_ table: String, _ columns: String, count: Int, or: String = "") throws -> WriterStatement {
            let marks = Array(repeating: "?", count: count).joined(separator: ", ")
            return try WriterStatement("INSERT \(or) INTO \(table) (\(columns)) VALUES (\(marks))", in: db)
        }
        findRequest = try WriterStatement(
            "SELECT 1 FROM events WHERE request_scope = ? AND request_key = ?", in: db)
        selectCase = try WriterStatement("SELECT \(CaseRow.columns) FROM cases WHERE id = ?", in: db)
        findUnique = try WriterStatement("SELECT id FROM cases WHERE workflow = ? AND unique_text = ?", in: db)
        insertCase = try insert("cases", CaseRow.names.joined(separator: ", "), count: CaseRow.names.count)
        insertDocument = try insert("documents", "case_id, document", count: 2)
        updateDocument = try WriterStatement("UPDATE documents SET document = ?2 WHERE case_id = ?1", in: db)
        insertEvent = try insert(
            "events", EventRow.columns + ", request_scope, request_key, request_digest", count: 19)
        // The id is the message's idempotency key: it is kept once.
        insertMessage = try insert(
            "messages", "id, case_id, version, recipient, topic, created_at, data", count: 7, or: "OR IGNORE")
        tasks = try RowSet("tasks", key: ["case_id", "event", "assignee"], others: ["since", "due", "unit"], in: db)
        // A leased timer differs from every new one, whose lease is null, and so is written again without its lease.
        timers = try RowSet(
            "timers", key: ["case_id", "id"], others: ["ordinal", "kind", "name", "due", "period", "leased_until"],
            in: db)
        readers = try RowSet("readers", key: ["case_id", "principal"], in: db)
        fields = try RowSet("fields", key: ["case_id", "name"], others: ["value"], in: db)
        hiddenFields = try RowSet("hidden_fields", key: ["case_id", "principal", "name"], in: db)
    }

    /// Sets these columns, then takes the id.
    func updateCase(columns: [Int], in db: Database) throws -> WriterStatement {
        let key = columns.reduce(0) { $0 | 1 << $1 }
        if let statement = updateCase[key] { return statement }
        let list = columns.map { CaseRow.names[$0] + " = ?" }.joined(separator: ", ")
        let statement = try WriterStatement("UPDATE cases SET \(list) WHERE id = ?", in: db)
        updateCase[key] = statement
        return statement
    }
}
