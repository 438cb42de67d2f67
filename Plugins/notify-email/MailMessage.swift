import Crypto
import Foundation
import PluginKit
import Workflow

/// A notification as an Internet message (RFC 5322). The same notification and settings give the same bytes.
struct MailMessage {
    let to: Mailbox
    let bytes: [UInt8]

    /// - Throws: ``Mailbox/Invalid`` when the recipient's address is missing or cannot be used.
    init(_ notification: PluginKit.Notification, _ settings: EmailSettings) throws(Mailbox.Invalid) {
        guard let address = notification.address, !address.isEmpty else {
            throw Mailbox.Invalid(
                description: "\(notification.recipient.singleLine(80)) has no e-mail address in the directory")
        }
        to = try Mailbox(address: address, name: notification.recipientName)
        let zone = TimeZone(identifier: notification.timeZone) ?? .gmt
        var headers = [
            HeaderField("Date", Self.date(notification.createdAt, zone)),
            HeaderField.mailbox("From", settings.from),
        ]
        if let sender = settings.sender { headers.append(.mailbox("Sender", sender)) }
        if let replyTo = settings.replyTo { headers.append(.mailbox("Reply-To", replyTo)) }
        headers += [
            .mailbox("To", to), .text("Subject", notification.subject),
            HeaderField("Message-ID", "<\(Self.atom(notification.id))@\(settings.domain)>"),
        ]
        if !notification.caseID.isEmpty {
            // A message that never was, of which all of the case are answers: so programs show them as one thread.
            let thread = "<case.\(Self.atom(notification.caseID))@\(settings.domain)>"
            headers += [HeaderField("In-Reply-To", thread), HeaderField("References", thread)]
        }
        headers += [
            HeaderField("List-Id", "<\(settings.listID)>"),
            // RFC 3834, and what Exchange reads in its place: no answer by a machine. (`Precedence:` is discouraged.)
            HeaderField("Auto-Submitted", "auto-generated"), HeaderField("X-Auto-Response-Suppress", "All"),
            HeaderField("MIME-Version", "1.0"),
        ]
        var bytes = headers.flatMap(\.bytes) + Self.body(notification, to: to, settings).bytes
        if bytes.last != UInt8(ascii: "\n") { bytes += Array("\r\n".utf8) }
        self.bytes = bytes
    }

    /// The text, the same as HTML, the invitation as what calendars answer to; and again as a file for programs that only
    /// know files.
    private static func body(_ notification: PluginKit.Notification, to: Mailbox, _ settings: EmailSettings) -> MIMEPart
    {
        let language = Language(rawValue: notification.language) ?? .vi
        var forms = [
            MIMEPart.text(
                HeaderField("Content-Type", "text/plain"), notification.text.cleanLines, language: language.rawValue)
        ]
        if let html = notification.html {
            forms.append(
                .text(HeaderField("Content-Type", "text/html"), html.cleanLines, language: language.rawValue))
        }
        guard let invitation = notification.invitation else {
            return forms.count == 1 ? forms[0] : .multipart("alternative", forms)
        }
        let calendar = CalendarObject(invitation, of: notification, to: to, settings)
        forms.append(
            .text(HeaderField("Content-Type", "text/calendar").parameter("method", calendar.method), calendar.text))
        return .multipart(
            "mixed",
            [
                .multipart("alternative", forms),
                .attachment(
                    HeaderField("Content-Type", "application/ics"), name: language == .vi ? "Lịch.ics" : "calendar.ics",
                    Array(calendar.text.replacing("\n", with: "\r\n").utf8)),
            ])
    }

    /// RFC 5322, 3.3, in the zone's own time.
    private static func date(_ time: Timestamp, _ zone: TimeZone) -> String {
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000))
        let text = (time + offset * 1000).description
        guard let day = LocalDate(String(text.prefix(10))) else { return text }
        let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day.weekday - 1]
        let month = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ][day.month - 1]
        let minutes = abs(offset) / 60
        func pair(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(weekday), \(pair(day.day)) \(month) \(text.prefix(4)) \(text.dropFirst(11).prefix(8)) "
            + (offset < 0 ? "-" : "+") + pair(minutes / 60) + pair(minutes % 60)
    }

    /// The id where it can be a message id's left part as it is, otherwise half of its digest.
    static func atom(_ id: String) -> String {
        if id.utf8.count <= 48, Mailbox.isDotAtom(id) { return id }
        return SHA256.hash(data: Array(id.utf8)).prefix(16).reduce(into: "") { text, byte in
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
}
