import JSONCore
import Workflow

/// One `--set FIELD=VALUE`.
///
/// The field is a path of names and list indices joined by dots; a dot in a name is written `\.`, and `-` stands for the
/// next element of a list. The value is a YAML scalar (`true`, `null`, a number, quoted text), everything else is text
/// as it stands, so that a colon or a `#` needs no quotes.
struct FormAssignment: Equatable {
    enum Problem: Error, Equatable {
        case noValue(String)
        case badQuotes(String)
        /// The index is beyond the list's end; the list has so many elements.
        case index(String, count: Int)
        /// The way leads through something that has no fields.
        case scalar(String, at: String)

        func failure(_ messages: Messages) -> Failure {
            switch self {
            case .noValue(let text): Failure(.usage, messages.setNeedsValue(text))
            case .badQuotes(let text): Failure(.usage, messages.setBadQuotes(text))
            case .index(let text, let count): Failure(.usage, messages.setIndex(text, count: count))
            case .scalar(let text, let place): Failure(.usage, messages.setThroughScalar(text, at: place))
            }
        }
    }

    let text: String
    let path: [String]
    let value: JSON

    init(path: [String], value: JSON) {
        text = path.joined(separator: ".")
        self.path = path
        self.value = value
    }

    init(_ text: String) throws(Problem) {
        self.text = text
        var path = [""]
        var rest = text[...]
        scan: while true {
            switch rest.popFirst() {
            case nil: throw .noValue(text)
            case "=": break scan
            case "\\" where rest.first == "." || rest.first == "=" || rest.first == "\\":
                path[path.count - 1].append(rest.removeFirst())
            case ".": path.append("")
            case let character?: path[path.count - 1].append(character)
            }
        }
        guard !path.contains("") else { throw .noValue(text) }
        self.path = path
        value = try Self.value(String(rest), text)
    }

    private static func value(_ value: String, _ text: String) throws(Problem) -> JSON {
        let parsed = try? YAMLDocument.parse(value)
        if value.hasPrefix("\"") || value.hasPrefix("'") {
            guard case .string? = parsed else { throw .badQuotes(text) }
            return parsed ?? .null
        }
        switch parsed {
        case .bool, .int, .double, .null: return value.contains("#") ? .string(value) : parsed ?? .null
        default: return .string(value)
        }
    }

    /// Sets the value; groups and lists on the way are made.
    func apply(to form: inout JSON) throws(Problem) { try set(&form, path[...]) }

    private func set(_ target: inout JSON, _ path: ArraySlice<String>) throws(Problem) {
        guard let name = path.first else {
            target = value
            return
        }
        let index = name == "-" ? nil : name.allSatisfy(\.isASCII) && name.allSatisfy(\.isNumber) ? Int(name) : nil
        switch target {
        case .null where index != nil || name == "-":
            target = .array([])
            try set(&target, path)
        case .null:
            target = .object([:])
            try set(&target, path)
        case .object(var members):
            try set(&members[name, default: .null], path.dropFirst())
            target = .object(members)
        case .array(var elements):
            let position = name == "-" ? elements.count : index
            guard let position, position <= elements.count else { throw .index(text, count: elements.count) }
            if position == elements.count { elements.append(.null) }
            try set(&elements[position], path.dropFirst())
            target = .array(elements)
        default: throw .scalar(text, at: self.path.dropLast(path.count).joined(separator: "."))
        }
    }
}
