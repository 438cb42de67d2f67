import Foundation
import JSONCore

extension JSON {
    /// What turns this document into `new`, place by place; ``applying(_:)`` carries it out.
    func changes(to new: JSON) -> [Event.Change] {
        var changes: [Event.Change] = []
        Self.compare(self, new, at: JSONPointer(), into: &changes)
        return changes
    }

    private static func compare(_ old: JSON, _ new: JSON, at path: JSONPointer, into changes: inout [Event.Change]) {
        switch (old, new) {
        case (.object(let before), .object(let after)):
            for (name, value) in before {
                if let other = after[name] {
                    compare(value, other, at: path.appending(name), into: &changes)
                } else {
                    changes.append(.init(path: path.appending(name), old: value, new: nil))
                }
            }
            for (name, value) in after where before[name] == nil {
                changes.append(.init(path: path.appending(name), old: nil, new: value))
            }
        case (.array(let before), .array(let after)):
            for index in 0..<min(before.count, after.count) {
                compare(before[index], after[index], at: path.appending(index), into: &changes)
            }
            // From the end, so that each removal leaves the places of the others as they are.
            for index in stride(from: before.count - 1, through: after.count, by: -1) {
                changes.append(.init(path: path.appending(index), old: before[index], new: nil))
            }
            for index in stride(from: before.count, to: after.count, by: 1) {
                changes.append(.init(path: path.appending(index), old: nil, new: after[index]))
            }
        default:
            if old != new { changes.append(.init(path: path, old: old, new: new)) }
        }
    }

    /// The document after these changes.
    public func applying(_ changes: [Event.Change]) -> JSON {
        var document = self
        for change in changes { document[change.path] = change.new }
        return document
    }

    /// The value with every string, and every member's name, in NFC: what people type in may be decomposed.
    func precomposed() -> JSON {
        switch self {
        case .string(let text): .string(text.precomposed)
        case .array(let elements): .array(elements.map { $0.precomposed() })
        case .object(let members): .object(JSONObject(members.map { ($0.precomposed, $1.precomposed()) }) { $1 })
        default: self
        }
    }
}

extension String {
    var precomposed: String {
        unicodeScalars.allSatisfy(\.isSurelyPrecomposed) ? self : precomposedStringWithCanonicalMapping
    }
}

extension Unicode.Scalar {
    /// Whether a text of such scalars alone is in NFC: Latin letters up to the first combining mark, and Latin Extended
    /// Additional, where Vietnamese has its letters (UAX #15, NFC_Quick_Check=Yes and combining class 0).
    fileprivate var isSurelyPrecomposed: Bool { value < 0x300 || (0x1E00..<0x1F00).contains(value) }
}
