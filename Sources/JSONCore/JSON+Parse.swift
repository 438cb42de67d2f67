#if canImport(Glibc)
    import Glibc
#endif

/// Why bytes are not the JSON that was asked for, and where.
public struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, in English, without the place.
    public let reason: String
    /// Offset of the byte at fault, counted from 0.
    public let offset: Int
    /// Line and column (in bytes) of it, counted from 1.
    public let line: Int, column: Int

    public var description: String { "\(line):\(column): \(reason)" }
}

extension JSON {
    /// Levels of nesting that ``init(parsing:maximumDepth:)`` accepts unless told otherwise.
    public static let defaultMaximumDepth = 128

    /// Parses one JSON text. Stricter than RFC 8259 where leniency loses data: a member given twice, a number that
    /// neither 64-bit integers nor finite doubles can hold, and half a surrogate pair are errors.
    public init(parsing bytes: some Sequence<UInt8>, maximumDepth: Int = defaultMaximumDepth) throws(JSONSyntaxError) {
        let parsed = bytes.withContiguousStorageIfAvailable { Self.parse($0, maximumDepth) }
        self = try (parsed ?? Array(bytes).withUnsafeBufferPointer { Self.parse($0, maximumDepth) }).get()
    }

    /// Parses one JSON text.
    public init(parsing text: String, maximumDepth: Int = defaultMaximumDepth) throws(JSONSyntaxError) {
        try self.init(parsing: text.utf8, maximumDepth: maximumDepth)
    }

    private static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, _ maximumDepth: Int
    ) -> Result<JSON, JSONSyntaxError> {
        var parser = JSONParser(bytes: bytes, maximumDepth: maximumDepth)
        do throws(JSONSyntaxError) { return .success(try parser.document()) } catch { return .failure(error) }
    }
}

private struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let maximumDepth: Int
    var position = 0
    var depth = 0

    init(bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func document() throws(JSONSyntaxError) -> JSON {
        let value = try self.value()
        skipSpace()
        if position < bytes.count { throw error("unexpected text after the value") }
        return value
    }

    func error(_ reason: String, at offset: Int? = nil) -> JSONSyntaxError {
        let offset = min(offset ?? position, bytes.count)
        var line = 1
        var lineStart = 0
        for index in 0..<offset where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return JSONSyntaxError(reason: reason, offset: offset, line: line, column: offset - lineStart + 1)
    }

    @inline(__always) mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    mutating func value() throws(JSONSyntaxError) -> JSON {
        skipSpace()
        guard position < bytes.count else { throw error("unexpected end of the text") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error("expected a value")
        }
    }

    mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONSyntaxError) -> JSON {
        guard position + word.utf8CodeUnitCount <= bytes.count,
            memcmp(bytes.baseAddress! + position, word.utf8Start, word.utf8CodeUnitCount) == 0
        else { throw error("expected \(word)") }
        position += word.utf8CodeUnitCount
        return value
    }

    mutating func enter() throws(JSONSyntaxError) {
        depth += 1
        if depth > maximumDepth { throw error("nested deeper than \(maximumDepth) levels") }
        position += 1
        skipSpace()
    }

    /// Takes `byte` if it comes next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func object() throws(JSONSyntaxError) -> JSON {
        try enter()
        var members = JSONObject()
        if !take(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                    throw error("expected a member's name")
                }
                let start = position
                let name = try string()
                skipSpace()
                guard take(UInt8(ascii: ":")) else { throw error("expected ':'") }
                let value = try self.value()
                if members.updateValue(value, forKey: name) != nil {
                    throw error("member \"\(name)\" is given twice", at: start)
                }
                // Most have a few; growing to that one by one would cost more than the members. A single one is left small,
                // because millions of those fit a message.
                if members.count == 2 { members.reserveCapacity(8) }
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { throw error("expected ',' or '}'") }
        }
        depth -= 1
        return .object(members)
    }

    mutating func array() throws(JSONSyntaxError) -> JSON {
        try enter()
        var elements: [JSON] = []
        if !take(UInt8(ascii: "]")) {
            repeat {
                elements.append(try value())
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { throw error("expected ',' or ']'") }
        }
        depth -= 1
        return .array(elements)
    }

    mutating func number() throws(JSONSyntaxError) -> JSON {
        let start = position
        let negative = take(UInt8(ascii: "-"))
        var magnitude: UInt = 0
        var fits = true
        func isDigit(_ index: Int) -> Bool {
            index < bytes.count && bytes[index] >= UInt8(ascii: "0") && bytes[index] <= UInt8(ascii: "9")
        }
        guard isDigit(position) else { throw error("expected a digit") }
        if bytes[position] == UInt8(ascii: "0"), isDigit(position + 1) { throw error("a number has a leading zero") }
        while isDigit(position) {
            let (product, over1) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, over2) = product.addingReportingOverflow(UInt(bytes[position] - UInt8(ascii: "0")))
            fits = fits && !over1 && !over2
            magnitude = sum
            position += 1
        }
        var whole = true
        if take(UInt8(ascii: ".")) {
            whole = false
            guard isDigit(position) else { throw error("expected a digit after the point") }
            while isDigit(position) { position += 1 }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            whole = false
            position += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard isDigit(position) else { throw error("expected a digit in the exponent") }
            while isDigit(position) { position += 1 }
        }
        if whole {
            guard fits, let value = negative ? Int(exactly: 0 - Int128(magnitude)) : Int(exactly: magnitude) else {
                throw error("a whole number does not fit 64 bits", at: start)
            }
            return .int(value)
        }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw error("a number is too large", at: start)
        }
        return JSON(number: value)
    }

    mutating func string() throws(JSONSyntaxError) -> String {
        let start = position
        position += 1
        let first = position
        var ascii = true
        while position < bytes.count {
            position = bytes.firstSpecial(from: position, &ascii)
            guard position < bytes.count else { break }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let span = UnsafeBufferPointer(rebasing: bytes[first..<position])
                position += 1
                if ascii { return String(decoding: span, as: UTF8.self) }
                guard let text = String(validating: span, as: UTF8.self) else {
                    throw error("a string is not UTF-8", at: start)
                }
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: first, start: start) }
            throw error("a control character in a string is not escaped")
        }
        throw error("a string has no end", at: start)
    }

    /// The rest of a string that has escapes; `position` is at the first of them.
    mutating func escapedString(from first: Int, start: Int) throws(JSONSyntaxError) -> String {
        var buffer = Array(bytes[first..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: buffer, as: UTF8.self) else {
                    throw error("a string is not UTF-8", at: start)
                }
                return text
            case UInt8(ascii: "\\"):
                guard position < bytes.count else { throw error("a string has no end", at: start) }
                let escape = bytes[position]
                position += 1
                switch escape {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(escape)
                case UInt8(ascii: "b"): buffer.append(0x08)
                case UInt8(ascii: "f"): buffer.append(0x0C)
                case UInt8(ascii: "n"): buffer.append(0x0A)
                case UInt8(ascii: "r"): buffer.append(0x0D)
                case UInt8(ascii: "t"): buffer.append(0x09)
                case UInt8(ascii: "u"): buffer.append(contentsOf: UTF8.encode(try escapedScalar())!)
                default: throw error("unknown escape in a string", at: position - 2)
                }
            case 0..<0x20: throw error("a control character in a string is not escaped", at: position - 1)
            default: buffer.append(byte)
            }
        }
        throw error("a string has no end", at: start)
    }

    mutating func escapedScalar() throws(JSONSyntaxError) -> Unicode.Scalar {
        let start = position - 2
        let high = try hexadecimal()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw error("half a surrogate pair in a string", at: start)
        }
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + ((UInt32(high) - 0xD800) << 10) + (UInt32(low) - 0xDC00))
        else { throw error("half a surrogate pair in a string", at: start) }
        return scalar
    }

    mutating func hexadecimal() throws(JSONSyntaxError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue,
                bytes[position] < 0x80
            else { throw error("expected four hexadecimal digits after \\u") }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}
