import Foundation
import Workflow

/// Times and numbers as people read them.
struct Formats {
    static let defaultTimeZone = "Asia/Ho_Chi_Minh"

    let language: Language
    private let timeZone: TimeZone

    /// - Parameter timeZone: Its IANA name; an unknown one becomes ``defaultTimeZone``.
    init(language: Language, timeZone: String = defaultTimeZone) {
        self.language = language
        self.timeZone = TimeZone(identifier: timeZone) ?? TimeZone(identifier: Self.defaultTimeZone) ?? .gmt
    }

    /// `29/07/2022 09:00` for an RFC 3339 time, `29/07/2022` for a date, anything else as it is.
    func time(_ text: String) -> String {
        guard let timestamp = Timestamp(text) else { return date(text) }
        let instant = Date(timeIntervalSince1970: Double(timestamp.milliseconds) / 1000)
        let local = (timestamp + timeZone.secondsFromGMT(for: instant) * 1000).description
        return date(String(local.prefix(10))) + " " + local.dropFirst(11).prefix(5)
    }

    /// `29/07/2022` for `2022-07-29`, `07/2022` for `2022-07`.
    func date(_ text: String) -> String {
        if LocalDate(text) == nil, LocalDate(text + "-01") == nil { return text }
        return text.split(separator: "-").reversed().joined(separator: "/")
    }

    /// What the daemon takes for a date or time as a person writes it: `2022-08-01`, `01/08/2022`, either with ` 07:30`
    /// behind it, or RFC 3339. Nil for anything else.
    func reading(_ text: String) -> String? {
        if Timestamp(text) != nil { return text }
        let words = text.split(separator: " ")
        let day = words.first.map { $0.split(separator: "/") } ?? []
        let iso = day.count == 3 ? day.reversed().joined(separator: "-") : String(words.first ?? "")
        guard words.count <= 2, let date = LocalDate(iso) else { return nil }
        guard words.count == 2 else { return date.description }
        guard let local = Timestamp("\(date)T\(words[1]):00Z") else { return nil }
        // The offset of a moment near it is right but for the hour in which clocks are changed.
        let near = Date(timeIntervalSince1970: Double(local.milliseconds) / 1000)
        return (local + -timeZone.secondsFromGMT(for: near) * 1000).description
    }

    /// `1.234` in Vietnamese, `1,234` in English.
    func number(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { grouped.append(language == .vi ? "." : ",") }
            grouped.append(digit)
        }
        return value < 0 ? "-" + grouped : grouped
    }

    /// With one decimal.
    func number(_ value: Double) -> String {
        let tenths = Int((value.magnitude * 10).rounded())
        return (value < 0 && tenths > 0 ? "-" : "") + number(tenths / 10) + (language == .vi ? "," : ".")
            + String(tenths % 10)
    }

    /// `850 ms`, `12,3 s`.
    func duration(_ milliseconds: Int) -> String {
        milliseconds < 1000 ? "\(milliseconds) ms" : number(Double(milliseconds) / 1000) + " s"
    }

    /// `12,3 MB`, in powers of 1000.
    func bytes(_ count: Int) -> String {
        var value = Double(count)
        var unit = 0
        let units = ["B", "kB", "MB", "GB", "TB"]
        while value >= 999.95, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return (unit == 0 ? number(count) : number(value)) + " " + units[unit]
    }
}
