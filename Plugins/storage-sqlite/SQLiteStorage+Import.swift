import GRDB
import JSONCore
import PluginKit
import Workflow

extension SQLiteStorage {
    func stageDirectory(
        import name: String, _ records: DirectoryRecords, places: [String], after before: Int
    ) async throws(StorageError) {
        try await write("StageDirectory") { db in
            let known = try Self.stagedCount(of: name, in: db)
            guard known ?? 0 == before else { throw StorageError.importNotFound(name) }
            var places = places[...]
            func add<Record: DirectoryRow>(_ records: [Record]) throws {
                try StagedTable<Record>(of: name).add(records, places: places.prefix(records.count), in: db)
                places = places.dropFirst(records.count)
            }
            try add(records.units)
            try add(records.officials)
            try add(records.posts)
            try add(records.delegations)
            try db.run(
                "INSERT OR REPLACE INTO staged_imports (import, records) VALUES (?, ?)",
                [DatabaseValue(name), DatabaseValue(before + records.count)])
        }
    }

    func applyDirectory(
        import name: String, at: Timestamp, by: String, dryRun: Bool
    ) async throws(StorageError) -> ImportResult {
        try await write("ApplyDirectory") { db in
            guard try Self.stagedCount(of: name, in: db) != nil else { throw StorageError.importNotFound(name) }
            return try StagedImport(name).apply(at: at, by: by, dryRun: dryRun, in: db)
        }
    }

    func listStagedChanges(
        import name: String, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<DirectoryChange> {
        try Self.check(limit: limit)
        let position = try (cursor ?? "0 0").split(separator: " ").map { (part) throws(StorageError) in
            guard let number = Int(part) else { throw .invalidParameter("cursor") }
            return number
        }
        guard position.count == 2 else { throw .invalidParameter("cursor") }
        return try await read("ListStagedChanges") { db in
            guard try Self.stagedCount(of: name, in: db) != nil else { throw StorageError.importNotFound(name) }
            return try StagedImport(name).changes(after: (position[0], position[1]), limit: limit, in: db)
        }
    }

    func discardDirectory(import name: String) async throws(StorageError) {
        try await write("DiscardDirectory") { db in try StagedImport(name).remove(in: db) }
    }

    private static func stagedCount(of name: String, in db: Database) throws -> Int? {
        try db.row("SELECT records FROM staged_imports WHERE import = ?", [DatabaseValue(name)]) { $0[0] }
    }
}
