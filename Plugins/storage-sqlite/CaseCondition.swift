import GRDB
import PluginKit

/// A filter as a condition on the table `cases`.
struct CaseCondition {
    private(set) var sql = "true"
    private(set) var values: [DatabaseValue] = []

    /// Readers with more cases than this are looked up case by case, in the order of the list; with fewer, their cases are
    /// collected first. Either way a page costs little.
    private static let fewCases = 2000

    /// - Parameter db: Where it will be used, asked how many cases the readers may read.
    init(_ filter: CaseFilter, in db: Database) throws {
        add("workflow", filter.workflow)
        if let states = filter.states {
            add("cases.state IN (\(Self.marks(states)))", states.map { DatabaseValue($0) })
        }
        add("subject", filter.subject)
        add("unit", filter.unit)
        if let units = filter.units {
            add("cases.unit IN (\(Self.marks(units)))", units.map { DatabaseValue($0) })
        }
        add("parent", filter.parent)
        add("period", filter.period)
        if let open = filter.open { add("cases.closed_at IS \(open ? "" : "NOT ")NULL") }
        if let overdue = filter.overdue { add("cases.overdue \(overdue ? "<>" : "=") '[]'") }
        if let text = filter.text { add("instr(cases.title_key, ?) > 0", [DatabaseValue(searchKey(text))]) }
        for (name, value) in (filter.field ?? [:]).sorted(by: { $0.key < $1.key }) {
            let seen = Self.seen(by: filter)
            add(
                "cases.id IN (SELECT case_id FROM fields WHERE name = ? AND value = ?\(seen.sql))",
                [DatabaseValue(name), DatabaseValue(value)] + seen.values)
        }
        if let readers = filter.readers {
            let marks = Self.marks(readers)
            let principals = readers.map { DatabaseValue($0) }
            let count =
                try db.row(
                    """
                    SELECT count(*) FROM (SELECT 1 FROM readers WHERE principal IN (\(marks)) LIMIT \(Self.fewCases + 1))
                    """, principals
                ) { $0[0] as Int } ?? 0
            if count <= Self.fewCases {
                add("cases.id IN (SELECT case_id FROM readers WHERE principal IN (\(marks)))", principals)
            } else {
                add(
                    """
                    EXISTS (SELECT 1 FROM readers WHERE readers.case_id = cases.id AND principal IN (\(marks)))
                    """, principals)
            }
        }
    }

    /// The condition on a row of `fields` that those who ask may know of it.
    private static func seen(by filter: CaseFilter) -> (sql: String, values: [DatabaseValue]) {
        let isHidden =
            "EXISTS (SELECT 1 FROM hidden_fields AS hidden WHERE hidden.case_id = fields.case_id"
            + " AND hidden.name = fields.name AND hidden.principal"
        var sql = ""
        if let readers = filter.readers {
            sql +=
                " AND EXISTS (SELECT 1 FROM readers WHERE readers.case_id = fields.case_id"
                + " AND principal IN (\(marks(readers))) AND NOT \(isHidden) = readers.principal))"
        }
        if let persons = filter.hiddenFrom { sql += " AND NOT \(isHidden) IN (\(marks(persons))))" }
        return (sql, ((filter.readers ?? []) + (filter.hiddenFrom ?? [])).map { DatabaseValue($0) })
    }

    mutating func add(_ condition: String, _ values: [DatabaseValue] = []) {
        sql += " AND " + condition
        self.values += values
    }

    private mutating func add(_ column: String, _ value: String?) {
        if let value { add("cases.\(column) = ?", [DatabaseValue(value)]) }
    }

    private static func marks(_ values: [String]) -> String { values.map { _ in "?" }.joined(separator: ", ") }
}
