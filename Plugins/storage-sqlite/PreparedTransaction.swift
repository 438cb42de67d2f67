import GRDB
import JSONCore
import PluginKit
import Workflow

/// A transaction as the rows that it becomes, made before its turn so that the writer only writes.
struct PreparedTransaction: Sendable {
    struct Change: Sendable {
        var caseID: String
        var expectedVersion: Int
        var row: [DatabaseValue]
        var document: DatabaseValue
        var events: [[DatabaseValue]]
        var tasks: [[DatabaseValue]]
        var timers: [[DatabaseValue]]
        var readers: [[DatabaseValue]]?
        var fields: [[DatabaseValue]]?
    }

    var changes: [Change]
    var messages: [[DatabaseValue]]
    var request: Transaction.Request?

    /// - Throws: ``StorageError/invalidParameter(_:)`` when events and versions do not follow each other, a case is
    ///   changed twice, or a request has no event that it could be kept with.
    init(_ transaction: Transaction, path: String) throws(StorageError) {
        changes = []
        changes.reserveCapacity(transaction.changes.count)
        for (index, change) in transaction.changes.enumerated() {
            let after = change.after
            let place = "\(path).changes[\(index)]"
            guard change.expectedVersion >= 0, after.version == change.expectedVersion + change.events.count,
                after.version > 0
            else { throw .invalidParameter("\(place).case.version") }
            for (offset, event) in change.events.enumerated()
            where event.caseID != after.id || event.version != change.expectedVersion + offset + 1 {
                throw .invalidParameter("\(place).events[\(offset)].version")
            }
            if changes.contains(where: { $0.caseID == after.id }) { throw .invalidParameter("\(place).case.id") }
            let id = DatabaseValue(after.id)
            changes.append(
                Change(
                    caseID: after.id, expectedVersion: change.expectedVersion, row: CaseRow.values(after),
                    document: DatabaseValue(after.document), events: change.events.map(EventRow.values),
                    tasks: change.tasks.map {
                        [id, DatabaseValue($0.event), DatabaseValue($0.assignee), DatabaseValue($0.since),
                            DatabaseValue($0.due)]
                    },
                    timers: after.timers.enumerated().map { ordinal, timer in
                        [id, DatabaseValue(timer.id), DatabaseValue(ordinal), DatabaseValue(timer.kind.rawValue),
                            DatabaseValue(timer.name), DatabaseValue(timer.due), DatabaseValue(timer.period), .null]
                    },
                    readers: change.readers.map { readers in readers.map { [id, DatabaseValue($0)] } },
                    fields: change.fields.map { fields in
                        fields.map { [id, DatabaseValue($0.key), DatabaseValue($0.value)] }
                    }))
        }
        messages = transaction.messages.map {
            [DatabaseValue($0.id), DatabaseValue($0.caseID), DatabaseValue($0.version), DatabaseValue($0.recipient),
                DatabaseValue($0.topic), DatabaseValue($0.createdAt), DatabaseValue(JSON.object($0.data))]
        }
        request = transaction.request
        if request != nil, changes.first?.events.isEmpty ?? true { throw .invalidParameter("\(path).request") }
    }
}
