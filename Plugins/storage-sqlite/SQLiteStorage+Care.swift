import Foundation
import GRDB
import PluginKit

/// What an administrator needs: check, figures.
extension SQLiteStorage {
    func check() async throws(StorageError) -> [String] {
        try await read("Check", Self.problems)
    }

    /// What is wrong with a store.
    static func problems(_ db: Database) throws -> [String] {
        var problems = try String.fetchAll(db, sql: "PRAGMA integrity_check(100)").filter { $0 != "ok" }
        problems += try db.rows("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 100") { row in
            "a row of \(row[0] as String) names a row of \(row[2] as String) that is not there"
        }
        problems += try db.rows(
            """
            SELECT cases.id FROM cases
            LEFT JOIN events ON events.case_id = cases.id AND events.version = cases.version
            WHERE hash IS NOT head LIMIT 100
            """
        ) { "case \($0[0] as String) does not stand where its newest event left it" }
        problems += try db.rows(
            "SELECT id FROM cases LEFT JOIN documents ON case_id = id WHERE document IS NULL LIMIT 100"
        ) { "case \($0[0] as String) has no document" }
        let missing = try db.row("SELECT coalesce(max(position), 0) - count(*) FROM events") { $0[0] as Int } ?? 0
        if missing > 0 { problems.append("\(missing) events are missing: positions have gaps") }
        let kept = try totals(Totals.select, in: db)
        let counted = try totals(Totals.recount, in: db)
        if kept != counted { problems.append("the table totals says \(kept) where counting gives \(counted)") }
        return problems
    }

    private static func totals(_ query: String, in db: Database) throws -> [Int] {
        try db.row(query) { row in (0..<6).map { row[$0] } } ?? []
    }

    func statistics() async throws(StorageError) -> StoreStatistics {
        let path = try store("Statistics").path
        return try await read("Statistics") { db in
            var statistics = StoreStatistics()
            try db.row(Totals.select) { row in
                statistics.cases = row[0]
                statistics.openCases = row[1]
                statistics.overdueCases = row[2]
                statistics.timers = row[3]
                statistics.messagesWaiting = row[4]
                statistics.messagesParked = row[5]
            }
            try db.row("SELECT position, at FROM events ORDER BY position DESC LIMIT 1") { row in
                // Positions have no gaps.
                statistics.events = row[0]
                statistics.position = row[0]
                statistics.lastCommitAt = try row.timestamp(1)
            }
            statistics.oldestWaitingAt =
                try ["messages", "deliveries"].compactMap { table in
                    try db.row("SELECT min(created_at) FROM \(table) WHERE state = 'waiting'") {
                        try $0.optionalTimestamp(0)
                    } ?? nil
                }.min()
            statistics.messagesDoubtful =
                try db.row("SELECT count(*) FROM deliveries WHERE doubtful > 0") { $0[0] } ?? 0
            statistics.freeBytes = Self.freeBytes(beside: path)
            statistics.officials = try db.row("SELECT count(*) FROM officials") { $0[0] } ?? 0
            statistics.units = try db.row("SELECT count(*) FROM units") { $0[0] } ?? 0
            for suffix in ["", "-wal", "-shm"] {
                var status = stat()
                if stat(path + suffix, &status) == 0 { statistics.sizeBytes += Int(status.st_blocks) * 512 }
            }
            return statistics
        }
    }
}
