/// A table as RFC 4180 has it: fields in quotes where they need them, lines that end with CR LF.
struct CSVText {
    private(set) var text: String

    /// - Parameter hasMark: Begins with a byte order mark, by which Excel knows UTF-8.
    init(_ header: [String], hasMark: Bool) {
        text = hasMark ? "\u{FEFF}" : ""
        add(header)
    }

    mutating func add(_ fields: [String]) {
        text += fields.map(Self.field).joined(separator: ",") + "\r\n"
    }

    private static func field(_ value: String) -> String {
        // A spreadsheet would take what begins so for a formula, and names come from elsewhere.
        let safe = value.first.map { "=+-@\t\r".contains($0) && Double(value) == nil } ?? false ? "'" + value : value
        let needsQuotes = safe.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
        return needsQuotes ? "\"" + safe.replacing("\"", with: "\"\"") + "\"" : safe
    }
}
