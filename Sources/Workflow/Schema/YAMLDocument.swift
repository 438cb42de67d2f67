import JSONCore
import Yams

/// A YAML text as JSON, with the place of everything in it.
///
/// Only what is unmistakable becomes something else than text: `true`, `false`, `null`, `~`, nothing at all, and
/// numbers as JSON writes them. So `no`, `2022-07-31`, `0905123456` and `12:30` stay the texts that a clerk typed.
/// Refused: a key given twice, keys that are not text, tags, merge keys (`<<`), several documents, and more aliases
/// than ``maximumAliases``.
public struct YAMLDocument: Sendable {
    /// UTF-8 bytes of a text at most.
    public static let maximumLength = 4 << 20
    /// Aliases (`*name`) in a text at most; each repeats what its anchor names, and many could multiply without end.
    public static let maximumAliases = 16

    public let value: JSON
    /// Where each value begins; that of an object's member, where its name does.
    public let positions: [JSONPointer: YAMLPosition]

    /// Reads one document; an empty one is null.
    public init(_ text: String) throws(YAMLError) {
        let start = YAMLPosition(line: 1, column: 1)
        guard text.utf8.count <= Self.maximumLength else {
            throw YAMLError(reason: "the text is longer than \(Self.maximumLength) bytes", position: start)
        }
        try Self.checkAliases(text)
        let root: Node?
        // The empty resolver leaves every plain scalar a string; what it is, the converter decides.
        do { root = try Yams.compose(yaml: text, .basic) } catch { throw YAMLError(error, text) }
        guard let root else {
            (value, positions) = (.null, [JSONPointer(): start])
            return
        }
        var converter = Converter()
        value = try converter.json(root, JSONPointer())
        positions = converter.positions.merging([JSONPointer(): start]) { found, _ in found }
    }

    /// The JSON alone, see ``init(_:)``.
    public static func parse(_ text: String) throws(YAMLError) -> JSON { try YAMLDocument(text).value }

    /// Where the value at `pointer` begins, or, when it is missing, what it is missing in.
    public func position(of pointer: JSONPointer) -> YAMLPosition {
        var pointer = pointer
        while true {
            if let position = positions[pointer] { return position }
            if pointer.tokens.popLast() == nil { return YAMLPosition(line: 1, column: 1) }
        }
    }

    /// Counts what looks like an alias before anything is composed, because composing compares keys, and keys made of
    /// aliases of aliases take for ever to compare.
    private static func checkAliases(_ text: String) throws(YAMLError) {
        var (anchors, aliases) = (0, 0)
        var (line, column) = (1, 0)
        var tooMany: YAMLPosition?
        var previous: Unicode.Scalar = "\n"
        var sign: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            column += 1
            let isName =
                scalar.properties.isAlphabetic || scalar == "_" || scalar == "-" || ("0"..."9").contains(scalar)
            if isName, sign != " " {
                if sign == "&" { anchors += 1 } else { aliases += 1 }
                if aliases > maximumAliases, tooMany == nil { tooMany = YAMLPosition(line: line, column: column - 1) }
            }
            sign = (scalar == "&" || scalar == "*") && " \t\r\n[{,:-?".unicodeScalars.contains(previous) ? scalar : " "
            previous = scalar
            if scalar == "\n" { (line, column) = (line + 1, 0) }
        }
        if anchors > 0, let tooMany {
            throw YAMLError(reason: "more than \(maximumAliases) aliases: write the values out", position: tooMany)
        }
    }

    private struct Converter {
        /// Values at most, those that aliases repeat counted each time.
        private static let maximumNodes = 200_000

        var positions: [JSONPointer: YAMLPosition] = [:]
        private var nodes = 0

        mutating func json(_ node: Node, _ pointer: JSONPointer) throws(YAMLError) -> JSON {
            let position = YAMLPosition(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
            if positions[pointer] == nil { positions[pointer] = position }
            nodes += 1
            guard nodes <= Self.maximumNodes else {
                throw YAMLError(reason: "more than \(Self.maximumNodes) values", position: position)
            }
            guard pointer.tokens.count < JSON.defaultMaximumDepth else {
                throw YAMLError(
                    reason: "nested deeper than \(JSON.defaultMaximumDepth) levels", position: position)
            }
            switch node {
            case .scalar(let scalar):
                return try json(scalar, position)
            case .sequence(let sequence):
                try checkTag(sequence.tag, ["", "tag:yaml.org,2002:seq"], position)
                var elements: [JSON] = []
                for (index, element) in sequence.enumerated() {
                    elements.append(try json(element, pointer.appending(index)))
                }
                return .array(elements)
            case .mapping(let mapping):
                try checkTag(mapping.tag, ["", "tag:yaml.org,2002:map"], position)
                var members = JSONObject()
                for (key, value) in mapping {
                    let name = try self.name(key, position)
                    let place = pointer.appending(name.text)
                    positions[place] = name.position
                    guard members.updateValue(try json(value, place), forKey: name.text) == nil else {
                        throw YAMLError(reason: "\"\(name.text)\" is given twice", position: name.position)
                    }
                }
                return .object(members)
            case .alias: throw YAMLError(reason: "an alias without an anchor", position: position)
            }
        }

        private func name(
            _ key: Node, _ mapping: YAMLPosition
        ) throws(YAMLError) -> (text: String, position: YAMLPosition) {
            let position = key.mark.map { YAMLPosition(line: $0.line, column: $0.column) } ?? mapping
            guard case .scalar(let scalar) = key else {
                throw YAMLError(reason: "a key must be a text", position: position)
            }
            try checkTag(scalar.tag, ["", "!", "tag:yaml.org,2002:str"], position)
            if scalar.style == .plain, scalar.string.isEmpty {
                throw YAMLError(reason: "a key is empty", position: position)
            }
            if scalar.style == .plain, scalar.string == "<<" {
                throw YAMLError(reason: "merge keys (<<) are not supported: write the members out", position: position)
            }
            return (scalar.string, position)
        }

        private func json(_ scalar: Node.Scalar, _ position: YAMLPosition) throws(YAMLError) -> JSON {
            try checkTag(scalar.tag, ["", "!", "tag:yaml.org,2002:str"], position)
            guard scalar.style == .plain, scalar.tag.rawValue.isEmpty else { return .string(scalar.string) }
            switch scalar.string {
            case "", "~", "null": return .null
            case "true": return .bool(true)
            case "false": return .bool(false)
            case let text:
                guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
                    return .string(text)
                }
                do throws(JSONSyntaxError) {
                    return try JSON(parsing: text)
                } catch {
                    // A whole number beyond 64 bits, and nothing else, consists of digits without a leading zero.
                    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
                    let isNumber =
                        digits.count > 1 && digits.first != UInt8(ascii: "0")
                        && digits.allSatisfy { (0x30...0x39).contains($0) }
                    guard isNumber else { return .string(text) }
                    throw YAMLError(
                        reason: "the number does not fit 64 bits; put it in quotes if it is a text", position: position)
                }
            }
        }

        private func checkTag(_ tag: Tag, _ allowed: [String], _ position: YAMLPosition) throws(YAMLError) {
            if !allowed.contains(tag.rawValue) {
                throw YAMLError(reason: "tag \(tag.rawValue) is not supported", position: position)
            }
        }
    }
}

extension YAMLError {
    /// Yams' error, with its place found again.
    fileprivate init(_ error: any Error, _ text: String) {
        func position(_ mark: Mark) -> YAMLPosition {
            YAMLPosition(line: max(mark.line, 1), column: max(mark.column, 1))
        }
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            self.init(
                reason: [context?.text, problem].compactMap { $0 }.joined(separator: ": "), position: position(mark))
        case .duplicatedKeysInMapping(let names, let context):
            let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
            self.init(reason: "\(list) is given twice", position: position(context.mark))
        case .reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            self.init(
                reason: problem,
                position: YAMLPosition(
                    line: max(before.count, 1), column: (before.last?.unicodeScalars.count ?? 0) + 1))
        default: self.init(reason: "\(error)", position: YAMLPosition(line: 1, column: 1))
        }
    }
}
