import JSONCore
import Yams

/// Reads YAML nodes and collects every problem with its place, instead of stopping at the first.
final class YAMLReader {
    let file: String
    private(set) var problems: [DefinitionProblem] = []
    private var visited = 0
    private static let mostNodes = 100_000

    init(file: String) { self.file = file }

    /// Counts the nodes that are gone through, because aliases of aliases make few lines into many.
    private func spend(_ node: Node) -> Bool {
        visited += 1
        if visited == Self.mostNodes { report("the file, with its aliases filled in, is too large", at: node) }
        return visited < Self.mostNodes
    }

    func report(_ message: String, at node: Node) {
        report(message, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    func report(_ message: String, line: Int, column: Int) {
        let problem = DefinitionProblem(file: file, line: line, column: column, message: message)
        // An anchor is read once for every alias.
        if !problems.contains(problem) { problems.append(problem) }
    }

    /// The root of a text; nil, with a report, when it is no YAML or empty.
    func root(_ source: String) -> Node? {
        do {
            if let node = try Yams.compose(yaml: source) { return node }
            report("the file is empty", line: 1, column: 1)
        } catch let error as YamlError {
            report(error)
        } catch {
            report("\(error)", line: 1, column: 1)
        }
        return nil
    }

    private func report(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            report("not YAML: \(problem)", line: mark.line, column: mark.column)
        case .duplicatedKeysInMapping(let duplicates, let context):
            report(
                "given twice: \(duplicates.map { "\"\($0)\"" }.joined(separator: ", "))", line: context.mark.line,
                column: context.mark.column)
        default: report("not YAML: \(error)", line: 1, column: 1)
        }
    }

    /// A day of a month that is given in numbers: `{day: 25}`, `{working_day: 2}`.
    func monthDay(_ map: YAMLMapping) -> RecurrenceDefinition.Day? {
        let day = map.optional("day").flatMap { int($0, "\"day\"") }
        let working = map.optional("working_day").flatMap { int($0, "\"working_day\"") }
        switch (day, working) {
        case (let day?, nil) where (1...31).contains(day): return .day(day)
        case (nil, let working?) where (1...23).contains(working): return .workingDay(working)
        default:
            report("a day of the month is {day: 1} to {day: 31} or {working_day: 1} to {working_day: 23}", at: map.node)
            return nil
        }
    }

    /// The members of a mapping. Reports what is not a mapping, a key given twice, and a key that is not a string.
    func mapping(_ node: Node, _ what: String) -> YAMLMapping? {
        guard spend(node) else { return nil }
        guard let mapping = node.mapping else {
            report("\(what) must be a mapping", at: node)
            return nil
        }
        var members: [(key: String, keyNode: Node, value: Node)] = []
        for (key, value) in mapping {
            guard let name = key.string else {
                report("a key of \(what) must be a word", at: key)
                continue
            }
            if members.contains(where: { $0.key == name }) { report("\"\(name)\" is given twice", at: key) }
            members.append((name, key, value))
        }
        return YAMLMapping(reader: self, node: node, what: what, members: members)
    }

    func string(_ node: Node, _ what: String) -> String? {
        guard let string = node.scalar?.string, !string.isEmpty else {
            report("\(what) must be a text", at: node)
            return nil
        }
        return string
    }

    func int(_ node: Node, _ what: String) -> Int? {
        guard let int = node.int else {
            report("\(what) must be a whole number", at: node)
            return nil
        }
        return int
    }

    /// One string, or a list of them.
    func strings(_ node: Node, _ what: String) -> [String] {
        if let sequence = node.sequence { return sequence.compactMap { string($0, "each of \(what)") } }
        return string(node, what).map { [$0] } ?? []
    }

    func sequence(_ node: Node, _ what: String) -> [Node] {
        guard spend(node) else { return [] }
        guard let sequence = node.sequence else {
            report("\(what) must be a list", at: node)
            return []
        }
        return Array(sequence)
    }

    func pointer(_ node: Node, _ what: String) -> JSONPointer? {
        guard let text = string(node, what) else { return nil }
        guard let pointer = JSONPointer(text), !pointer.tokens.isEmpty else {
            report(
                "\(what) must be a place in the document such as /action_program/key_tasks, not \"\(text)\"", at: node)
            return nil
        }
        return pointer
    }

    /// The node as data: for schemas and templates.
    func json(_ node: Node, depth: Int = 0) -> JSON {
        if depth > 32 {
            report("nested too deeply", at: node)
            return .null
        }
        guard spend(node) else { return .null }
        switch node {
        case .mapping(let mapping):
            var members = JSONObject()
            for (key, value) in mapping { members[key.string ?? ""] = json(value, depth: depth + 1) }
            return .object(members)
        case .sequence(let sequence): return .array(sequence.map { json($0, depth: depth + 1) })
        case .scalar(let scalar):
            if scalar.style == .plain {
                if ["null", "~", ""].contains(scalar.string) { return .null }
                if let bool = ["true": true, "false": false][scalar.string] { return .bool(bool) }
                if let int = Int(scalar.string) { return .int(int) }
                if let first = scalar.string.utf8.first, first == 0x2D || (0x30...0x39).contains(first),
                    let double = Double(scalar.string), double.isFinite
                {
                    return JSON(number: double)
                }
            }
            return .string(scalar.string)
        case .alias: return .null
        }
    }
}

/// A mapping that knows which of its keys were asked for, so that the others can be reported.
final class YAMLMapping {
    let reader: YAMLReader
    let node: Node
    let what: String
    let members: [(key: String, keyNode: Node, value: Node)]
    private var known: Set<String> = []

    init(reader: YAMLReader, node: Node, what: String, members: [(key: String, keyNode: Node, value: Node)]) {
        self.reader = reader
        self.node = node
        self.what = what
        self.members = members
    }

    func optional(_ key: String) -> Node? {
        known.insert(key)
        return members.first { $0.key == key }?.value
    }

    func required(_ key: String) -> Node? {
        let value = optional(key)
        if value == nil { reader.report("\(what) lacks \"\(key)\"", at: node) }
        return value
    }

    func string(_ key: String) -> String? { required(key).flatMap { reader.string($0, "\"\(key)\"") } }
    func optionalString(_ key: String) -> String? { optional(key).flatMap { reader.string($0, "\"\(key)\"") } }
    func int(_ key: String) -> Int? { required(key).flatMap { reader.int($0, "\"\(key)\"") } }
    func pointer(_ key: String) -> JSONPointer? { required(key).flatMap { reader.pointer($0, "\"\(key)\"") } }
    func optionalPointer(_ key: String) -> JSONPointer? { optional(key).flatMap { reader.pointer($0, "\"\(key)\"") } }
    func pointers(_ key: String) -> [JSONPointer] {
        optional(key).map { reader.sequence($0, "\"\(key)\"").compactMap { reader.pointer($0, "each of \"\(key)\"") } }
            ?? []
    }
    func strings(_ key: String) -> [String] { optional(key).map { reader.strings($0, "\"\(key)\"") } ?? [] }

    func bool(_ key: String) -> Bool {
        guard let value = optional(key) else { return false }
        if let bool = value.bool { return bool }
        reader.report("\"\(key)\" must be true or false", at: value)
        return false
    }

    func text(_ key: String) -> LocalizedText? { required(key).flatMap { localized($0, key) } }
    func optionalText(_ key: String) -> LocalizedText? { optional(key).flatMap { localized($0, key) } }

    private func localized(_ value: Node, _ key: String) -> LocalizedText? {
        guard let mapping = reader.mapping(value, "\"\(key)\"") else { return nil }
        defer { mapping.refuseOthers(because: " (a text with a comma between { and } needs quotes)") }
        guard let vi = mapping.string("vi"), let en = mapping.string("en") else { return nil }
        return LocalizedText(vi: vi.precomposedStringWithCanonicalMapping, en: en)
    }

    /// Reports every key that nobody asked for.
    func refuseOthers(because reason: String = "") {
        for member in members where !known.contains(member.key) {
            let hint = known.min { distance($0, member.key) < distance($1, member.key) }
            let close = hint.flatMap { distance($0, member.key) <= 2 ? "; did you mean \"\($0)\"?" : nil }
            reader.report("\(what) has no \"\(member.key)\"\(close ?? reason)", at: member.keyNode)
        }
    }
}

/// Edits between two words (Levenshtein).
func distance(_ a: String, _ b: String) -> Int {
    guard a.utf8.count <= 64, b.utf8.count <= 64 else { return .max }
    let (a, b) = (Array(a), Array(b))
    var row = Array(0...b.count)
    for i in 0..<a.count {
        var diagonal = row[0]
        row[0] = i + 1
        for j in 0..<b.count {
            let cost = a[i] == b[j] ? diagonal : min(diagonal, row[j], row[j + 1]) + 1
            diagonal = row[j + 1]
            row[j + 1] = cost
        }
    }
    return row[b.count]
}
