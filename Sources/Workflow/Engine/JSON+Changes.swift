import Foundation
import JSONCore

extension JSON {
    /// What turns this document into `new`, place by place; ``applying(_:)`` carries it out.
    func changes(to new: JSON) -> [Event.Change] {
        var changes: [Event.Change] = []
        var path: [String] = []
        Self.compare(self, new, at: &path, into: &changes)
        return changes
    }

    /// - Parameter path: Tokens of the place; as it was when this returns. Most places have not changed, and for them no
    ///   pointer is made.
    private static func compare(_ old: JSON, _ new: JSON, at path: inout [String], into changes: inout [Event.Change]) {
        func change(_ token: String, _ old: JSON?, _ new: JSON?) {
            changes.append(.init(path: JSONPointer(tokens: path + [token]), old: old, new: new))
        }
        switch (old, new) {
        case (.object(let before), .object(let after)):
            for (index, name) in before.keys.enumerated() {
                // A member mostly keeps its place, and is then found without hashing its name.
                let same = index < after.count && after.keys[index] == name
                guard let other = same ? after.values[index] : after[name] else {
                    change(name, before.values[index], nil)
                    continue
                }
                path.append(name)
                compare(before.values[index], other, at: &path, into: &changes)
                path.removeLast()
            }
            for (name, value) in after where before[name] == nil { change(name, nil, value) }
        case (.array(let before), .array(let after)):
            for index in 0..<min(before.count, after.count) {
                path.append(String(index))
                compare(before[index], after[index], at: &path, into: &changes)
                path.removeLast()
            }
            // From the end, so that each removal leaves the places of the others as they are.
            for index in stride(from: before.count - 1, through: after.count, by: -1) {
                change(String(index), before[index], nil)
            }
            for index in stride(from: before.count, to: after.count, by: 1) { change(String(index), nil, after[index]) }
        default:
            if old != new { changes.append(.init(path: JSONPointer(tokens: path), old: old, new: new)) }
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
