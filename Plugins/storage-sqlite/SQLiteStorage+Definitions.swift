import GRDB
import JSONCore
import PluginKit
import Workflow

extension SQLiteStorage {
    func saveDefinition(_ definition: StoredDefinition) async throws(StorageError) {
        try await write("SaveDefinition") { db in
            if let kept = try Self.definition(definition.name, definition.version, in: db) {
                guard kept.source == definition.source, kept.forms == definition.forms else {
                    throw StorageError.definitionExists(name: definition.name, version: definition.version)
                }
                return
            }
            let forms = JSONObject(uniqueKeysWithValues: definition.forms.map { ($0.key, JSON.string($0.value)) })
            try db.run(
                """
                INSERT INTO definitions (name, version, source, forms, digest, added_at) VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    DatabaseValue(definition.name), DatabaseValue(definition.version), DatabaseValue(definition.source),
                    DatabaseValue(JSON.object(forms)), DatabaseValue(definition.digest),
                    DatabaseValue(definition.addedAt),
                ])
        }
    }

    func loadDefinition(name: String, version: Int?) async throws(StorageError) -> StoredDefinition? {
        try await read("LoadDefinition") { try Self.definition(name, version, in: $0) }
    }

    func listDefinitions() async throws(StorageError) -> [DefinitionEntry] {
        try await read("ListDefinitions") { db in
            try db.rows("SELECT name, version, digest, added_at FROM definitions ORDER BY name, version") {
                DefinitionEntry(name: $0[0], version: $0[1], digest: $0[2], addedAt: try $0.timestamp(3))
            }
        }
    }

    private static func definition(_ name: String, _ version: Int?, in db: Database) throws -> StoredDefinition? {
        try db.row(
            """
            SELECT name, version, source, forms, digest, added_at FROM definitions
            WHERE name = ? AND version = coalesce(?, version) ORDER BY version DESC LIMIT 1
            """, [DatabaseValue(name), version.map { DatabaseValue($0) } ?? .null]
        ) { row in
            StoredDefinition(
                name: row[0], version: row[1], source: row[2],
                forms: (try row.json(3).objectValue ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.stringValue },
                digest: row[4], addedAt: try row.timestamp(5))
        }
    }

    func loadSetting(_ name: String) async throws(StorageError) -> String? {
        try await read("LoadSetting") { db in
            try db.row("SELECT value FROM settings WHERE name = ?", [DatabaseValue(name)]) { $0[0] }
        }
    }

    func saveSetting(_ name: String, value: String) async throws(StorageError) {
        try await write("SaveSetting") { db in
            try db.run(
                "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)",
                [DatabaseValue(name), DatabaseValue(value)])
        }
    }
}
