import JSONCore
import Workflow

/// A JSON value as YAML for people to read, change and send again: ``YAMLDocument`` reads it back equal.
struct YAMLText {
    static func lines(_ value: JSON) -> [String] {
        switch value {
        case .object(let members) where !members.isEmpty:
            members.flatMap { entry("\(isPlain($0.key) ? $0.key : quoted($0.key)):", $0.value, isElement: false) }
        case .array(let elements) where !elements.isEmpty:
            elements.flatMap { entry("-", $0, isElement: true) }
        default: [scalar(value)]
        }
    }

    private static func entry(_ lead: String, _ value: JSON, isElement: Bool) -> [String] {
        switch value {
        case .object(let members) where !members.isEmpty:
            let lines = lines(value)
            // An element's first field stands beside its dash.
            return isElement
                ? ["- " + lines[0]] + lines.dropFirst().map { "  " + $0 } : [lead] + lines.map { "  " + $0 }
        case .array(let elements) where !elements.isEmpty: return [lead] + lines(value).map { "  " + $0 }
        case .string(let text) where isBlock(text):
            let ends = text.hasSuffix("\n")
            let block = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(ends ? 1 : 0)
            return ["\(lead) \(ends ? "|" : "|-")"] + block.map { $0.isEmpty ? "" : "  " + $0 }
        default: return ["\(lead) \(scalar(value))"]
        }
    }

    private static func scalar(_ value: JSON) -> String {
        switch value {
        case .string(let text): isPlain(text) ? text : quoted(text)
        default: value.description
        }
    }

    /// Several lines that a block scalar holds as they are.
    private static func isBlock(_ text: String) -> Bool {
        guard text.contains("\n"), !text.hasSuffix("\n\n"), text.first?.isWhitespace == false, isPrintable(text) else {
            return false
        }
        return text != "\n" && !text.contains("\t")
    }

    /// Reads back as this text without quotes.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first.properties.isAlphabetic || ("0"..."9").contains(first),
            isPrintable(text), !text.contains("\n"), !text.contains("\t"), !text.contains(": "), !text.contains(" #"),
            text.last != " ", text.last != ":"
        else { return false }
        return (try? YAMLDocument.parse(text)) == .string(text)
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x09, 0x0A, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...:
                true
            default: false
            }
        }
    }

    /// JSON is YAML, but for the characters that YAML wants escaped.
    private static func quoted(_ text: String) -> String {
        JSON.string(text).description.unicodeScalars.map { scalar in
            guard !isPrintable(String(scalar)) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }
}
