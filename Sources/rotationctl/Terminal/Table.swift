/// Rows in aligned columns, printed page by page: a later page may need wider columns than the first, never narrower.
struct Table {
    struct Column {
        let title: String
        var isNumber = false
        /// Gives way when the terminal is too narrow.
        var isFlexible = false
    }

    struct Cell: ExpressibleByStringInterpolation {
        let text: String
        var style: Style?

        init(_ text: String, _ style: Style? = nil) {
            self.text = text.printable()
            self.style = style
        }

        init(stringLiteral text: String) { self.init(text) }
    }

    private static let gap = "  "
    private static let minimumWidth = 8

    private let columns: [Column]
    private var widths: [Int]
    private var hasHeader = false

    init(_ columns: [Column]) {
        self.columns = columns
        widths = columns.map(\.title.displayWidth)
    }

    mutating func print(_ rows: [[Cell]], on console: Console) {
        guard !rows.isEmpty else { return }
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.text.displayWidth) }
        }
        let widths = fitted(to: console.width)
        if !hasHeader {
            hasHeader = true
            console.print(line(columns.map { Cell($0.title, .bold) }, widths, console))
        }
        for row in rows { console.print(line(row, widths, console)) }
    }

    /// The widths, with flexible columns made narrower, the widest first, until the line fits the terminal.
    private func fitted(to terminal: Int?) -> [Int] {
        guard let terminal else { return widths }
        var widths = widths
        var excess = widths.reduce(0, +) + Self.gap.count * (widths.count { $0 > 0 } - 1) - terminal
        while excess > 0 {
            let flexible = columns.indices.filter { columns[$0].isFlexible && widths[$0] > Self.minimumWidth }
            guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ console: Console) -> String {
        var line = ""
        // A column without a title takes no room while nothing is in it.
        for (index, cell) in cells.enumerated() where widths[index] > 0 {
            if !line.isEmpty { line += Self.gap }
            let isCut = console.width != nil && columns[index].isFlexible
            let text = isCut ? cell.text.truncated(to: widths[index]) : cell.text
            // Nothing follows the last column, so that lines have no spaces at their end.
            let isLast = index == cells.count - 1 && !columns[index].isNumber
            let padding = isLast ? "" : String(repeating: " ", count: max(0, widths[index] - text.displayWidth))
            let styled = console.styled(text, cell.style)
            line += columns[index].isNumber ? padding + styled : styled + padding
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
