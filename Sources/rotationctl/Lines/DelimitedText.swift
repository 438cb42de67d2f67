/// Tables as spreadsheets write them: RFC 4180, with commas, semicolons or tabs between the cells, as the first row has it.
enum DelimitedText {
    struct Row: Equatable {
        /// The file's line in which it begins, counted from 1.
        let line: Int
        let cells: [String]
    }

    /// A quote that opens in this line is not closed.
    struct OpenQuote: Error, Equatable {
        let line: Int
    }

    /// The rows in which anything stands, their cells without the spaces around them.
    static func rows(of text: String) throws(OpenQuote) -> [Row] {
        let text = Array(text.unicodeScalars.filter { $0 != "\r" })
        let separator = separator(of: text)
        var rows: [Row] = []
        var (position, line) = (0, 1)
        while position < text.count {
            let begin = line
            var cells: [String] = []
            repeat {
                if !cells.isEmpty { position += 1 }
                cells.append(try cell(text, &position, &line, until: separator))
            } while position < text.count && text[position] == separator
            position += 1
            line += 1
            if !cells.allSatisfy(\.isEmpty) { rows.append(Row(line: begin, cells: cells)) }
        }
        return rows
    }

    /// Whichever stands most often in the first row, outside quotes.
    private static func separator(of text: [Unicode.Scalar]) -> Unicode.Scalar {
        var counts: [Unicode.Scalar: Int] = [:]
        var isQuoted = false
        for scalar in text {
            if scalar == "\"" { isQuoted.toggle() }
            if isQuoted { continue }
            if scalar == "\n" { break }
            counts[scalar, default: 0] += 1
        }
        let candidates: [Unicode.Scalar] = [",", ";", "\t"]
        return candidates.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? ","
    }

    /// Reads up to the separator or the end of the row.
    private static func cell(
        _ text: [Unicode.Scalar], _ position: inout Int, _ line: inout Int, until separator: Unicode.Scalar
    ) throws(OpenQuote) -> String {
        var cell = String.UnicodeScalarView()
        if position < text.count, text[position] == "\"" {
            let begin = line
            position += 1
            while true {
                guard position < text.count else { throw OpenQuote(line: begin) }
                let isQuote = text[position] == "\""
                let isDoubled = isQuote && position + 1 < text.count && text[position + 1] == "\""
                if text[position] == "\n" { line += 1 }
                if !isQuote || isDoubled { cell.append(text[position]) }
                position += isDoubled ? 2 : 1
                if isQuote, !isDoubled { break }
            }
        }
        while position < text.count, text[position] != separator, text[position] != "\n" {
            cell.append(text[position])
            position += 1
        }
        return String(cell).trimmed
    }

    /// A row without its line end.
    static func line(_ cells: [String], separator: Character) -> String {
        cells.map { cell in
            guard cell.contains(where: { $0 == separator || $0 == "\"" || $0.isNewline }) else { return cell }
            return "\"\(cell.replacing("\"", with: "\"\""))\""
        }.joined(separator: String(separator))
    }
}

extension String {
    /// Without the spaces around it.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
