import Workflow

/// A table in CSV (RFC 4180, UTF-8): a header row that names the columns, commas, fields in quotes where they need them.
/// Lines may end in LF or CRLF; a byte-order mark, empty lines and lines that begin with `#` are passed over.
public struct CSVTable: Sendable {
    public struct Row: Sendable {
        public let line: Int
        /// Which row of the table it is, the header's being 1.
        public let number: Int
        fileprivate let columns: [String: Int]
        fileprivate let cells: [Cell]

        /// The field's text without the spaces around it; nil when it is empty or there is no such column.
        public func text(_ name: String) -> String? {
            guard let text = columns[name].map({ cells[$0].text.trimmingSpaces }), !text.isEmpty else { return nil }
            return text
        }

        /// Which cell, from 0, begins at a column of the line.
        public func cell(at column: Int) -> Int? { cells.firstIndex { $0.column == column } }

        /// Where the field stands in its line, from 1; 1 when there is no such column.
        public func column(of name: String) -> Int { columns[name].map { cells[$0].column } ?? 1 }
    }

    fileprivate struct Cell: Sendable {
        let text: String
        /// In characters, from 1.
        let column: Int
    }

    public struct Problem: Error {
        public let line: Int, column: Int
        public let message: LocalizedText

        public init(line: Int, column: Int, message: LocalizedText) {
            self.line = line
            self.column = column
            self.message = message
        }
    }

    public let columns: [String]
    public let rows: [Row]

    /// - Parameter firstLine: The file's line of the row after the header, for a part of a longer file.
    public init(_ text: String, firstLine: Int = 2) throws(Problem) {
        var reader = Reader(text, line: firstLine - 1)
        var header: [String]?
        var places: [String: Int] = [:]
        var rows: [Row] = []
        var number = 0
        while var record = try reader.record() {
            number += 1
            if record.cells.count == 1, record.cells[0].text.hasPrefix("#") { continue }
            // Spreadsheets leave rows and columns that are empty.
            while record.cells.count > header?.count ?? 0, record.cells.last?.text.trimmingSpaces == "" {
                record.cells.removeLast()
            }
            if record.cells.allSatisfy({ $0.text.isEmpty }) { continue }
            guard let columns = header else {
                let columns = record.cells.map(\.text.trimmingSpaces)
                places = Dictionary(zip(columns, columns.indices), uniquingKeysWith: { $1 })
                header = columns
                continue
            }
            guard record.cells.count == columns.count else {
                throw Problem(
                    line: record.line, column: 1,
                    message: LocalizedText(
                        vi: "có \(record.cells.count) ô, dòng tiêu đề có \(columns.count)",
                        en: "has \(record.cells.count) fields, the header has \(columns.count)"))
            }
            rows.append(Row(line: record.line, number: number, columns: places, cells: record.cells))
        }
        columns = header ?? []
        self.rows = rows
    }

    private struct Reader {
        private let text: [UInt8]
        private var position: Int
        private var line: Int
        /// Of the position, in characters.
        private var column = 1

        init(_ text: String, line: Int) {
            self.text = Array(text.utf8)
            self.line = line
            position = self.text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        }

        private var next: UInt8? { position < text.count ? text[position] : nil }

        private mutating func advance() {
            let byte = text[position]
            position += 1
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if position == text.count || text[position] & 0xC0 != 0x80 {
                column += 1
            }
        }

        mutating func record() throws(Problem) -> (cells: [Cell], line: Int)? {
            guard next != nil else { return nil }
            let start = line
            var cells: [Cell] = []
            while true {
                let column = column
                cells.append(Cell(text: next == UInt8(ascii: "\"") ? try quoted(start) : plain(), column: column))
                guard next == UInt8(ascii: ",") else { break }
                advance()
            }
            if next == UInt8(ascii: "\r") { advance() }
            if next == UInt8(ascii: "\n") { advance() }
            return (cells, start)
        }

        private var isAtEndOfField: Bool {
            next == nil || next == UInt8(ascii: ",") || next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r")
        }

        private mutating func plain() -> String {
            let start = position
            while !isAtEndOfField { advance() }
            return String(decoding: text[start..<position], as: UTF8.self)
        }

        private mutating func quoted(_ start: Int) throws(Problem) -> String {
            let column = column
            var field: [UInt8] = []
            advance()
            while let byte = next {
                advance()
                if byte != UInt8(ascii: "\"") {
                    field.append(byte)
                } else if next == UInt8(ascii: "\"") {
                    field.append(byte)
                    advance()
                } else if isAtEndOfField {
                    return String(decoding: field, as: UTF8.self)
                } else {
                    throw Problem(
                        line: line, column: self.column,
                        message: LocalizedText(
                            vi: "có chữ sau dấu ngoặc kép đóng", en: "there is text after a closing quote"))
                }
            }
            throw Problem(
                line: start, column: column,
                message: LocalizedText(vi: "thiếu dấu ngoặc kép đóng", en: "a quoted field has no end"))
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else {
            return ""
        }
        return String(self[first...last])
    }
}
