import GRDB
import JSONCore
import PluginKit
import Workflow

extension SQLiteStorage {
    func stageDirectory(import name: String, _ records: DirectoryRecords) async throws(StorageError) {
        try await write("StageDirectory") { db in
            try Self.stage(name, records.units, in: db)
            try Self.stage(name, records.officials, in: db)
            try Self.stage(name, records.posts, in: db)
            try Self.stage(name, records.delegations, in: db)
        }
    }

    func applyDirectory(
        import name: String, at: Timestamp, by: String, dryRun: Bool
    ) async throws(StorageError) -> ImportResult {
        try await write("ApplyDirectory") { db in
            let key = [DatabaseValue(name)]
            guard try db.row("SELECT 1 FROM staged WHERE import = ?", key, { _ in true }) ?? false else {
                throw StorageError.importNotFound(name)
            }
            let units = try StagedRecords<Unit>(name, in: db)
            let officials = try StagedRecords<Official>(name, in: db)
            let posts = try StagedRecords<Post>(name, in: db)
            let delegations = try StagedRecords<Delegation>(name, in: db)
            try db.run("DELETE FROM staged WHERE import = ?", key)
            let known = (units: Set(units.all.map(\.id)), officials: Set(officials.all.map(\.id)))
            let missing = try (units.references + officials.references + posts.references + delegations.references)
                .filter { reference in
                    let table = reference.kind == .unit ? Unit.table : Official.table
                    if (reference.kind == .unit ? known.units : known.officials).contains(reference.id) { return false }
                    return try db.row(
                        "SELECT 1 FROM \(table) WHERE id = ?", [DatabaseValue(reference.id)], { _ in false }) ?? true
                }
            var result = ImportResult(
                units: units.count, officials: officials.count, posts: posts.count, delegations: delegations.count,
                missing: missing, applied: false)
            if dryRun || !missing.isEmpty { return result }
            for record in units.changes { try record.save(in: db) }
            for record in officials.changes { try record.save(in: db) }
            for record in posts.changes { try record.save(in: db) }
            for record in delegations.changes { try record.save(in: db) }
            let counts = [units.count, officials.count, posts.count, delegations.count]
            try db.run(
                "INSERT INTO imports (import, applied_at, applied_by, added, changed) VALUES (?, ?, ?, ?, ?)",
                [
                    DatabaseValue(name), DatabaseValue(at), DatabaseValue(by),
                    DatabaseValue(counts.reduce(0) { $0 + $1.added }),
                    DatabaseValue(counts.reduce(0) { $0 + $1.changed }),
                ])
            result.applied = true
            return result
        }
    }

    private static func stage<Record: DirectoryRow>(_ name: String, _ records: [Record], in db: Database) throws {
        for record in records {
            try db.run(
                "INSERT OR REPLACE INTO staged (import, kind, id, record) VALUES (?, ?, ?, ?)",
                [
                    DatabaseValue(name), DatabaseValue(Record.table), DatabaseValue(record.id),
                    DatabaseValue(JSON.object(record.json)),
                ])
        }
    }

    func findOfficials(
        ids: [String]?, logins: [String]?, text: String?, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<Official> {
        try Self.check(limit: limit)
        if let ids { try Self.check(count: ids.count, of: "ids") }
        if let logins { try Self.check(count: logins.count, of: "logins") }
        return try await read("FindOfficials") { db in
            var conditions = ["id > ?"]
            var values = [DatabaseValue(cursor ?? "")]
            for (column, wanted) in [("id", ids), ("login", logins)] {
                guard let wanted else { continue }
                conditions.append("\(column) IN (\(wanted.map { _ in "?" }.joined(separator: ", ")))")
                values += wanted.map { DatabaseValue($0) }
            }
            for word in searchKey(text ?? "").split(separator: " ") {
                conditions.append("instr(' ' || name_key, ?) > 0")
                values.append(DatabaseValue(" " + word))
            }
            let officials = try db.rows(
                "\(Official.select) WHERE \(conditions.joined(separator: " AND ")) ORDER BY id LIMIT ?",
                values + [DatabaseValue(limit + 1)], Official.init(row:))
            return Page(officials, limit: limit) { $0.id }
        }
    }

    func findPosts(
        official: String?, unit: String?, role: String?, on day: LocalDate
    ) async throws(StorageError) -> [Post] {
        try await read("FindPosts") { db in
            var conditions = ["from_date <= ?", "(to_date IS NULL OR to_date >= ?)"]
            var values = [DatabaseValue(day), DatabaseValue(day)]
            for (column, wanted) in [("official", official), ("unit", unit)] {
                guard let wanted else { continue }
                conditions.append("\(column) = ?")
                values.append(DatabaseValue(wanted))
            }
            if let role {
                conditions.append("EXISTS (SELECT 1 FROM json_each(roles) WHERE json_each.value = ?)")
                values.append(DatabaseValue(role))
            }
            return try db.rows(
                "\(Post.select) WHERE \(conditions.joined(separator: " AND ")) ORDER BY id", values, Post.init(row:))
        }
    }

    func findUnits(ids: [String]?, on day: LocalDate?) async throws(StorageError) -> [Unit] {
        if let ids { try Self.check(count: ids.count, of: "ids") }
        return try await read("FindUnits") { db in
            var conditions = ["true"]
            var values: [DatabaseValue] = []
            if let ids {
                conditions.append("id IN (\(ids.map { _ in "?" }.joined(separator: ", ")))")
                values += ids.map { DatabaseValue($0) }
            }
            if let day {
                conditions.append("(from_date IS NULL OR from_date <= ?) AND (to_date IS NULL OR to_date >= ?)")
                values += [DatabaseValue(day), DatabaseValue(day)]
            }
            return try db.rows(
                "\(Unit.select) WHERE \(conditions.joined(separator: " AND ")) ORDER BY id", values, Unit.init(row:))
        }
    }

    func findDelegations(deputy: String, on day: LocalDate) async throws(StorageError) -> [Delegation] {
        try await read("FindDelegations") { db in
            try db.rows(
                "\(Delegation.select) WHERE deputy = ? AND from_date <= ? AND to_date >= ? ORDER BY id",
                [DatabaseValue(deputy), DatabaseValue(day), DatabaseValue(day)], Delegation.init(row:))
        }
    }
}
