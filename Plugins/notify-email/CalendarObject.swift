import Foundation
import PluginKit
import Workflow

/// An invitation as iCalendar (RFC 5545) with the method of RFC 5546; times are in UTC, days are the notification's zone's.
struct CalendarObject {
    /// `REQUEST` or `CANCEL`; the part's `method` parameter must say the same (RFC 6047).
    let method: String
    /// The lines, folded, each ended by a line feed.
    let text: String

    init(_ invitation: Invitation, of notification: PluginKit.Notification, to: Mailbox, _ settings: EmailSettings) {
        method = invitation.method.rawValue.uppercased()
        let uid = invitation.uid.singleLine(200)
        // Answers go where mail to the organisation is read.
        let organizer = settings.replyTo ?? settings.from
        var lines = [
            "BEGIN:VCALENDAR", "PRODID:-//rotationd//notify-email//EN", "VERSION:2.0", "METHOD:\(method)",
            "BEGIN:VEVENT", "UID:\(Self.escaped(uid.contains("@") ? uid : "\(uid)@\(settings.domain)"))",
            "SEQUENCE:\(max(0, invitation.sequence))", "DTSTAMP:\(Self.utc(notification.createdAt))",
        ]
        if invitation.allDay {
            let zone = TimeZone(identifier: notification.timeZone) ?? .gmt
            let first = Self.day(invitation.start, zone)
            let end = Self.day(max(invitation.end, invitation.start + 1) + 86_399_999, zone)
            lines.append("DTSTART;VALUE=DATE:\(Self.digits(first))")
            lines.append("DTEND;VALUE=DATE:\(Self.digits(max(end, first.adding(days: 1))))")
        } else {
            lines.append("DTSTART:\(Self.utc(invitation.start))")
            lines.append("DTEND:\(Self.utc(max(invitation.end, invitation.start)))")
        }
        lines.append("SUMMARY:\(Self.escaped(invitation.summary.singleLine(250)))")
        if let location = invitation.location { lines.append("LOCATION:\(Self.escaped(location.singleLine(250)))") }
        if let description = invitation.description {
            lines.append("DESCRIPTION:\(Self.escaped(description.cleanLines))")
        }
        lines += [
            "ORGANIZER\(Self.commonName(organizer)):mailto:\(organizer.address)",
            "ATTENDEE\(Self.commonName(to));ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION"
                + ";RSVP=\(settings.replyTo == nil ? "FALSE" : "TRUE"):mailto:\(to.address)",
            "STATUS:\(invitation.method == .cancel ? "CANCELLED" : "CONFIRMED")",
            // A due date leaves the day free for other things.
            "TRANSP:\(invitation.allDay ? "TRANSPARENT" : "OPAQUE")", "END:VEVENT", "END:VCALENDAR",
        ]
        text = lines.map { Self.folded($0) + "\n" }.joined()
    }

    /// RFC 5545, 3.3.11. By scalars, because a mark behind a comma makes another character of it.
    private static func escaped(_ text: String) -> String {
        var output = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if ["\\", ";", ",", "\n"].contains(scalar) { output.append("\\") }
            output.append(scalar == "\n" ? "n" : scalar)
        }
        return String(output)
    }

    /// RFC 5545, 3.2: a quoted value has no way to hold a quotation mark.
    private static func commonName(_ mailbox: Mailbox) -> String {
        let name = (mailbox.name ?? "").singleLine(120).unicodeScalars.map { $0 == "\"" ? "'" : $0 }
        return name.isEmpty ? "" : ";CN=\"\(String(String.UnicodeScalarView(name)))\""
    }

    private static func utc(_ time: Timestamp) -> String {
        time.description.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    private static func day(_ time: Timestamp, _ zone: TimeZone) -> LocalDate {
        let seconds = Int((Double(time.milliseconds) / 1000).rounded(.down))
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
        return LocalDate(daysSinceEpoch: Int((Double(seconds + offset) / 86_400).rounded(.down)))
    }

    private static func digits(_ date: LocalDate) -> String { date.description.filter { $0 != "-" } }

    /// RFC 5545, 3.1: at most 75 bytes a line, broken between characters.
    private static func folded(_ line: String) -> String {
        var output = String.UnicodeScalarView()
        var width = 0
        for scalar in line.unicodeScalars {
            let bytes = UTF8.width(scalar)
            if width + bytes > 75 {
                output.append(contentsOf: "\n ".unicodeScalars)
                width = 1
            }
            output.append(scalar)
            width += bytes
        }
        return String(output)
    }
}
