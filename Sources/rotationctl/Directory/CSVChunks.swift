/// A CSV text cut into parts that each begin with its header row, none longer than a limit, no row broken.
struct CSVChunks {
    struct Chunk: Equatable {
        let csv: String
        /// The line of the file, counted from 1, in which the first row after the header begins.
        let firstLine: Int
        let rows: Int
    }

    enum Problem: Error, Equatable {
        case empty
        /// A quote that opens in this line is not closed.
        case openQuote(line: Int)
        /// The row that begins in this line does not fit beside the header.
        case longRow(line: Int)
    }

    /// - Parameter limit: Bytes of a part at most.
    static func chunks(of text: String, limit: Int) throws(Problem) -> [Chunk] {
        let bytes = Array(text.utf8)
        var rows = try rows(bytes)[...]
        guard let header = rows.popFirst() else { throw .empty }
        var chunks: [Chunk] = []
        var part = Array(bytes[header.range])
        var (first, count) = (rows.first?.line ?? header.line + 1, 0)
        func finish() {
            chunks.append(Chunk(csv: String(decoding: part, as: UTF8.self), firstLine: first, rows: count))
        }
        for row in rows {
            if header.range.count + row.range.count > limit { throw .longRow(line: row.line) }
            if part.count + row.range.count > limit {
                finish()
                part = Array(bytes[header.range])
                (first, count) = (row.line, 0)
            }
            part += bytes[row.range]
            count += 1
        }
        finish()
        return chunks
    }

    /// The rows with their line ends; those that are empty are skipped only at the end, so that lines can be counted.
    private static func rows(_ bytes: [UInt8]) throws(Problem) -> [(range: Range<Int>, line: Int)] {
        var rows: [(range: Range<Int>, line: Int)] = []
        var (start, line, rowLine, quoteLine) = (0, 1, 1, 0)
        var isQuoted = false
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "\""):
                // A doubled quote closes and opens again, which comes to the same.
                isQuoted.toggle()
                quoteLine = line
            case UInt8(ascii: "\n"):
                line += 1
                guard !isQuoted else { continue }
                rows.append((start..<index + 1, rowLine))
                (start, rowLine) = (index + 1, line)
            default: break
            }
        }
        if isQuoted { throw .openQuote(line: quoteLine) }
        if start < bytes.count { rows.append((start..<bytes.count, rowLine)) }
        while let last = rows.last, bytes[last.range].allSatisfy({ $0 == 0x0A || $0 == 0x0D || $0 == 0x20 }) {
            rows.removeLast()
        }
        return rows
    }
}
