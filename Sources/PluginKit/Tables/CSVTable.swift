import Workflow

/// A table in CSV (RFC 4180, UTF-8): a header row that names the columns, commas, fields in quotes where they need them.
/// Lines may end in LF or CRLF; a byte-order mark, empty lines and lines that begin with `#` are passed over.
public struct CSVTable: Sendable {
    public struct Row: Sendable {
        public let line: Int
        public let fields: [String: (text: String, column: Int)]

        /// The field's text without the spaces around it; nil when it is empty.
        public func text(_ name: String) -> String? {
            let text = fields[name]?.text.trimmingSpaces ?? ""
            return text.isEmpty ? nil : text
        }
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
        var reader = Reader(text: Array(text.unicodeScalars), line: firstLine - 1)
        var header: [String]?
        var rows: [Row] = []
        while let record = try reader.record() {
            if record.fields.count == 1, record.fields[0].text.isEmpty || record.fields[0].text.hasPrefix("#") {
                continue
            }
            guard let columns = header else {
                header = record.fields.map(\.text.trimmingSpaces)
                continue
            }
            guard record.fields.count == columns.count else {
                throw Problem(
                    line: record.line, column: 1,
                    message: LocalizedText(
                        vi: "có \(record.fields.count) ô, dòng tiêu đề có \(columns.count)",
                        en: "has \(record.fields.count) fields, the header has \(columns.count)"))
            }
            rows.append(
                Row(line: record.line, fields: Dictionary(zip(columns, record.fields), uniquingKeysWith: { $1 })))
        }
        columns = header ?? []
        self.rows = rows
    }

    private struct Reader {
        let text: [Unicode.Scalar]
        var position = 0
        var line: Int

        init(text: [Unicode.Scalar], line: Int) {
            self.text = text
            self.line = line
            if text.first == "\u{FEFF}" { position = 1 }
        }

        mutating func record() throws(Problem) -> (fields: [(text: String, column: Int)], line: Int)? {
            guard position < text.count else { return nil }
            let start = line
            var lineStart = position
            var fields: [(text: String, column: Int)] = []
            while true {
                let column = position - lineStart + 1
                var field = String.UnicodeScalarView()
                if position < text.count, text[position] == "\"" {
                    position += 1
                    while true {
                        guard position < text.count else {
                            throw Problem(
                                line: start, column: column,
                                message: LocalizedText(vi: "thiếu dấu ngoặc kép đóng", en: "a quoted field has no end"))
                        }
                        let scalar = text[position]
                        position += 1
                        if scalar == "\n" {
                            line += 1
                            lineStart = position
                        }
                        if scalar != "\"" {
                            field.append(scalar)
                        } else if position < text.count, text[position] == "\"" {
                            field.append("\"")
                            position += 1
                        } else {
                            break
                        }
                    }
                    if position < text.count, ![",", "\n", "\r"].contains(text[position]) {
                        throw Problem(
                            line: line, column: position - lineStart + 1,
                            message: LocalizedText(
                                vi: "có chữ sau dấu ngoặc kép đóng", en: "there is text after a closing quote"))
                    }
                } else {
                    while position < text.count, ![",", "\n", "\r"].contains(text[position]) {
                        field.append(text[position])
                        position += 1
                    }
                }
                fields.append((String(field), column))
                guard position < text.count else { break }
                if text[position] == "," {
                    position += 1
                    continue
                }
                if text[position] == "\r" { position += 1 }
                if position < text.count, text[position] == "\n" { position += 1 }
                break
            }
            line += 1
            return (fields, start)
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
