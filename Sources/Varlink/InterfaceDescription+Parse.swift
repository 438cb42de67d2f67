extension InterfaceDescription {
    /// Levels of nested types that a description may have.
    static let maximumTypeDepth = 64

    /// Parses the text of a `.varlink` file.
    /// - Throws: A text that breaks the grammar, a name given twice, a type that is not described.
    public init(parsing source: String) throws(InterfaceSyntaxError) {
        var parser = InterfaceParser(source)
        self = try parser.interface(source)
    }
}

private struct InterfaceParser {
    typealias Failure = InterfaceSyntaxError

    let bytes: [UInt8]
    var position = 0
    /// The comment lines directly above the next token, without their `#`.
    var comment: [String] = []
    /// Where the last ``skip()`` ended: a second one there keeps the comment.
    var skippedTo = -1
    /// Types used and where, to be looked up when all are known.
    var references: [(name: String, offset: Int)] = []
    var depth = 0

    init(_ source: String) { bytes = Array(source.utf8) }

    func error(_ reason: String, at offset: Int? = nil) -> Failure {
        let before = bytes[..<min(offset ?? position, bytes.count)]
        let newline = UInt8(ascii: "\n")
        let lineStart = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
        return Failure(
            reason: reason, line: before.count { $0 == newline } + 1, column: before.endIndex - lineStart + 1)
    }

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Skips white space and comments, and keeps those comment lines that stand directly above what comes next.
    mutating func skip() {
        if position == skippedTo { return }
        defer { skippedTo = position }
        comment = []
        // A comment behind something else on its line is not about what follows.
        let before = bytes[..<position].last { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        var ownLine = before == nil || before == UInt8(ascii: "\n")
        var blank = false
        while let byte = next {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
            case UInt8(ascii: "\n"):
                if blank { comment = [] }
                blank = true
                ownLine = true
                position += 1
            case UInt8(ascii: "#"):
                let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
                if ownLine {
                    var line = bytes[(position + 1)..<end]
                    if line.first == UInt8(ascii: " ") { line = line.dropFirst() }
                    while let last = line.last, last <= 0x20 { line = line.dropLast() }
                    comment.append(String(decoding: line, as: UTF8.self))
                    position = min(end + 1, bytes.count)
                    blank = true
                } else {
                    position = end
                }
            default: return
            }
        }
    }

    mutating func documentation() -> String {
        skip()
        return comment.joined(separator: "\n")
    }

    func describeNext() -> String {
        guard let byte = next else { return "the end of the text" }
        return byte > 0x20 && byte < 0x7F ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }

    mutating func take(_ byte: UInt8) -> Bool {
        skip()
        guard next == byte else { return false }
        position += 1
        return true
    }

    mutating func expect(_ text: StaticString) throws(Failure) {
        skip()
        for byte in UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount) {
            guard next == byte else { throw error("expected '\(text)', found \(describeNext())") }
            position += 1
        }
    }

    /// Everything up to the next byte that no name and no keyword has.
    mutating func word() -> (text: String, offset: Int) {
        let start = position
        while let byte = next,
            isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ".")
        { position += 1 }
        return (String(decoding: bytes[start..<position], as: UTF8.self), start)
    }

    mutating func interface(_ source: String) throws(Failure) -> InterfaceDescription {
        let documentation = documentation()
        let keyword = word()
        guard keyword.text == "interface" else { throw error("expected 'interface'", at: keyword.offset) }
        skip()
        let name = word()
        guard isInterfaceName(name.text) else {
            throw error("expected an interface's name such as org.example.service", at: name.offset)
        }
        var methods: [InterfaceDescription.Method] = []
        var types: [InterfaceDescription.NamedType] = []
        var errors: [InterfaceDescription.ErrorType] = []
        var names: Set<String> = []
        while true {
            let documentation = self.documentation()
            if next == nil { break }
            let keyword = word()
            guard ["method", "type", "error"].contains(keyword.text) else {
                throw error("expected 'method', 'type' or 'error', found \(describe(keyword))", at: keyword.offset)
            }
            skip()
            let name = word()
            guard isMemberName(name.text) else {
                throw error("expected a name of letters and digits that begins with a capital letter", at: name.offset)
            }
            guard names.insert(name.text).inserted else {
                throw error("\(name.text) is described twice", at: name.offset)
            }
            switch keyword.text {
            case "method":
                let parameters = try structure()
                try expect("->")
                let reply = try structure()
                methods.append(
                    .init(name: name.text, documentation: documentation, parameters: parameters, reply: reply))
            case "type":
                skip()
                guard next == UInt8(ascii: "(") else { throw error("expected '(', found \(describeNext())") }
                types.append(.init(name: name.text, documentation: documentation, type: try parenthesised()))
            default:
                errors.append(.init(name: name.text, documentation: documentation, parameters: try structure()))
            }
        }
        let described = Set(types.map(\.name))
        for reference in references where !described.contains(reference.name) {
            throw error("type \(reference.name) is not described", at: reference.offset)
        }
        return InterfaceDescription(
            name: name.text, documentation: documentation, source: source, methods: methods, types: types,
            errors: errors)
    }

    func describe(_ word: (text: String, offset: Int)) -> String {
        word.text.isEmpty ? describeNext() : "'\(word.text)'"
    }

    mutating func structure() throws(Failure) -> InterfaceDescription.Structure {
        skip()
        let start = position
        guard next == UInt8(ascii: "(") else { throw error("expected '(', found \(describeNext())") }
        guard case .structure(let structure) = try parenthesised() else {
            throw error("expected fields with types, found an enumeration", at: start)
        }
        return structure
    }

    /// A structure or an enumeration; the text that follows begins with `(`.
    mutating func parenthesised() throws(Failure) -> InterfaceDescription.ValueType {
        depth += 1
        defer { depth -= 1 }
        guard depth <= InterfaceDescription.maximumTypeDepth else {
            throw error("nested deeper than \(InterfaceDescription.maximumTypeDepth) levels")
        }
        position += 1
        if take(UInt8(ascii: ")")) { return .structure(.init(fields: [])) }
        var names: Set<String> = []
        var fields: [InterfaceDescription.Field] = []
        var cases: [InterfaceDescription.EnumerationCase] = []
        repeat {
            let documentation = documentation()
            let name = word()
            guard isFieldName(name.text) else {
                throw error("expected a field's name, found \(describe(name))", at: name.offset)
            }
            guard names.insert(name.text).inserted else { throw error("\(name.text) is given twice", at: name.offset) }
            let typed = take(UInt8(ascii: ":"))
            guard typed ? cases.isEmpty : fields.isEmpty else {
                throw error("fields with and without a type are mixed", at: name.offset)
            }
            if typed {
                fields.append(.init(name: name.text, documentation: documentation, type: try type()))
            } else {
                cases.append(.init(name: name.text, documentation: documentation))
            }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: ")")) else { throw error("expected ',' or ')', found \(describeNext())") }
        return cases.isEmpty ? .structure(.init(fields: fields)) : .enumeration(cases)
    }

    mutating func type(nullable: Bool = true) throws(Failure) -> InterfaceDescription.ValueType {
        depth += 1
        defer { depth -= 1 }
        guard depth <= InterfaceDescription.maximumTypeDepth else {
            throw error("nested deeper than \(InterfaceDescription.maximumTypeDepth) levels")
        }
        skip()
        switch next {
        case UInt8(ascii: "?"):
            guard nullable else { throw error("'??' says no more than '?'") }
            position += 1
            return .nullable(try type(nullable: false))
        case UInt8(ascii: "["):
            position += 1
            if take(UInt8(ascii: "]")) { return .array(try type()) }
            try expect("string")
            try expect("]")
            return .map(try type())
        case UInt8(ascii: "("): return try parenthesised()
        default:
            let name = word()
            switch name.text {
            case "bool": return .bool
            case "int": return .int
            case "float": return .float
            case "string": return .string
            case "object": return .object
            case "any": return .any
            case let text where isMemberName(text):
                references.append((text, name.offset))
                return .named(text)
            default: throw error("expected a type, found \(describe(name))", at: name.offset)
            }
        }
    }
}

private func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
private func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

/// `[A-Za-z]([-]*[A-Za-z0-9])*(\.[A-Za-z0-9]([-]*[A-Za-z0-9])*)+`
private func isInterfaceName(_ name: String) -> Bool {
    let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return labels.count >= 2 && labels[0].first.map(isLetter) == true
        && labels.allSatisfy { label in
            label.first.map(isAlphanumeric) == true && label.last.map(isAlphanumeric) == true
                && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
}

/// `[A-Z][A-Za-z0-9]*`
private func isMemberName(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLetter(first), first & 0x20 == 0 else { return false }
    return name.utf8.allSatisfy(isAlphanumeric)
}

/// `[A-Za-z](_?[A-Za-z0-9])*`
private func isFieldName(_ name: String) -> Bool {
    let parts = name.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
    return name.utf8.first.map(isLetter) == true && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(isAlphanumeric) }
}
