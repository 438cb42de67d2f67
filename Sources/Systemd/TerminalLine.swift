import Glibc
import Logging

/// A log message as one line of text.
enum TerminalLine {
    static func text(of event: LogEvent, metadata: Logger.Metadata, time: timespec, colour: Bool) -> String {
        let paint = { (code: String, text: String) in colour && !code.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
        }
        let level = event.level.rawValue
        let message = escaped(event.message.description)
        var line = paint(dim, timeOfDay(time)) + " " + paint(code(of: event.level), level)
        line += String(repeating: " ", count: max(1, 9 - level.count)) + message
        let words = Set(message.split { " ,;:()".contains($0) })
        // The message's id is for machines, and what the message says already need not be read twice. A number may be there
        // for something else.
        let fields = metadata.map { ($0.key, $0.value.description) }.filter { key, value in
            key != LogEvent.messageIDKey && !(words.contains(value[...]) && Int(value) == nil)
                && !(value.contains(" ") && message.contains(escaped(value)))
        }
        if !fields.isEmpty {
            // A letter takes one column, also when its marks follow it uncomposed.
            line += String(repeating: " ", count: max(1, messageWidth - message.count))
            line += fields.sorted { $0.0 < $1.0 }.map { paint(dim, quoted($0.0) + "=") + quoted($0.1) }
                .joined(separator: " ")
        }
        return line + "\n"
    }

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
        let plain =
            !text.isEmpty && !text.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" || $0 == "\\" }
        return plain ? escaped(text) : "\"" + escaped(text, quote: true) + "\""
    }

    /// The text with what would end the line, steer the terminal or reorder what is read made visible.
    private static func escaped(_ text: String, quote: Bool = false) -> String {
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
