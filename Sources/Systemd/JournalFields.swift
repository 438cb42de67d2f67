import CSystemd
import Glibc

/// The fields of one journal entry, back to back in one buffer so that an entry costs two allocations, not two a field.
struct JournalFields: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// journald ignores a field with a longer name.
    static let maximumNameLength = 64

    /// Makes room, so that fields are added without moving those before them.
    mutating func reserve(bytes: Int, fields: Int) {
        self.bytes.reserveCapacity(self.bytes.count + bytes)
        ends.reserveCapacity(ends.count + fields)
    }

    /// Adds a field of ours. The value may hold anything, line breaks too: its length travels with it.
    mutating func append(_ name: StaticString, _ value: String) {
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        end(value)
    }

    /// Adds a field for a metadata key: upper case, all but letters A to Z, digits and `_` becomes `_`.
    mutating func append(prefix: String, key: String, _ value: String) {
        let start = bytes.count
        bytes.append(contentsOf: prefix.utf8)
        for scalar in key.unicodeScalars where bytes.count - start < Self.maximumNameLength {
            bytes.append(Self.nameByte(scalar))
        }
        end(value)
    }

    private mutating func end(_ value: String) {
        bytes.append(UInt8(ascii: "="))
        bytes.append(contentsOf: value.utf8)
        ends.append(bytes.count)
    }

    private static func nameByte(_ scalar: Unicode.Scalar) -> UInt8 {
        switch scalar {
        case "A"..."Z", "0"..."9": UInt8(ascii: scalar)
        case "a"..."z": UInt8(ascii: scalar) - 0x20
        default: UInt8(ascii: "_")
        }
    }

    /// Hands the entry to journald. Returns 0, or a negative errno value.
    func send() -> CInt {
        withVectors { sd_journal_sendv($0.baseAddress, CInt($0.count)) }
    }

    /// The fields as sd_journal_sendv takes them: one `NAME=value` each, valid during the call.
    func withVectors<Result>(_ body: (UnsafeMutableBufferPointer<iovec>) -> Result) -> Result {
        bytes.withUnsafeBytes { buffer in
            withUnsafeTemporaryAllocation(of: iovec.self, capacity: ends.count) { vectors in
                var start = 0
                for (index, end) in ends.enumerated() {
                    let field = UnsafeMutableRawPointer(mutating: buffer.baseAddress?.advanced(by: start))
                    vectors.initializeElement(at: index, to: iovec(iov_base: field, iov_len: end - start))
                    start = end
                }
                return body(vectors)
            }
        }
    }
}
