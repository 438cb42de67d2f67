import GRDB
import JSONCore
import PluginKit
import Workflow

/// Messages and their deliveries.
extension SQLiteStorage {
    /// Deliveries that one line gives at once, and parts of one digest.
    private static let pieceOfLine = 10
    private static let largestDigest = 100

    func findMessages(wall: Timestamp, limit: Int) async throws(StorageError) -> [DueMessage] {
        try Self.check(limit: limit)
        return try await read("FindMessages") { db in
            try db.rows(
                """
                SELECT \(MessageRow.columns), attempts, failing_since FROM messages
                WHERE state = 'waiting' AND (not_before IS NULL OR not_before <= ?) ORDER BY created_at, id LIMIT ?
                """, [DatabaseValue(wall), DatabaseValue(limit)]
            ) { row in
                DueMessage(
                    message: try MessageRow.message(row), attempts: row[MessageRow.count],
                    failingSince: try row.optionalTimestamp(MessageRow.count + 1))
            }
        }
    }

    func addressMessages(_ addressed: [AddressedMessage], at: Timestamp) async throws(StorageError) {
        try await write("AddressMessages") { db in
            var totals = Totals()
            for message in addressed {
                let id = DatabaseValue(message.message)
                try db.run(
                    "UPDATE messages SET state = 'addressed', settled_at = ?, reason = NULL WHERE id = ? AND state = 'waiting'",
                    [DatabaseValue(at), id])
                guard db.changesCount > 0 else { continue }
                totals.messagesWaiting -= 1
                for delivery in message.deliveries {
                    try db.run(
                        """
                        INSERT OR IGNORE INTO deliveries
                          (id, message, recipient, channel, on_behalf_of, created_at, due, digest)
                        SELECT ?, id, ?, ?, ?, created_at, ?, ? FROM messages WHERE id = ?
                        """,
                        [
                            DatabaseValue(delivery.id), DatabaseValue(delivery.recipient),
                            DatabaseValue(delivery.channel), DatabaseValue(delivery.onBehalfOf),
                            DatabaseValue(delivery.due), DatabaseValue(delivery.digest ? 1 : 0), id,
                        ])
                    totals.messagesWaiting += db.changesCount
                }
            }
            try totals.flush(to: db)
        }
    }

    func findDeliveries(
        channel: String, now: Timestamp, wall: Timestamp, after recipient: String?, limit: Int
    ) async throws(StorageError) -> [DueDelivery] {
        try Self.check(limit: limit)
        return try await read("FindDeliveries") { db in
            let channel = DatabaseValue(channel)
            var found: [DueDelivery] = []
            var last = recipient ?? ""
            while found.count < limit,
                let recipient: String = try db.row(
                    "SELECT min(recipient) FROM deliveries WHERE state = 'waiting' AND channel = ? AND recipient > ?",
                    [channel, DatabaseValue(last)], { $0[0] as String? }) ?? nil
            {
                found += try Self.piece(ofLine: recipient, channel, now: now, wall: wall, in: db)
                last = recipient
            }
            return found
        }
    }

    /// What a line gives: one digest, or what stands before the next one.
    private static func piece(
        ofLine recipient: String, _ channel: DatabaseValue, now: Timestamp, wall: Timestamp, in db: Database
    ) throws -> [DueDelivery] {
        func read(_ limit: Int) throws -> [(due: DueDelivery, notBefore: Timestamp?)] {
            try db.rows(
                """
                SELECT \(MessageRow.columns(of: "m")), \(DeliveryRow.columns), d.not_before FROM deliveries d
                JOIN messages m ON m.id = d.message
                WHERE d.state = 'waiting' AND d.channel = ? AND d.recipient = ? AND d.due <= ?
                ORDER BY d.due, d.position LIMIT ?
                """, [channel, DatabaseValue(recipient), DatabaseValue(now), DatabaseValue(limit)]
            ) { row in
                let due = DueDelivery(
                    delivery: try DeliveryRow.delivery(row), message: try MessageRow.message(row),
                    attempts: row[DeliveryRow.attempts],
                    failingSince: try row.optionalTimestamp(DeliveryRow.attempts + 1))
                return (due, try row.optionalTimestamp(DeliveryRow.attempts + 2))
            }
        }
        var rows = try read(pieceOfLine)
        guard let head = rows.first?.due.delivery else { return [] }
        if head.digest, rows.count == pieceOfLine { rows = try read(largestDigest) }
        return rows.prefix { row in
            row.notBefore.map { $0 <= wall } ?? true && row.due.delivery.digest == head.digest
                && (!head.digest || row.due.delivery.due == head.due)
        }.map(\.due)
    }

    func settleDeliveries(_ settlements: [Settlement]) async throws(StorageError) {
        try await write("SettleDeliveries") { db in
            var totals = Totals()
            for settlement in settlements {
                let id = DatabaseValue(settlement.id)
                for table in ["deliveries", "messages"] {
                    guard let before = try db.row("SELECT state FROM \(table) WHERE id = ?", [id], { $0[0] as String })
                    else { continue }
                    if ["waiting", "parked"].contains(before) {
                        try Self.settle(settlement, in: table, before: before, &totals, db)
                    }
                    break
                }
            }
            try totals.flush(to: db)
        }
    }

    private static func settle(
        _ settlement: Settlement, in table: String, before: String, _ totals: inout Totals, _ db: Database
    ) throws {
        let id = DatabaseValue(settlement.id)
        let isWaiting = [.retry, .postponed].contains(settlement.outcome)
        let state = isWaiting ? "waiting" : settlement.outcome.rawValue
        if settlement.outcome == .postponed {
            guard table == "deliveries", before == "waiting" else { return }
            return try db.run("UPDATE deliveries SET due = ? WHERE id = ?", [DatabaseValue(settlement.notBefore), id])
        }
        // Only what was addressed can have been delivered.
        if settlement.outcome == .delivered, table == "messages" { return }
        let isRevived = before == "parked" && isWaiting
        let at = DatabaseValue(settlement.at)
        try db.run(
            """
            UPDATE \(table) SET state = ?, attempts = ?, failing_since = iif(?, NULL, coalesce(failing_since, ?)),
              not_before = ?, settled_at = ?, reason = ? WHERE id = ?
            """.replacing("attempts = ?", with: isRevived ? "attempts = 0" : "attempts = attempts + 1"),
            [
                DatabaseValue(state), DatabaseValue(isRevived ? 1 : 0), at,
                isWaiting ? DatabaseValue(settlement.notBefore) : .null, at, DatabaseValue(settlement.reason), id,
            ])
        if settlement.doubtful, table == "deliveries" {
            try db.run("UPDATE deliveries SET doubtful = doubtful + 1 WHERE id = ?", [id])
        }
        totals.messagesWaiting += (state == "waiting" ? 1 : 0) - (before == "waiting" ? 1 : 0)
        totals.messagesParked += (state == "parked" ? 1 : 0) - (before == "parked" ? 1 : 0)
    }

    func listDeliveries(
        _ state: OutboxEntry.State, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<OutboxEntry> {
        try Self.check(limit: limit)
        let after =
            try cursor.map { (cursor) throws(StorageError) in try Self.values(of: cursor, count: 2) } ?? ["", ""]
        return try await read("ListDeliveries") { db in
            let place = [DatabaseValue(state.rawValue), DatabaseValue(after[0]), DatabaseValue(after[1])]
            let count = DatabaseValue(limit + 1)
            // Each in its index's order; the first of both together are the first of all.
            var entries = try db.rows(
                Self.entries("d.state = ? AND (d.created_at, d.id) > (?, ?) ORDER BY d.created_at, d.id LIMIT ?"),
                place + [count], Self.entry)
            if state != .delivered {
                entries += try db.rows(
                    Self.unaddressed(
                        "state = ? AND state <> 'addressed' AND (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?"
                    ),
                    place + [count], Self.entry)
                entries.sort { ($0.message.createdAt, $0.id) < ($1.message.createdAt, $1.id) }
            }
            return Page(Array(entries.prefix(limit + 1)), limit: limit) {
                JSON.array([.string($0.message.createdAt.description), .string($0.id)]).description
            }
        }
    }

    func loadDeliveries(ids: [String]) async throws(StorageError) -> [OutboxEntry] {
        guard ids.count <= Self.maximumLimit else { throw .invalidParameter("ids") }
        return try await read("LoadDeliveries") { db in
            try ids.compactMap { id in
                try db.row(Self.entries("d.id = ?"), [DatabaseValue(id)], Self.entry)
                    ?? db.row(
                        Self.unaddressed("id = ? AND state <> 'addressed'"), [DatabaseValue(id)], Self.entry)
            }
        }
    }

    private static func entries(_ condition: String) -> String {
        """
        SELECT \(MessageRow.columns(of: "m")), \(DeliveryRow.columns), d.not_before, d.settled_at, d.reason, d.doubtful,
          d.state FROM deliveries d JOIN messages m ON m.id = d.message WHERE \(condition)
        """
    }

    /// The same columns of messages that have no deliveries.
    private static func unaddressed(_ condition: String) -> String {
        """
        SELECT \(MessageRow.columns), NULL, NULL, NULL, NULL, NULL, NULL, NULL, attempts, failing_since, not_before,
          settled_at, reason, 0, state FROM messages WHERE \(condition)
        """
    }

    private static func entry(_ row: Row) throws -> OutboxEntry {
        let rest = DeliveryRow.attempts
        let state = OutboxEntry.State(rawValue: row[rest + 6])
        guard let state else { throw ColumnError(description: "an unknown state of a delivery") }
        return OutboxEntry(
            message: try MessageRow.message(row),
            delivery: row.hasNull(atIndex: MessageRow.count) ? nil : try DeliveryRow.delivery(row), state: state,
            attempts: row[rest], notBefore: try row.optionalTimestamp(rest + 2),
            settledAt: try row.optionalTimestamp(rest + 3), reason: row[rest + 4], doubtful: row[rest + 5])
    }

    func rerouteDeliveries(channels: [String], to channel: String) async throws(StorageError) -> Int {
        try await write("RerouteDeliveries") { db in
            let known = JSON.array(channels.map(JSON.string)).description
            try db.run(
                """
                UPDATE deliveries SET channel = ? WHERE state IN ('waiting', 'parked')
                  AND channel NOT IN (SELECT value FROM json_each(?))
                """, [DatabaseValue(channel), DatabaseValue(known)])
            return db.changesCount
        }
    }

    func purgeDeliveries(before: Timestamp, limit: Int) async throws(StorageError) -> Int {
        try Self.check(limit: limit)
        return try await write("PurgeDeliveries") { db in
            let values = [DatabaseValue(before), DatabaseValue(limit)]
            try db.run(
                """
                DELETE FROM deliveries WHERE position IN (
                  SELECT position FROM deliveries WHERE state IN ('delivered', 'dropped') AND settled_at < ?
                  ORDER BY settled_at LIMIT ?)
                """, values)
            let purged = db.changesCount
            try db.run(
                """
                DELETE FROM messages WHERE id IN (
                  SELECT id FROM messages WHERE state IN ('addressed', 'dropped') AND settled_at < ?
                    AND NOT EXISTS (SELECT 1 FROM deliveries WHERE message = messages.id)
                  ORDER BY settled_at LIMIT ?)
                """, values)
            return purged
        }
    }
}

/// A message's columns, first in a row.
private enum MessageRow {
    static let names = ["id", "case_id", "version", "recipient", "topic", "created_at", "data"]
    static let count = names.count
    static let columns = names.joined(separator: ", ")
    static func columns(of table: String) -> String { names.map { "\(table).\($0)" }.joined(separator: ", ") }

    static func message(_ row: Row) throws -> OutboxMessage {
        OutboxMessage(
            id: row[0], caseID: row[1], version: row[2], recipient: row[3], topic: row[4],
            createdAt: try row.timestamp(5), data: try row.json(6).objectValue ?? [:])
    }
}

/// A delivery's columns, after its message's; then attempts and since when it fails.
private enum DeliveryRow {
    static let names = ["id", "message", "recipient", "channel", "on_behalf_of", "due", "digest"]
    static let columns = (names + ["attempts", "failing_since"]).map { "d." + $0 }.joined(separator: ", ")
    static let attempts = MessageRow.count + names.count

    static func delivery(_ row: Row) throws -> Delivery {
        let first = MessageRow.count
        return Delivery(
            id: row[first], message: row[first + 1], recipient: row[first + 2], channel: row[first + 3],
            onBehalfOf: row[first + 4], due: try row.timestamp(first + 5), digest: row[first + 6])
    }
}
