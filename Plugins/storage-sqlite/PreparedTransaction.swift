import PluginKit
import Workflow

/// A transaction as the rows that it becomes, made before its turn so that the writer only writes.
struct PreparedTransaction: Sendable {
    struct Change: Sendable {
        var caseID: String
        var expectedVersion: Int
        var row: [ColumnValue]
        var document: ColumnValue
        var events: [[ColumnValue]]
        var tasks: [[ColumnValue]]
        var timers: [[ColumnValue]]
        var readers: [[ColumnValue]]?
        var fields: [[ColumnValue]]?
        var hiddenFields: [[ColumnValue]]?

        var id: ColumnValue { row[0] }
        /// The workflow and the unique text, when there is one.
        var unique: [ColumnValue]? {
            row[CaseRow.unique] == .null ? nil : [row[CaseRow.workflow], row[CaseRow.unique]]
        }

        init(_ change: CaseChange) {
            caseID = change.after.id
            expectedVersion = change.expectedVersion
            row = CaseRow.values(change.after)
            document = ColumnValue(change.after.document)
            events = change.events.map(EventRow.values)
            let id = ColumnValue.text(change.after.id)
            tasks = change.tasks.map {
                [
                    id, .text($0.event), .text($0.assignee), ColumnValue($0.since), ColumnValue($0.due),
                    ColumnValue(change.after.unit),
                ]
            }.withoutRepeats(key: 3)
            timers = change.after.timers.enumerated().map { ordinal, timer in
                [
                    id, .text(timer.id), .int(ordinal), .text(timer.kind.rawValue), .text(timer.name),
                    ColumnValue(timer.due), ColumnValue(timer.period), .null,
                ]
            }.withoutRepeats(key: 2)
            readers = change.readers.map { readers in readers.map { [id, .text($0)] }.withoutRepeats(key: 2) }
            fields = change.fields.map { fields in fields.map { [id, .text($0.key), .text($0.value)] } }
            hiddenFields = change.hiddenFields.map { hidden in
                hidden.map { [id, .text($0.reader), .text($0.field)] }.withoutRepeats(key: 3)
            }
        }
    }

    var changes: [Change]
    var messages: [[ColumnValue]]
    var request: Transaction.Request?

    /// - Throws: ``StorageError/invalidParameter(_:)`` when events and versions do not follow each other, a case is
    ///   changed twice, two cases would have one unique text, or a request has no event that it could be kept with.
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
            let row = Change(change)
            if row.unique != nil, changes.contains(where: { $0.unique == row.unique }) {
                throw .invalidParameter("\(place).case.unique")
            }
            changes.append(row)
        }
        messages = transaction.messages.map {
            [
                .text($0.id), .text($0.caseID), .int($0.version), .text($0.recipient), .text($0.topic),
                ColumnValue($0.createdAt), ColumnValue(.object($0.data)),
            ]
        }
        request = transaction.request
        if let request {
            guard changes.first?.events.isEmpty == false else { throw .invalidParameter("\(path).request") }
            changes[0].events[0].replaceSubrange(
                EventRow.request, with: [.text(request.scope), .text(request.key), .text(request.digest)])
        }
    }
}

extension [[ColumnValue]] {
    /// The rows without those whose first columns are in an earlier one. There are few.
    fileprivate func withoutRepeats(key: Int) -> Self {
        reduce(into: []) { rows, row in
            if !rows.contains(where: { $0.prefix(key) == row.prefix(key) }) { rows.append(row) }
        }
    }
}
