import GRDB
import JSONCore
import PluginKit
import Workflow

extension SQLiteStorage {
    func acceptDelegation(
        id: String, deputy: String, on day: LocalDate, at: Timestamp
    ) async throws(StorageError) -> Delegation? {
        try await write("AcceptDelegation") { db in
            let kept = try db.row(
                "\(Delegation.select) WHERE id = ? AND deputy = ?", [DatabaseValue(id), DatabaseValue(deputy)],
                Delegation.init(row:))
            guard var delegation = kept, !delegation.isInForce else { return kept }
            let old = delegation
            delegation.acceptance = .accepted(on: day)
            try db.run(
                "UPDATE delegations SET acceptance = 'accepted', accepted_on = ? WHERE id = ?",
                [DatabaseValue(day), DatabaseValue(id)])
            try db.run(
                "INSERT INTO directory_history (kind, at, by, added, changed) VALUES ('acceptance', ?, ?, 0, 1)",
                [DatabaseValue(at), DatabaseValue(deputy)])
            try db.run(
                """
                INSERT INTO directory_changes (entry, kind, id, old, new)
                VALUES (last_insert_rowid(), 'delegations', ?, ?, ?)
                """,
                [DatabaseValue(id), DatabaseValue(.object(old.json)), DatabaseValue(.object(delegation.json))])
            return delegation
        }
    }

    func listDirectoryEntries(
        cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<DirectoryEntry> {
        try Self.check(limit: limit)
        return try await read("ListDirectoryEntries") { db in
            let entries = try db.rows(
                """
                SELECT number, kind, at, by, added, changed FROM directory_history
                WHERE number < ? ORDER BY number DESC LIMIT ?
                """, [DatabaseValue(cursor.flatMap { Int($0) } ?? .max), DatabaseValue(limit + 1)]
            ) { row in
                DirectoryEntry(
                    number: row[0], kind: DirectoryEntry.Kind(rawValue: row[1]) ?? .import, at: try row.timestamp(2),
                    by: row[3], added: row[4], changed: row[5])
            }
            return Page(entries, limit: limit) { String($0.number) }
        }
    }

    func listDirectoryChanges(
        entry: Int?, table: DirectoryRecords.Table?, id: String?, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<DirectoryChange> {
        try Self.check(limit: limit)
        return try await read("ListDirectoryChanges") { db in
            var conditions = ["number < ?"]
            var values = [DatabaseValue(cursor.flatMap { Int($0) } ?? .max)]
            for (column, wanted) in [
                ("entry", entry.map { DatabaseValue($0) }), ("kind", table.map { DatabaseValue($0.rawValue) }),
                ("id", id.map { DatabaseValue($0) }),
            ] {
                guard let wanted else { continue }
                conditions.append("\(column) = ?")
                values.append(wanted)
            }
            let changes = try db.rows(
                """
                SELECT number, entry, kind, id, old, new FROM directory_changes
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY number DESC LIMIT ?
                """, values + [DatabaseValue(limit + 1)]
            ) { row in
                let change = DirectoryChange(
                    entry: row[1], table: DirectoryRecords.Table(rawValue: row[2]) ?? .units, id: row[3],
                    old: row.hasNull(atIndex: 4) ? nil : try row.json(4).objectValue,
                    new: row.hasNull(atIndex: 5) ? nil : try row.json(5).objectValue)
                return (change: change, number: row[0] as Int)
            }
            let page = Page(changes, limit: limit) { String($0.number) }
            return Page(page.elements.map(\.change), cursor: page.cursor)
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
