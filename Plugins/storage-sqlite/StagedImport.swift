import GRDB
import JSONCore
import PluginKit
import Workflow

/// An import that was set aside.
struct StagedImport {
    private let name: String
    private var key: [DatabaseValue] { [DatabaseValue(name)] }
    private let units: StagedTable<Unit>
    private let officials: StagedTable<Official>
    private let posts: StagedTable<Post>
    private let delegations: StagedTable<Delegation>

    init(_ name: String) {
        self.name = name
        units = StagedTable(of: name)
        officials = StagedTable(of: name)
        posts = StagedTable(of: name)
        delegations = StagedTable(of: name)
    }

    func remove(in db: Database) throws {
        try units.remove(in: db)
        try officials.remove(in: db)
        try posts.remove(in: db)
        try delegations.remove(in: db)
        try db.run("DELETE FROM staged_imports WHERE import = ?", key)
    }

    /// Writes it into the directory, looks at the whole, and takes it back when it is not in order or only tried: so the
    /// checks see one directory, not two halves.
    func apply(at: Timestamp, by: String, dryRun: Bool, in db: Database) throws -> ImportResult {
        var result = ImportResult(
            units: try units.count(in: db), officials: try officials.count(in: db), posts: try posts.count(in: db),
            delegations: try delegations.count(in: db), problems: [], problemCount: 0, applied: false)
        var problems = try units.duplicates(in: db) + officials.duplicates(in: db)
        problems += try posts.duplicates(in: db) + delegations.duplicates(in: db)
        try db.inSavepoint {
            let counts = [result.units, result.officials, result.posts, result.delegations]
            try db.run(
                "INSERT INTO directory_history (kind, at, by, added, changed) VALUES ('import', ?, ?, ?, ?)",
                [
                    DatabaseValue(at), DatabaseValue(by), DatabaseValue(counts.reduce(0) { $0 + $1.added }),
                    DatabaseValue(counts.reduce(0) { $0 + $1.changed }),
                ])
            let entry = Int(db.lastInsertedRowID)
            try units.merge(into: entry, in: db)
            try officials.merge(into: entry, in: db)
            try posts.merge(into: entry, in: db)
            try delegations.merge(into: entry, in: db)
            problems += try check(in: db)
            try db.run("DELETE FROM staged_lives")
            result.applied = !dryRun && problems.isEmpty
            return result.applied ? .commit : .rollback
        }
        if !dryRun { try remove(in: db) }
        result.problemCount = problems.count
        result.problems = Array(problems.prefix(ImportResult.mostProblems))
        return result
    }

    /// What is wrong with the directory as the import makes it, in the order of the tables.
    private func check(in db: Database) throws -> [DirectoryProblem] {
        let staged = try db.rows(
            "SELECT id, from_date, place FROM staged_units WHERE import = ? ORDER BY rowid", key
        ) { row in (id: row[0] as String, from: row[1] as String, place: row[2] as String) }
        let tree = try UnitTree(db.rows(Unit.select, [], Unit.init(row:)))
        try keep(tree.lives, in: db)
        var problems = Self.problems(in: tree, of: staged)
        problems += try takenLogins(in: db)
        problems += try posts.dangling("official", in: .officials, .unknownOfficial, in: db)
        problems += try posts.dangling("unit", in: .units, .unknownUnit, in: db)
        problems += try postsWithoutUnit(in: db)
        problems += try severalMains(in: db)
        problems += try delegations.dangling("official", in: .officials, .unknownOfficial, in: db)
        problems += try delegations.dangling("deputy", in: .officials, .unknownOfficial, in: db)
        return problems
    }

    private static func problems(
        in tree: UnitTree, of staged: [(id: String, from: String, place: String)]
    ) -> [DirectoryProblem] {
        let places = Dictionary(
            staged.map { ("\($0.id) \($0.from)", $0.place) }, uniquingKeysWith: { first, _ in first })
        let anyPlaces = Dictionary(staged.map { ($0.id, $0.place) }, uniquingKeysWith: { first, _ in first })
        return tree.problems { anyPlaces[$0] != nil }.map { row, problem in
            var problem = problem
            let named = [row.id, row.parent, row.successor].compactMap { $0 }
            problem.place =
                places["\(row.id) \(row.from?.description ?? "")"]
                ?? named.lazy.compactMap { anyPlaces[$0] }.first
            return problem
        }
    }

    /// When each unit is there, for statements over all posts.
    private func keep(_ lives: [String: [UnitTree.Span]], in db: Database) throws {
        let insert = try WriterStatement("INSERT INTO staged_lives (unit, from_date, to_date) VALUES (?, ?, ?)", in: db)
        for (unit, spans) in lives {
            for span in spans {
                try insert.run([
                    .text(unit), .text(span.from?.description ?? ""), ColumnValue(span.to?.description),
                ])
            }
        }
    }

    /// Posts of the import, or in its units, that are held while their unit is not there.
    private func postsWithoutUnit(in db: Database) throws -> [DirectoryProblem] {
        try db.rows(
            """
            SELECT p.id, p.unit, p.place, (
              SELECT max(to_date) FROM staged_lives AS l
              WHERE l.unit = p.unit AND l.from_date <= p.from_date AND l.to_date >= p.from_date
            ), p.from_date
            FROM (
              SELECT posts.*, s.place FROM staged_posts AS s JOIN posts ON posts.id = s.id WHERE s.import = ?1
              UNION ALL
              SELECT posts.*, (SELECT min(place) FROM staged_units AS u WHERE u.import = ?1 AND u.id = posts.unit)
              FROM posts
              WHERE unit IN (SELECT id FROM staged_units WHERE import = ?1)
                AND NOT EXISTS (SELECT 1 FROM staged_posts AS s WHERE s.import = ?1 AND s.id = posts.id)
            ) AS p
            WHERE EXISTS (SELECT 1 FROM staged_lives AS l WHERE l.unit = p.unit) AND NOT EXISTS (
              SELECT 1 FROM staged_lives AS l
              WHERE l.unit = p.unit AND l.from_date <= p.from_date
                AND (l.to_date IS NULL OR p.to_date IS NOT NULL AND l.to_date >= p.to_date)
            )
            """, key
        ) { row in
            // From the day after the unit's last, where the post begins while the unit is there.
            let day = try row.optionalDate(3)?.adding(days: 1) ?? row.date(4)
            return DirectoryProblem(
                kind: .unitAbsent, table: .posts, id: row[0], field: "unit", other: row[1], day: day, place: row[2])
        }
    }

    /// Main posts of the import that share a day with another main post of the same official.
    private func severalMains(in db: Database) throws -> [DirectoryProblem] {
        try db.rows(
            """
            SELECT p.id, o.id, s.place, max(p.from_date, o.from_date)
            FROM staged_posts AS s
            JOIN posts AS p ON p.id = s.id
            JOIN posts AS o ON o.official = p.official AND o.id <> p.id AND o.main
            WHERE s.import = ?1 AND p.main
              AND (o.to_date IS NULL OR o.to_date >= p.from_date) AND (p.to_date IS NULL OR p.to_date >= o.from_date)
              AND NOT EXISTS (SELECT 1 FROM staged_posts AS t WHERE t.import = ?1 AND t.id = o.id AND t.rowid > s.rowid)
            ORDER BY s.rowid
            """, key
        ) { row in
            DirectoryProblem(
                kind: .severalMains, table: .posts, id: row[0], field: "main", other: row[1], day: try row.date(3),
                place: row[2])
        }
    }

    /// Officials of the import whose login another official has.
    private func takenLogins(in db: Database) throws -> [DirectoryProblem] {
        try db.rows(
            """
            SELECT s.id, o.id, s.place FROM staged_officials AS s
            JOIN officials AS o ON o.login = s.login AND o.id <> s.id
            WHERE s.import = ?1 AND NOT EXISTS (
              SELECT 1 FROM staged_officials AS t WHERE t.import = ?1 AND t.id = o.id AND t.rowid > s.rowid
            )
            ORDER BY s.rowid
            """, key
        ) { row in
            DirectoryProblem(
                kind: .loginTaken, table: .officials, id: row[0], field: "login", other: row[1], place: row[2])
        }
    }

    /// A page of what it would add and change: the tables one after another, each in the order in which it was set aside.
    /// - Parameter position: The table's number and the row after which the page begins.
    func changes(after position: (table: Int, row: Int), limit: Int, in db: Database) throws -> Page<DirectoryChange> {
        let tables: [(_ row: Int, _ limit: Int) throws -> [(change: DirectoryChange, row: Int)]] = [
            { try units.changes(after: $0, limit: $1, in: db) },
            { try officials.changes(after: $0, limit: $1, in: db) },
            { try posts.changes(after: $0, limit: $1, in: db) },
            { try delegations.changes(after: $0, limit: $1, in: db) },
        ]
        var changes: [DirectoryChange] = []
        for (index, table) in tables.enumerated().dropFirst(position.table) {
            let wanted = limit - changes.count
            // One more tells whether there is a next page.
            let found = try table(index == position.table ? position.row : 0, wanted + 1)
            changes += found.prefix(wanted).map(\.change)
            if found.count > wanted {
                let last = wanted > 0 ? found[wanted - 1].row : 0
                return Page(changes, cursor: "\(index) \(last)")
            }
        }
        return Page(changes, cursor: nil)
    }
}

extension Database {
    /// Forgets all imports that were set aside.
    func forgetStaged() throws {
        for table in ["imports"] + DirectoryRecords.Table.allCases.map(\.rawValue) {
            try run("DELETE FROM staged_\(table)")
        }
    }
}
