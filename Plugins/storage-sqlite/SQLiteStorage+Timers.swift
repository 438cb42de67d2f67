import GRDB
import JSONCore
import PluginKit
import Workflow

/// Timers.
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

    /// The earliest of the times that the queries give.
    private static func earliest(_ queries: String..., in db: Database) throws -> Timestamp? {
        try queries.compactMap { query in try db.row(query) { try $0.optionalTimestamp(0) } ?? nil }.min()
    }
}
