import Foundation

/// The header Retry-After (RFC 9110, 10.2.3).
enum RetryAfter {
    /// Longer waits are asked again after a day.
    static let most = 86_400

    /// Seconds from `now` on, at least 1; nil when it is neither seconds nor a date.
    static func seconds(_ text: String, now: Date) -> Int? {
        let text = text.trimmingCharacters(in: .whitespaces)
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return min(max(Int(text) ?? most, 1), most)
        }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        // The date that is to be written, and the two that must be understood.
        for format in ["EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM d HH:mm:ss yyyy"] {
            formatter.dateFormat = format
            if let date = formatter.date(from: text) {
                return Int(min(max(date.timeIntervalSince(now).rounded(.up), 1), Double(most)))
            }
        }
        return nil
    }
}
