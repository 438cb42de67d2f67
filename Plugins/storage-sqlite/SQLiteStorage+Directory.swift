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
                    DatabaseValue(name), DatabaseValue(Record.table),
                    DatabaseValue(record.key.compactMap(String.fromDatabaseValue).joined(separator: " ")),
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
            var query = DirectoryQuery(Official.select, sortedBy: "sort_key", "id", after: cursor)
            if let ids { query.only("id", among: ids) }
            if let logins { query.only("login", among: logins) }
            query.only(words: text, in: "name_key")
            return try query.page(limit, in: db) { (try Official(row: $0), [$0["sort_key"], $0["id"]]) }
        }
    }

    func findPosts(
        official: String?, unit: String?, role: String?, on day: LocalDate?, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<Post> {
        try Self.check(limit: limit)
        return try await read("FindPosts") { db in
            let columns = Post.columns.map { "posts.\($0)" }.joined(separator: ", ")
            var query = DirectoryQuery(
                "SELECT \(columns), officials.sort_key FROM posts JOIN officials ON officials.id = posts.official",
                sortedBy: "officials.sort_key", "posts.id", after: cursor)
            if let day {
                query.only("posts.from_date <= ? AND (posts.to_date IS NULL OR posts.to_date >= ?)", day, day)
            }
            if let official { query.only("posts.official", among: [official]) }
            if let unit { query.only("posts.unit", among: [unit]) }
            if let role {
                query.only("EXISTS (SELECT 1 FROM json_each(posts.roles) WHERE json_each.value = ?)", role)
            }
            return try query.page(limit, in: db) { (try Post(row: $0), [$0["sort_key"], $0["id"]]) }
        }
    }

    func countOfficials(units: [String], on day: LocalDate) async throws(StorageError) -> [OfficialCount] {
        try Self.check(count: units.count, of: "units")
        return try await read("CountOfficials") { db in
            try db.rows(
                """
                SELECT unit, coalesce(block, ''), leader, count(DISTINCT official) FROM posts
                WHERE unit IN (\(units.map { _ in "?" }.joined(separator: ", "))) AND main = 1
                AND from_date <= ? AND (to_date IS NULL OR to_date >= ?)
                GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                """, units.map { DatabaseValue($0) } + [DatabaseValue(day), DatabaseValue(day)]
            ) { OfficialCount(unit: $0[0], block: $0[1], leader: $0[2], count: $0[3]) }
        }
    }

    func findUnits(
        ids: [String]?, parent: String?, text: String?, on day: LocalDate?, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<Unit> {
        try Self.check(limit: limit)
        if let ids { try Self.check(count: ids.count, of: "ids") }
        return try await read("FindUnits") { db in
            var query = DirectoryQuery(Unit.select, sortedBy: "sort_key", "id", "from_date", after: cursor)
            if let ids { query.only("id", among: ids) }
            if let parent { query.only("parent", among: [parent]) }
            query.only(words: text, in: "name_key")
            if let day { query.only("from_date <= ? AND (to_date IS NULL OR to_date >= ?)", day, day) }
            return try query.page(limit, in: db) { (try Unit(row: $0), [$0["sort_key"], $0["id"], $0["from_date"]]) }
        }
    }

    func findDelegations(
        deputy: String?, official: String?, on day: LocalDate
    ) async throws(StorageError) -> [Delegation] {
        let people = [("deputy", deputy), ("official", official)].compactMap { name, id in id.map { (name, $0) } }
        return try await read("FindDelegations") { db in
            try db.rows(
                "\(Delegation.select) WHERE \(people.map { $0.0 + " = ? AND " }.joined()) from_date <= ? AND to_date >= ? ORDER BY id",
                people.map { DatabaseValue($0.1) } + [DatabaseValue(day), DatabaseValue(day)],
                Delegation.init(row:))
        }
    }
}
