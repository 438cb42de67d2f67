import PluginKit

/// Where a record of an import stands, as text that the store gives back with what is wrong with it: the line, the columns
/// of the fields that other records matter to, and the file.
struct DirectoryPlace {
    private static func fields(of table: DirectoryRecords.Table) -> [String] {
        switch table {
        case .units: ["id", "from", "parent", "successor"]
        case .officials: ["id", "login"]
        case .posts: ["id", "official", "unit", "main"]
        case .delegations: ["id", "official", "deputy"]
        }
    }

    let file: String
    let line: Int
    private let columns: [Int]

    init(_ row: CSVTable.Row, of table: DirectoryRecords.Table, file: String) {
        self.file = file
        line = row.line
        columns = Self.fields(of: table).map(row.column)
    }

    init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let line = Int(parts[0]) else { return nil }
        self.line = line
        columns = parts[1].split(separator: ",").compactMap { Int($0) }
        file = String(parts[2])
    }

    var text: String { "\(line) \(columns.map(String.init).joined(separator: ",")) \(file)" }

    /// The column of a field, from 1.
    func column(of field: String, in table: DirectoryRecords.Table) -> Int {
        guard let index = Self.fields(of: table).firstIndex(of: field), columns.indices.contains(index) else {
            return 1
        }
        return columns[index]
    }
}
