import JSONCore

/// A value with places to be filled in. In YAML a string that begins with `$` is such a place:
/// `$/rotation/unit` a value of the document (`$/form/…` of the form), `$today`, `$now`, `$actor` (the acting official),
/// `$case` (the case's id), `$period` (of a recurrence), `$late` (whether the event came after its deadline), `$sha256/action_program` (the digest of a value).
public indirect enum ValueTemplate: Sendable, Equatable {
    case constant(JSON)
    case pointer(JSONPointer)
    case digest(JSONPointer)
    case today, now, actor, caseID, period, late
    case object([(String, ValueTemplate)])
    case array([ValueTemplate])

    public static func == (left: ValueTemplate, right: ValueTemplate) -> Bool {
        switch (left, right) {
        case (.constant(let a), .constant(let b)): a == b
        case (.pointer(let a), .pointer(let b)), (.digest(let a), .digest(let b)): a == b
        case (.today, .today), (.now, .now), (.actor, .actor), (.caseID, .caseID), (.period, .period), (.late, .late):
            true
        case (.object(let a), .object(let b)):
            a.count == b.count && zip(a, b).allSatisfy { $0.0 == $1.0 && $0.1 == $1.1 }
        case (.array(let a), .array(let b)): a == b
        default: false
        }
    }

    /// - Throws: ``TemplateProblem`` for an unknown place.
    public init(_ json: JSON) throws(TemplateProblem) {
        switch json {
        case .string(let text) where text.hasPrefix("$"):
            switch text {
            case "$today": self = .today
            case "$now": self = .now
            case "$actor": self = .actor
            case "$case": self = .caseID
            case "$period": self = .period
            case "$late": self = .late
            default:
                if text.hasPrefix("$sha256"), let pointer = JSONPointer(String(text.dropFirst(7))) {
                    self = .digest(pointer)
                } else if let pointer = JSONPointer(String(text.dropFirst())), !pointer.tokens.isEmpty {
                    self = .pointer(pointer)
                } else {
                    throw TemplateProblem(text: text)
                }
            }
        case .object(let members):
            var templates: [(String, ValueTemplate)] = []
            for (name, value) in members { templates.append((name, try ValueTemplate(value))) }
            self = .object(templates)
        case .array(let elements):
            var templates: [ValueTemplate] = []
            for element in elements { templates.append(try ValueTemplate(element)) }
            self = .array(templates)
        default: self = .constant(json)
        }
    }

    /// The places of the document that it reads.
    public var pointers: [JSONPointer] {
        switch self {
        case .pointer(let pointer), .digest(let pointer): [pointer]
        case .object(let members): members.flatMap(\.1.pointers)
        case .array(let elements): elements.flatMap(\.pointers)
        default: []
        }
    }
}

/// A string that begins with `$` and names no place.
public struct TemplateProblem: Error { public let text: String }
