#if canImport(Glibc)
    import Glibc
#endif

extension JSON {
    /// The compact UTF-8 text, members in their own order.
    public func bytes() -> [UInt8] {
        var buffer: [UInt8] = []
        buffer.reserveCapacity(256)
        write(to: &buffer, sorted: false)
        return buffer
    }

    /// The canonical UTF-8 text: no white space, members sorted by the UTF-8 bytes of their names, shortest numbers that
    /// read back equal. Digests and the history's chain are made over it, so it must never change.
    public func canonicalBytes() -> [UInt8] {
        var buffer: [UInt8] = []
        buffer.reserveCapacity(512)
        write(to: &buffer, sorted: true)
        return buffer
    }

    /// Bytes that the compact text has at least: exactly, but for what strings escape and the digits of numbers.
    public var leastBytes: Int {
        switch self {
        case .null, .bool: 4
        case .int, .double: 1
        case .string(let value): value.utf8.count + 2
        case .array(let elements): elements.reduce(max(2, elements.count + 1)) { $0 + $1.leastBytes }
        case .object(let members):
            members.reduce(max(2, members.count + 1)) { $0 + $1.key.utf8.count + 3 + $1.value.leastBytes }
        }
    }

    /// Appends the compact text to `buffer`.
    /// - Parameter sorted: Whether members are sorted as in ``canonicalBytes()``.
    public func write(to buffer: inout [UInt8], sorted: Bool = false) {
        switch self {
        case .null: buffer.append(contentsOf: "null".utf8)
        case .bool(let value): buffer.append(contentsOf: value ? "true".utf8 : "false".utf8)
        case .int(let value): buffer.append(contentsOf: value.description.utf8)
        // JSON has no words for them; nothing that was parsed can hold one.
        case .double(let value): buffer.append(contentsOf: value.isFinite ? value.description.utf8 : "null".utf8)
        case .string(let value): Self.write(string: value, to: &buffer)
        case .array(let elements):
            buffer.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                element.write(to: &buffer, sorted: sorted)
            }
            buffer.append(UInt8(ascii: "]"))
        case .object(let members):
            buffer.append(UInt8(ascii: "{"))
            var first = true
            func write(_ name: String, _ value: JSON) {
                if !first { buffer.append(UInt8(ascii: ",")) }
                first = false
                Self.write(string: name, to: &buffer)
                buffer.append(UInt8(ascii: ":"))
                value.write(to: &buffer, sorted: sorted)
            }
            if !sorted || members.isSorted {
                for (name, value) in members { write(name, value) }
            } else {
                for (name, value) in members.sorted(by: { $0.key.bytesPrecede($1.key) }) { write(name, value) }
            }
            buffer.append(UInt8(ascii: "}"))
        }
    }

    private static func write(string: String, to buffer: inout [UInt8]) {
        buffer.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { utf8 in
            var start = 0
            var index = 0
            var ascii = true
            // Copied in one piece up to what must be escaped: mostly all of it.
            func copy() { buffer.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index])) }
            while true {
                index = utf8.firstSpecial(from: index, &ascii)
                guard index < utf8.count else { break }
                let byte = utf8[index]
                copy()
                buffer.append(UInt8(ascii: "\\"))
                switch byte {
                case 0x22, 0x5C: buffer.append(byte)
                case 0x0A: buffer.append(UInt8(ascii: "n"))
                case 0x0D: buffer.append(UInt8(ascii: "r"))
                case 0x09: buffer.append(UInt8(ascii: "t"))
                default:
                    let digits = Array("0123456789abcdef".utf8)
                    buffer.append(contentsOf: "u00".utf8)
                    buffer.append(digits[Int(byte >> 4)])
                    buffer.append(digits[Int(byte & 15)])
                }
                index += 1
                start = index
            }
            copy()
        }
        buffer.append(UInt8(ascii: "\""))
    }

    /// The text on several lines, indented by two spaces, members in their own order: for people to read.
    public var pretty: String { pretty(indent: "") }

    private func pretty(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .array(let elements) where !elements.isEmpty:
            return "[\n" + elements.map { inner + $0.pretty(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members) where !members.isEmpty:
            let lines = members.map { "\(inner)\(JSON.string($0.key)): \($0.value.pretty(indent: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        default: return description
        }
    }
}

extension JSONObject {
    /// Whether the members are in the order of the canonical text already, as those of a stored document are.
    fileprivate var isSorted: Bool { zip(self, dropFirst()).allSatisfy { $0.key.bytesPrecede($1.key) } }
}

extension String {
    /// The order of the UTF-8 bytes; Swift's own is that of composed letters.
    fileprivate func bytesPrecede(_ other: String) -> Bool {
        utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                guard let a = left.baseAddress, let b = right.baseAddress else { return left.count < right.count }
                let order = memcmp(a, b, min(left.count, right.count))
                return order == 0 ? left.count < right.count : order < 0
            }
        }.flatMap(\.self) ?? utf8.lexicographicallyPrecedes(other.utf8)
    }
}
