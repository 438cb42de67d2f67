import GRDB
import JSONCore
import PluginKit
import Workflow

/// Timers and the outbox.
extension SQLiteStorage {
    func claimTimers(
        now: Timestamp, owner: String, leaseUntil: Timestamp, limit: Int
    ) async throws(StorageError) -> Claim<DueTimer> {
        try Self.check(limit: limit)
        return try await write("ClaimTimers") { db in
            let time = DatabaseValue(now)
            try db.run("UPDATE timers SET leased_by = NULL, leased_until = NULL WHERE leased_until <= ?", [time])
            let due = try db.rows(
                """
                SELECT case_id, id, kind, name, due, period FROM timers WHERE leased_until IS NULL AND due <= ?
                ORDER BY due, case_id, id LIMIT ?
                """, [time, DatabaseValue(limit)]
            ) { DueTimer(caseID: $0[0], timer: try TimerRow.timer($0, from: 1)) }
            for timer in due {
                try db.run(
                    "UPDATE timers SET leased_by = ?, leased_until = ? WHERE case_id = ? AND id = ?",
                    [
                        DatabaseValue(owner), DatabaseValue(leaseUntil), DatabaseValue(timer.caseID),
                        DatabaseValue(timer.timer.id),
                    ])
            }
            return Claim(
                due,
                next: try Self.earliest(
                    "SELECT min(due) FROM timers WHERE leased_until IS NULL",
                    "SELECT min(leased_until) FROM timers WHERE leased_until IS NOT NULL", in: db))
        }
    }

    func claimMessages(
        now: Timestamp, owner: String, leaseUntil: Timestamp, limit: Int
    ) async throws(StorageError) -> Claim<DueMessage> {
        try Self.check(limit: limit)
        return try await write("ClaimMessages") { db in
            try db.run(
                "UPDATE messages SET leased_by = NULL, held_until = NULL WHERE held_until <= ?", [DatabaseValue(now)])
            let due = try db.rows(
                """
                SELECT \(Self.messageColumns), attempts FROM messages WHERE state = 'waiting' AND held_until IS NULL
                ORDER BY created_at, id LIMIT ?
                """, [DatabaseValue(limit)]
            ) { DueMessage(message: try Self.message($0), attempts: $0[7]) }
            for message in due {
                try db.run(
                    "UPDATE messages SET leased_by = ?, held_until = ? WHERE id = ?",
                    [DatabaseValue(owner), DatabaseValue(leaseUntil), DatabaseValue(message.message.id)])
            }
            let more = try db.row("SELECT 1 FROM messages WHERE state = 'waiting' AND held_until IS NULL") { _ in now }
            return Claim(
                due,
                next: try more
                    ?? Self.earliest("SELECT min(held_until) FROM messages WHERE held_until IS NOT NULL", in: db))
        }
    }

    func settleMessages(_ settlements: [Settlement]) async throws(StorageError) {
        try await write("SettleMessages") { db in
            var totals = Totals()
            for settlement in settlements {
                let id = DatabaseValue(settlement.id)
                guard
                    let before = try db.row("SELECT state FROM messages WHERE id = ?", [id], { $0[0] as String }),
                    before != "delivered"
                else { continue }
                let retryAt = settlement.outcome == .retry ? DatabaseValue(settlement.notBefore) : .null
                let state = settlement.outcome == .retry ? "waiting" : settlement.outcome.rawValue
                let isRevived = before == "parked" && state == "waiting"
                try db.run(
                    """
                    UPDATE messages SET state = ?, attempts = iif(?, 0, attempts + 1), not_before = ?, held_until = ?,
                      leased_by = NULL, settled_at = ?, reason = ? WHERE id = ?
                    """,
                    [
                        DatabaseValue(state), DatabaseValue(isRevived ? 1 : 0), retryAt, retryAt,
                        DatabaseValue(settlement.at),
                        DatabaseValue(settlement.reason), id,
                    ])
                totals.messagesWaiting += (state == "waiting" ? 1 : 0) - (before == "waiting" ? 1 : 0)
                totals.messagesParked += (state == "parked" ? 1 : 0) - (before == "parked" ? 1 : 0)
            }
            try totals.flush(to: db)
        }
    }

    func listMessages(
        _ state: OutboxEntry.State, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<OutboxEntry> {
        try Self.check(limit: limit)
        let after =
            try cursor.map { (cursor) throws(StorageError) in try Self.values(of: cursor, count: 2) } ?? ["", ""]
        return try await read("ListMessages") { db in
            let entries = try db.rows(
                """
                SELECT \(Self.messageColumns), attempts, not_before, reason FROM messages
                WHERE state = ? AND (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?
                """,
                [
                    DatabaseValue(state.rawValue), DatabaseValue(after[0]), DatabaseValue(after[1]),
                    DatabaseValue(limit + 1),
                ]
            ) { row in
                OutboxEntry(
                    message: try Self.message(row), state: state, attempts: row[7],
                    notBefore: try row.optionalTimestamp(8), reason: row[9])
            }
            return Page(entries, limit: limit) {
                JSON.array([.string($0.message.createdAt.description), .string($0.message.id)]).description
            }
        }
    }

    private static let messageColumns = "id, case_id, version, recipient, topic, created_at, data"

    private static func message(_ row: Row) throws -> OutboxMessage {
        OutboxMessage(
            id: row[0], caseID: row[1], version: row[2], recipient: row[3], topic: row[4],
            createdAt: try row.timestamp(5), data: try row.json(6).objectValue ?? [:])
    }

    /// The earliest of the times that the queries give.
    private static func earliest(_ queries: String..., in db: Database) throws -> Timestamp? {
        try queries.compactMap { query in try db.row(query) { try $0.optionalTimestamp(0) } ?? nil }.min()
    }
}
