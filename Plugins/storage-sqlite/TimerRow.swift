import GRDB
import Workflow

/// The columns id, kind, name, due, period of the table `timers`.
enum TimerRow {
    static func timer(_ row: Row, from first: Int) throws -> CaseTimer {
        let text: String = row[first + 1]
        guard let kind = CaseTimer.Kind(rawValue: text) else {
            throw ColumnError(description: "\"\(text)\" is not a kind of timer")
        }
        return CaseTimer(
            id: row[first], kind: kind, name: row[first + 2], due: try row.timestamp(first + 3), period: row[first + 4])
    }
}
