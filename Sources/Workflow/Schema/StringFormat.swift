/// The formats of strings that schemas assert.
enum StringFormat: String, CaseIterable, Sendable {
    /// RFC 3339 `full-date`, of the years 0001 to 9999.
    case date
    /// RFC 3339 `date-time`; a second 60 only where a leap second can be, at 23:59:60 UTC.
    case dateTime = "date-time"
    /// An address that can be written without quotes: RFC 5321 `Dot-string "@" Domain`, in ASCII.
    case email

    func matches(_ text: String) -> Bool {
        var reader = Reader(rest: text.utf8[...])
        switch self {
        case .date: return reader.date() && reader.rest.isEmpty
        case .dateTime: return reader.date() && reader.time() && reader.rest.isEmpty
        case .email: return Self.isEmail(text.utf8)
        }
    }

    private struct Reader {
        var rest: Substring.UTF8View

        mutating func number(_ digits: Int) -> Int? {
            var value = 0
            for _ in 0..<digits {
                guard let byte = rest.popFirst(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
                    return nil
                }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            return value
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func date() -> Bool {
            guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2),
                year > 0, (1...12).contains(month), day > 0
            else { return false }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            return switch month {
            case 2: day <= (isLeap ? 29 : 28)
            case 4, 6, 9, 11: day <= 30
            default: day <= 31
            }
        }

        mutating func time() -> Bool {
            guard take("T") || take("t"), let hour = number(2), take(":"), let minute = number(2), take(":"),
                let second = number(2), hour < 24, minute < 60, second < 61
            else { return false }
            if take(".") {
                guard number(1) != nil else { return false }
                while let byte = rest.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { rest.removeFirst() }
            }
            var offset = 0
            if !take("Z"), !take("z") {
                let isWest = take("-")
                guard isWest || take("+"), let hours = number(2), take(":"), let minutes = number(2), hours < 24,
                    minutes < 60
                else { return false }
                offset = (hours * 60 + minutes) * (isWest ? -1 : 1)
            }
            return second < 60 || (hour * 60 + minute - offset + 1440) % 1440 == 1439
        }
    }

    private static func isEmail(_ address: String.UTF8View) -> Bool {
        guard address.count <= 254, let at = address.firstIndex(of: UInt8(ascii: "@")) else { return false }
        let local = address[..<at]
        guard local.count <= 64, areParts(local, { isAlphanumeric($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) })
        else { return false }
        let domain = address[address.index(after: at)...]
        return areParts(domain) { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
            && domain.split(separator: UInt8(ascii: ".")).allSatisfy {
                $0.count <= 63 && $0.first != UInt8(ascii: "-") && $0.last != UInt8(ascii: "-")
            }
    }

    /// Whether `text` is parts joined by single dots, each of at least one of the allowed bytes.
    private static func areParts(_ text: Substring.UTF8View, _ isAllowed: (UInt8) -> Bool) -> Bool {
        text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && $0.allSatisfy(isAllowed)
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}

extension StringFormat {
    /// What a clerk has to write.
    func description(_ language: Language) -> String {
        switch (self, language) {
        case (.date, .vi): "ngày có thật, viết năm-tháng-ngày, ví dụ 2022-07-31"
        case (.date, .en): "a real date written year-month-day, such as 2022-07-31"
        case (.dateTime, .vi): "ngày giờ kèm múi giờ, ví dụ 2022-07-31T08:30:00+07:00"
        case (.dateTime, .en): "a date and time with its zone, such as 2022-07-31T08:30:00+07:00"
        case (.email, .vi): "địa chỉ thư điện tử, ví dụ ten@example.vn"
        case (.email, .en): "an e-mail address, such as name@example.vn"
        }
    }
}
