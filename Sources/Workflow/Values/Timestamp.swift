/// An instant, in milliseconds since 1970-01-01T00:00:00Z. Its text is RFC 3339 in UTC with milliseconds
/// (`2022-07-29T02:00:00.000Z`), so that texts sort as instants do.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var milliseconds: Int

    /// The first instant of the year 1 and the last of the year 9999: what its text has room for.
    public static let earliest = Timestamp(milliseconds: -62_135_596_800_000)
    public static let latest = Timestamp(milliseconds: 253_402_300_799_999)

    public init(milliseconds: Int) { self.milliseconds = milliseconds }

    /// Reads an RFC 3339 date-time with any offset and any number of fractional digits; finer than milliseconds is cut.
    public init?(_ text: String) {
        let parsed = text.utf8.withContiguousStorageIfAvailable { Self.parse($0) }
        guard let milliseconds = parsed ?? Array(text.utf8).withUnsafeBufferPointer({ Self.parse($0) }) else {
            return nil
        }
        self.milliseconds = milliseconds
        // An offset may lead out of the years that a text can be written with and read again.
        guard (Self.earliest...Self.latest).contains(self) else { return nil }
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        func digits(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        guard bytes.count >= 20, bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), let date = LocalDate(text: bytes[..<10]),
            let hour = digits(11..<13), let minute = digits(14..<16), let second = digits(17..<19),
            hour < 24, minute < 60, second < 61
        else { return nil }
        var position = 19
        var fraction = 0
        if bytes[position] == UInt8(ascii: ".") {
            position += 1
            let start = position
            while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
            guard position > start else { return nil }
            for index in 0..<3 {
                fraction = fraction * 10 + (start + index < position ? Int(bytes[start + index] - 0x30) : 0)
            }
        }
        guard position < bytes.count else { return nil }
        var offset = 0
        switch bytes[position] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): position += 1
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard bytes.count == position + 6, bytes[position + 3] == UInt8(ascii: ":"),
                let hours = digits(position + 1..<position + 3), let minutes = digits(position + 4..<position + 6),
                hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[position] == UInt8(ascii: "-") ? -1 : 1)
            position += 6
        default: return nil
        }
        guard position == bytes.count else { return nil }
        let seconds = date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second - offset * 60
        return seconds * 1000 + fraction
    }

    public var description: String {
        let milliseconds = min(max(self, .earliest), .latest).milliseconds
        let day = milliseconds.flooredQuotient(86_400_000)
        let rest = milliseconds - day * 86_400_000
        let date = LocalDate(daysSinceEpoch: day)
        return String(unsafeUninitializedCapacity: 24) { text in
            var index = 0
            func write(_ value: Int, _ width: Int, _ mark: UInt8) {
                var left = value
                for place in stride(from: index + width - 1, through: index, by: -1) {
                    text[place] = UInt8(ascii: "0") + UInt8(left % 10)
                    left /= 10
                }
                text[index + width] = mark
                index += width + 1
            }
            write(date.year, 4, UInt8(ascii: "-"))
            write(date.month, 2, UInt8(ascii: "-"))
            write(date.day, 2, UInt8(ascii: "T"))
            write(rest / 3_600_000, 2, UInt8(ascii: ":"))
            write(rest / 60_000 % 60, 2, UInt8(ascii: ":"))
            write(rest / 1000 % 60, 2, UInt8(ascii: "."))
            write(rest % 1000, 3, UInt8(ascii: "Z"))
            return index
        }
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }
    public static func + (time: Timestamp, milliseconds: Int) -> Timestamp {
        Timestamp(milliseconds: time.milliseconds + milliseconds)
    }
}

extension Int {
    func flooredQuotient(_ divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

/// Appends `value` with leading zeros, at least `width` digits.
func append(_ value: Int, width: Int, to text: inout [UInt8]) {
    guard value >= 0 else { return text.append(contentsOf: String(value).utf8) }
    let start = text.count
    var left = value
    repeat {
        text.append(UInt8(ascii: "0") + UInt8(left % 10))
        left /= 10
    } while left > 0 || text.count - start < width
    text[start...].reverse()
}
