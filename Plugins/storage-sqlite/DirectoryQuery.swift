import GRDB
import JSONCore
import PluginKit
import Workflow

/// A query of the directory, sorted by columns that tell its rows apart and paged by their values.
struct DirectoryQuery {
    private let select: String
    private let order: [String]
    private var conditions: [String] = []
    private var values: [DatabaseValue] = []

    /// - Parameter cursor: Of the page before: the values of `order` in its last row, as a JSON array.
    init(_ select: String, sortedBy order: String..., after cursor: String?) {
        self.select = select
        self.order = order
        guard let cursor else { return }
        let last = ((try? JSON(parsing: cursor))?.arrayValue ?? []).map { DatabaseValue($0.stringValue ?? "") }
        // A cursor that is not ours finds nothing.
        guard last.count == order.count else {
            conditions.append("false")
            return
        }
        conditions.append("(\(order.joined(separator: ", "))) > (\(order.map { _ in "?" }.joined(separator: ", ")))")
        values += last
    }

    mutating func only(_ condition: String, _ values: any CustomStringConvertible...) {
        conditions.append(condition)
        self.values += values.map { DatabaseValue($0.description) }
    }

    mutating func only(_ column: String, among wanted: [String]) {
        conditions.append("\(column) IN (\(wanted.map { _ in "?" }.joined(separator: ", ")))")
        values += wanted.map { DatabaseValue($0) }
    }

    /// Each word of the text begins a word of what is kept.
    mutating func only(words text: String?, in column: String) {
        for word in searchWords(text ?? "") {
            conditions.append("instr(' ' || \(column), ?) > 0")
            values.append(DatabaseValue(" " + word))
        }
    }

    /// - Parameter read: Of a row, what it is and its values of the order.
    func page<Value>(
        _ limit: Int, in db: Database, _ read: (Row) throws -> (Value, [String])
    ) throws -> Page<Value> {
        let filter = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND "))"
        let found = try db.rows(
            "\(select) \(filter) ORDER BY \(order.joined(separator: ", ")) LIMIT ?",
            values + [DatabaseValue(limit + 1)],
            read)
        let page = Page(found, limit: limit) { "\(JSON.array($0.1.map(JSON.string)))" }
        return Page(page.elements.map(\.0), cursor: page.cursor)
    }
}
