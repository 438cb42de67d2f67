import GRDBSQLite
import JSONCore
import Workflow

/// What a commit writes into a column.
enum ColumnValue: Sendable {
    case null
    case int(Int)
    case text(String)
}

extension ColumnValue: Equatable {
    static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.int(let a), .int(let b)): a == b
        // Byte by byte: Swift's own comparison takes composed and decomposed letters for equal.
        case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
        default: false
        }
    }
}

extension ColumnValue {
    init(_ text: String?) { self = text.map(ColumnValue.text) ?? .null }
    init(_ time: Timestamp?) { self = time.map { .text($0.description) } ?? .null }
    init(_ time: Timestamp) { self = .text(time.description) }
    /// The canonical text.
    init(_ json: JSON) { self = .text(String(decoding: json.canonicalBytes(), as: UTF8.self)) }
}
