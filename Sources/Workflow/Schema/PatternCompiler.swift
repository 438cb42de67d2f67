/// Reads a regular expression and writes the program that ``Pattern`` runs.
struct PatternCompiler {
    private indirect enum Term {
        case empty
        case single(Pattern.Instruction)
        case sequence([Term])
        case alternatives([Term])
        case repeated(Term, minimum: Int, maximum: Int?)
    }

    /// Instructions of a program at most; the time for a text is its length times this.
    private static let maximumSize = 10_000
    private static let maximumDepth = 50

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var program: [Pattern.Instruction] = []
    private var work = 0

    static func compile(_ source: String) throws(PatternError) -> [Pattern.Instruction] {
        var compiler = PatternCompiler(scalars: Array(source.unicodeScalars))
        let term = try compiler.alternatives()
        if compiler.position < compiler.scalars.count { throw PatternError(reason: "')' has no '('") }
        try compiler.emit(term)
        compiler.program.append(.match)
        return compiler.program
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    // MARK: Reading

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private mutating func take(_ text: String) -> Bool {
        guard scalars[position...].starts(with: text.unicodeScalars) else { return false }
        position += text.unicodeScalars.count
        return true
    }

    private mutating func alternatives() throws(PatternError) -> Term {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.maximumDepth { throw PatternError(reason: "groups are nested too deeply") }
        var alternatives = [try sequence()]
        while take("|" as Unicode.Scalar) { alternatives.append(try sequence()) }
        return alternatives.count == 1 ? alternatives[0] : .alternatives(alternatives)
    }

    private mutating func sequence() throws(PatternError) -> Term {
        var terms: [Term] = []
        while let scalar = next, scalar != "|", scalar != ")" { terms.append(try quantified()) }
        return terms.count == 1 ? terms[0] : .sequence(terms)
    }

    private mutating func quantified() throws(PatternError) -> Term {
        let term = try atom()
        guard let (minimum, maximum) = try quantifier() else { return term }
        if case .single(.start) = term { throw PatternError(reason: "'^' cannot be repeated") }
        if case .single(.end) = term { throw PatternError(reason: "'$' cannot be repeated") }
        if case .single(.wordBoundary) = term { throw PatternError(reason: "'\\b' cannot be repeated") }
        // A lazy quantifier finds another match, but finds one whenever the greedy one does.
        _ = take("?" as Unicode.Scalar)
        return .repeated(term, minimum: minimum, maximum: maximum)
    }

    private mutating func quantifier() throws(PatternError) -> (Int, Int?)? {
        if take("*" as Unicode.Scalar) { return (0, nil) }
        if take("+" as Unicode.Scalar) { return (1, nil) }
        if take("?" as Unicode.Scalar) { return (0, 1) }
        guard take("{" as Unicode.Scalar) else { return nil }
        guard let minimum = number() else { throw PatternError(reason: "expected a number after '{'") }
        var maximum: Int? = minimum
        if take("," as Unicode.Scalar) { maximum = number() }
        guard take("}" as Unicode.Scalar) else { throw PatternError(reason: "'{' has no '}'") }
        if let maximum, maximum < minimum { throw PatternError(reason: "{\(minimum),\(maximum)} is out of order") }
        return (minimum, maximum)
    }

    private mutating func number() -> Int? {
        let start = position
        var value = 0
        while let scalar = next, PatternSet.digit.contains(scalar) {
            value = min(value * 10 + Int(scalar.value - 0x30), Self.maximumSize)
            position += 1
        }
        return position > start ? value : nil
    }

    private mutating func atom() throws(PatternError) -> Term {
        guard let scalar = next else { return .empty }
        position += 1
        switch scalar {
        case "^": return .single(.start)
        case "$": return .single(.end)
        case ".": return .single(.set(PatternSet.lineTerminator.negated))
        case "(": return try group()
        case "[": return .single(.set(try bracket()))
        case "\\":
            if take("b" as Unicode.Scalar) { return .single(.wordBoundary(true)) }
            if take("B" as Unicode.Scalar) { return .single(.wordBoundary(false)) }
            return switch try escape(inBrackets: false) {
            case .range(let range): .single(.scalar(range.lowerBound))
            case let part: .single(.set(PatternSet([part])))
            }
        case "*", "+", "?", "{": throw PatternError(reason: "'\(scalar)' has nothing to repeat")
        case "]", "}": throw PatternError(reason: "'\(scalar)' must be written '\\\(scalar)'")
        default: return .single(.scalar(scalar.value))
        }
    }

    private mutating func group() throws(PatternError) -> Term {
        if take("?" as Unicode.Scalar) {
            for ahead in ["=", "!", "<=", "<!"] where take(ahead) {
                throw PatternError(reason: "look-around '(?\(ahead)' is not supported; use allOf and not")
            }
            if take("<" as Unicode.Scalar) {
                let start = position
                while let scalar = next, PatternSet.word.contains(scalar) { position += 1 }
                guard position > start, take(">" as Unicode.Scalar) else {
                    throw PatternError(reason: "'(?<' has no name and '>'")
                }
            } else if !take(":" as Unicode.Scalar) {
                throw PatternError(reason: "'(?' begins no supported group")
            }
        }
        let term = try alternatives()
        guard take(")" as Unicode.Scalar) else { throw PatternError(reason: "'(' has no ')'") }
        return term
    }

    private mutating func bracket() throws(PatternError) -> PatternSet {
        let isNegated = take("^" as Unicode.Scalar)
        var parts: [PatternSet.Part] = []
        while !take("]" as Unicode.Scalar) {
            let part = try bracketPart()
            guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                parts.append(part)
                continue
            }
            position += 1
            guard case .range(let first) = part, case .range(let last) = try bracketPart() else {
                throw PatternError(reason: "a range in '[]' goes from one character to another")
            }
            guard first.lowerBound <= last.lowerBound else {
                throw PatternError(reason: "a range in '[]' is out of order")
            }
            parts.append(.range(first.lowerBound...last.lowerBound))
        }
        return PatternSet(parts, isNegated: isNegated)
    }

    private mutating func bracketPart() throws(PatternError) -> PatternSet.Part {
        guard let scalar = next else { throw PatternError(reason: "'[' has no ']'") }
        position += 1
        return scalar == "\\" ? try escape(inBrackets: true) : .range(scalar.value...scalar.value)
    }

    /// What follows a backslash; one character is a range of one.
    private mutating func escape(inBrackets: Bool) throws(PatternError) -> PatternSet.Part {
        guard let scalar = next else { throw PatternError(reason: "'\\' ends the pattern") }
        position += 1
        func one(_ value: UInt32) -> PatternSet.Part { .range(value...value) }
        switch scalar {
        case "d": return .set(.digit)
        case "D": return .set(PatternSet.digit.negated)
        case "w": return .set(.word)
        case "W": return .set(PatternSet.word.negated)
        case "s": return .set(.space)
        case "S": return .set(PatternSet.space.negated)
        case "p", "P":
            let category = try braced()
            guard PatternSet.categories.contains(category) else {
                throw PatternError(reason: "'\\\(scalar){\(category)}' is not a general category such as \\p{L}")
            }
            return scalar == "p" ? .category(category) : .set(PatternSet([.category(category)]).negated)
        case "n": return one(0x0A)
        case "r": return one(0x0D)
        case "t": return one(0x09)
        case "f": return one(0x0C)
        case "v": return one(0x0B)
        case "0" where next.map { !PatternSet.digit.contains($0) } ?? true: return one(0)
        case "b" where inBrackets: return one(0x08)
        case "-" where inBrackets: return one(scalar.value)
        case "x": return one(try hexadecimal(2))
        case "u":
            guard next == "{" else { return one(try codePoint()) }
            guard let value = UInt32(try braced(), radix: 16), value <= 0x10FFFF else {
                throw PatternError(reason: "'\\u{}' holds no code point")
            }
            return one(value)
        case "^", "$", "\\", ".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "/": return one(scalar.value)
        case "1"..."9", "k": throw PatternError(reason: "back reference '\\\(scalar)' is not supported")
        default: throw PatternError(reason: "'\\\(scalar)' is not a supported escape")
        }
    }

    private mutating func braced() throws(PatternError) -> String {
        var text = String.UnicodeScalarView()
        guard take("{" as Unicode.Scalar) else { throw PatternError(reason: "expected '{' after '\\p' or '\\u'") }
        while let scalar = next, scalar != "}" {
            text.append(scalar)
            position += 1
        }
        guard take("}" as Unicode.Scalar) else { throw PatternError(reason: "'{' has no '}'") }
        return String(text)
    }

    /// Four digits, or twice four for a surrogate pair.
    private mutating func codePoint() throws(PatternError) -> UInt32 {
        let high = try hexadecimal(4)
        guard (0xD800..<0xDC00).contains(high), take("\\u") else { return high }
        let low = try hexadecimal(4)
        guard (0xDC00..<0xE000).contains(low) else { throw PatternError(reason: "'\\u' holds half a surrogate pair") }
        return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
    }

    private mutating func hexadecimal(_ digits: Int) throws(PatternError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let scalar = next, scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
                throw PatternError(reason: "expected \(digits) hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    // MARK: Writing

    private mutating func emit(_ term: Term) throws(PatternError) {
        // Counts terms too, because repeating nothing writes no instruction.
        work += 1
        if program.count > Self.maximumSize || work > 10 * Self.maximumSize {
            throw PatternError(reason: "the pattern is too large; use minLength and maxLength for lengths")
        }
        switch term {
        case .empty: break
        case .single(let instruction): program.append(instruction)
        case .sequence(let terms): for term in terms { try emit(term) }
        case .alternatives(let terms):
            var ends: [Int] = []
            for term in terms.dropLast() {
                let split = program.count
                program.append(.split(split + 1, 0))
                try emit(term)
                ends.append(program.count)
                program.append(.jump(0))
                program[split] = .split(split + 1, program.count)
            }
            if let last = terms.last { try emit(last) }
            for end in ends { program[end] = .jump(program.count) }
        case .repeated(let term, let minimum, let maximum):
            for _ in 0..<minimum { try emit(term) }
            guard let maximum else {
                let split = program.count
                program.append(.split(split + 1, 0))
                try emit(term)
                program.append(.jump(split))
                program[split] = .split(split + 1, program.count)
                return
            }
            var splits: [Int] = []
            for _ in minimum..<maximum {
                splits.append(program.count)
                program.append(.split(program.count + 1, 0))
                try emit(term)
            }
            for split in splits { program[split] = .split(split + 1, program.count) }
        }
    }
}
