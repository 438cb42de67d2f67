import GRDB
import JSONCore
import PluginKit

/// The records of one kind that an import brings, held against the store.
struct StagedRecords<Record: DirectoryRow> {
    let all: [Record]
    /// Those that are new or differ.
    private(set) var changes: [Record] = []
    private(set) var count = ImportCount(added: 0, changed: 0, same: 0)

    init(_ name: String, in db: Database) throws {
        all = try db.rows(
            "SELECT record FROM staged WHERE import = ? AND kind = ? ORDER BY id",
            [DatabaseValue(name), DatabaseValue(Record.table)]
        ) { try Record(json: $0.json(0).objectValue ?? [:]) }
        for record in all {
            let kept = try record.kept(in: db)
            switch kept {
            case nil: count.added += 1
            case record: count.same += 1
            default: count.changed += 1
            }
            if kept != record { changes.append(record) }
        }
    }

    var references: [MissingReference] {
        all.flatMap { record in
            record.references.map {
                MissingReference(kind: $0.kind, id: $0.id, referrer: "\(Record.table.dropLast()) \(record.id)")
            }
        }
    }
}
