import Glibc
import Logging

/// A log message as one line of text.
enum TerminalLine {
    static func text(of event: LogEvent, metadata: Logger.Metadata, time: timespec, colour: Bool) -> String {
        var line = ""
        line.reserveCapacity(512)
        func paint(_ code: String, _ text: String) {
            line += colour && !code.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
        }
        let level = event.level.rawValue
        let message = escaped(event.message.description)
        paint(dim, timeOfDay(time))
        line += " "
        paint(code(of: event.level), level)
        line += spaces(max(1, 9 - level.count))
        line += message
        // A letter takes one column, also when its marks follow it uncomposed.
        let said = Array(message.utf8)
        var gap = spaces(max(1, messageWidth - message.count))
        for (key, value) in metadata.map({ ($0.key, $0.value.description) }).sorted(by: { $0.0 < $1.0 }) {
            // The message's id is for machines, and what the message says already need not be read twice.
            if key == LogEvent.messageIDKey || says(said, value) { continue }
            line += gap
            paint(dim, quoted(key) + "=")
            line += quoted(value)
            gap = " "
        }
        return line + "\n"
    }

    /// Whether the value stands in the message as words of its own. A number may stand there for something else.
    private static func says(_ message: [UInt8], _ value: String) -> Bool {
        if value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) { return false }
        func isBoundary(_ byte: UInt8) -> Bool { " ,;:()".utf8.contains(byte) }
        let value = Array(value.utf8)
        var start = 0
        while start + value.count <= message.count {
            let end = start + value.count
            if message[start] == value[0], message[start..<end] == value[...],
                start == 0 || isBoundary(message[start - 1]),
                end == message.count || isBoundary(message[end])
            {
                return true
            }
            start += 1
        }
        return false
    }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    /// Columns for the message, so that the fields of one line stand below those of another.
    private static let messageWidth = 48

    /// HH:MM:SS.mmm in this machine's time zone.
    private static func timeOfDay(_ time: timespec) -> String {
        var (seconds, local) = (time.tv_sec, tm())
        localtime_r(&seconds, &local)
        let parts = [
            (Int(local.tm_hour), 2), (Int(local.tm_min), 2), (Int(local.tm_sec), 2), (time.tv_nsec / 1_000_000, 3),
        ]
        let padded = parts.map { number, width in
            String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
        }
        return padded[..<3].joined(separator: ":") + "." + padded[3]
    }

    private static let dim = "2"

    /// The level's colour as an SGR parameter (ECMA-48).
    private static func code(of level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: dim
        case .info: ""
        case .notice: "1"
        case .warning: "33"
        case .error: "31"
        case .critical: "1;31"
        }
    }

    private static func quoted(_ text: String) -> String {
        let plain = !text.isEmpty && !text.utf8.contains { " \"=\\".utf8.contains($0) }
        return plain ? escaped(text) : "\"" + escaped(text, quote: true) + "\""
    }

    /// The text with what would end the line, steer the terminal or reorder what is read made visible.
    private static func escaped(_ text: String, quote: Bool = false) -> String {
        if !quote, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\"" where quote, "\\" where quote: result += "\\\(scalar)"
            case " "..."~": result.unicodeScalars.append(scalar)
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator:
                    result += "\\u{\(String(scalar.value, radix: 16))}"
                default: result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }
}
