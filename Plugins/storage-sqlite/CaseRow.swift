import GRDB
import JSONCore
import PluginKit
import Workflow

/// The columns of the table `cases`.
enum CaseRow {
    static let names = [
        "id", "workflow", "definition", "state", "version", "title", "title_key", "subject", "unit", "parent",
        "recurrence", "period", "opened_at", "updated_at", "closed_at", "state_since", "state_version", "overdue",
        "head", "unique_text",
    ]
    static let version = 4
    static let title = 5
    static let titleKey = 6
    static let closedAt = 14
    static let overdue = 17
    static let workflow = 1
    static let unique = 19
    static let noneOverdue = ColumnValue.text("[]")

    /// The columns of a query that ``summary(_:)`` and ``full(_:document:timers:)`` read.
    static let columns = names.map { "cases.\($0)" }.joined(separator: ", ")

    /// All columns. The title's key is left out until it is known that the title is new: it takes longer than the rest.
    static func values(_ value: Case) -> [ColumnValue] {
        [
            .text(value.id), .text(value.workflow), .int(value.definition), .text(value.state), .int(value.version),
            .text(value.title), .null, ColumnValue(value.subject), ColumnValue(value.unit),
            ColumnValue(value.parent), ColumnValue(value.recurrence), ColumnValue(value.period),
            ColumnValue(value.openedAt), ColumnValue(value.updatedAt), ColumnValue(value.closedAt),
            ColumnValue(value.stateSince), .int(value.stateVersion),
            value.overdue.isEmpty ? noneOverdue : ColumnValue(.array(value.overdue.map(JSON.string))),
            .text(value.head), ColumnValue(value.unique),
        ]
    }

    static func summary(_ row: Row) throws -> CaseSummary {
        CaseSummary(
            id: row[0], workflow: row[1], definition: row[2], state: row[3], version: row[4], title: row[5],
            subject: row[7], unit: row[8], parent: row[9], recurrence: row[10], period: row[11],
            openedAt: try row.timestamp(12), updatedAt: try row.timestamp(13), closedAt: try row.optionalTimestamp(14),
            stateSince: try row.timestamp(15), overdue: try row.strings(17))
    }

    static func full(_ row: Row, document: JSON, timers: [CaseTimer]) throws -> Case {
        Case(
            id: row[0], workflow: row[1], definition: row[2], state: row[3], version: row[4], title: row[5],
            subject: row[7], unit: row[8], parent: row[9], recurrence: row[10], period: row[11], unique: row[19],
            openedAt: try row.timestamp(12), updatedAt: try row.timestamp(13), closedAt: try row.optionalTimestamp(14),
            stateSince: try row.timestamp(15), stateVersion: row[16], overdue: try row.strings(17), timers: timers,
            document: document, head: row[18])
    }
}
