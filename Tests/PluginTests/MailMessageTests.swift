import Foundation
import JSONCore
import PluginKit
import Testing
import Workflow

@testable import notify_email

/// What a mail is made of, whatever goes into it.
@Suite struct MailMessageTests {
    static let headers: Set<String> = [
        "Date", "From", "Sender", "Reply-To", "To", "Subject", "Message-ID", "In-Reply-To", "References", "List-Id",
        "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
        "Content-Language",
    ]

    private static func settings(_ more: String = "") throws -> EmailSettings {
        try EmailSettings(
            yaml: "server: localhost\nsecurity: none\nfrom: Huyện ủy <rotationd@huyen.example>\n" + more, file: "f")
    }

    @Test func nothingThatComesInMakesAHeader() throws {
        let settings = try Self.settings("reply_to: vp@huyen.example")
        var generator = HostileText(seed: 1)
        for round in 0..<3000 {
            let notification = Notifications.reminder(generator.next(in: 0...90)) {
                $0.caseID = generator.next(in: 0...40)
                $0.recipientName = generator.next(in: 0...150)
                $0.subject = generator.next(in: 0...300)
                $0.text = generator.next(in: 0...200)
                $0.language = generator.next(in: 0...10)
                $0.timeZone = generator.next(in: 0...10)
                if round % 2 == 0 { $0.html = generator.next(in: 0...200) }
                if round % 3 == 0 {
                    $0.invitation = Invitation(
                        uid: generator.next(in: 0...90), sequence: round, start: $0.createdAt, end: $0.createdAt,
                        allDay: round % 2 == 0, summary: generator.next(in: 0...300),
                        location: generator.next(in: 0...99), description: generator.next(in: 0...99))
                }
            }
            let bytes = try MailMessage(notification, settings).bytes
            #expect(bytes.allSatisfy { $0 == 9 || $0 == 10 || $0 == 13 || (32..<127).contains($0) })
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.hasSuffix("\r\n"))
            let lines = text.components(separatedBy: "\r\n")
            #expect(lines.allSatisfy { !$0.utf8.contains(10) && !$0.utf8.contains(13) && $0.utf8.count <= 76 })
            let end = try #require(lines.firstIndex(of: ""))
            let names = lines[..<end].filter { !$0.hasPrefix(" ") }.map { $0.prefix { $0 != ":" } }.map(String.init)
            #expect(names.count == Set(names).count && Set(names).isSubset(of: Self.headers), "\(names)")
            #expect(try MailMessage(notification, settings).bytes == bytes)
        }
    }

    @Test func namesAreKeptFromMisleading() {
        #expect("An\r\nBcc: x@y\u{0}".singleLine(99) == "An Bcc: x@y")
        #expect("a\u{202E}b\u{2066}c\u{200F}d\u{FEFF}e".singleLine(99) == "abcde")
        #expect("\u{2028}\t a  b \u{85}".singleLine(99) == "a b")
        #expect("Nguye\u{302}\u{303}n".singleLine(99).unicodeScalars.count == 6)
        #expect("một hai ba".singleLine(5) == "một…")
        #expect("a\r\nb\rc\u{2028}d\u{0}\u{202E}\te".cleanLines == "a\nb\nc\nd\te")
    }

    @Test func anIdIsTheSameInEveryAttemptAndNeverAnothers() {
        #expect(MailMessage.atom("01J-2-cb.07") == "01J-2-cb.07")
        #expect(MailMessage.atom("a b") != MailMessage.atom("a  b"))
        for id in ["a b", "", "ệ", "a\r\nb", "a>b", ".a", String(repeating: "a", count: 65)] {
            #expect(MailMessage.atom(id).utf8.count == 32 && Mailbox.isDotAtom(MailMessage.atom(id)))
        }
    }

    @Test(arguments: [
        "a@b", "first.last+tag@mail.huyen.example", "o'neil@x-y.example", "a@\(String(repeating: "b", count: 63)).vn",
    ])
    func plainAddressesAreTaken(address: String) throws { #expect(try Mailbox(address: address).address == address) }

    @Test(arguments: [
        "", "a", "@b", "a@", "a@b@c", "a b@c", "a@b c", "a@b\r\nRCPT TO:<x@y>", "a@-b", "a@b-", "a@b..c", ".a@b",
        "a..b@c",
        "a@[127.0.0.1]", "\"a b\"@c", "á@b", "a@b\u{0}", "a>@b", "\(String(repeating: "a", count: 65))@b", "a@b,c@d",
    ])
    func otherAddressesAreNot(address: String) {
        #expect(throws: Mailbox.Invalid.self) { try Mailbox(address: address) }
    }

    @Test func aConfigurationIsToldWhatIsWrongWithItAndWhere() throws {
        let problems = #expect(throws: EmailSettings.Problems.self) {
            try EmailSettings(
                yaml: """
                    server: mail.huyen.example
                    security: none
                    port: 70000
                    username: 59
                    from: Huyện ủy <rotationd@huyện.example>
                    conections: 2
                    ca_file: /nowhere/ca.pem
                    """, file: "notify-email.yaml")
        }
        let lines = try #require(problems?.lines)
        #expect(lines.map { $0.prefix(23) } == [2, 3, 4, 5, 6, 7].map { "notify-email.yaml:\($0):1: " })
        for (line, word) in zip(lines, ["loopback", "65535", "quotes", "ASCII", "connections", "cannot be read"]) {
            #expect(line.contains(word) || word == "loopback" && line.contains("localhost"), "\(line)")
        }
    }

    @Test(arguments: ["localhost", "127.0.0.1", "127.8.9.1", "\"::1\""])
    func theLoopbackNeedsNoEncryption(server: String) throws {
        let settings = try EmailSettings(yaml: "server: \(server)\nsecurity: none\nfrom: a@b", file: "f")
        #expect(settings.port == 25)
        #expect(settings.url.hasPrefix("smtp://"))
    }

    @Test(arguments: ["127.0.0.1.example", "mail.huyen.example", "10.0.0.1", "\"::2\"", "localhost.example"])
    func otherServersDo(server: String) {
        #expect(throws: EmailSettings.Problems.self) {
            try EmailSettings(yaml: "server: \(server)\nsecurity: none\nfrom: a@b", file: "f")
        }
    }

    @Test func theInstalledConfigurationIsRightAndNamesEveryKey() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../config/notify-email.yaml").standardizedFileURL.path
        let settings = try EmailSettings(file: file)
        #expect(settings.security == .starttls && settings.port == 587)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let problems = #expect(throws: EmailSettings.Problems.self) {
            try EmailSettings(yaml: text + "\nnonsense: 1", file: "f")
        }
        let said = try #require(problems?.lines.first)
        let keys = try #require(said.components(separatedBy: "there are ").last).components(separatedBy: ", ")
        #expect(keys.count > 10)
        for key in keys { #expect(text.contains("\n\(key): ") || text.contains("\n# \(key): "), "\(key)") }
    }

    @Test func theCommandChecksAConfiguration() async throws {
        let folder = try TemporaryFolder()
        let right = try EmailPlugin.configuration(in: folder, port: 25, "security: none")
        #expect(await (try PluginProcess("notify-email", ["--config", right, "--check"])).ended() == .init(code: 0))
        let wrong = try EmailPlugin.configuration(in: folder, port: 0, "security: none")
        let process = try PluginProcess("notify-email", ["--config", wrong, "--check"])
        #expect(await process.ended() == .init(code: EX_CONFIG))
        #expect(await process.written.errors == "\(wrong):2:1: port: must be a number from 1 to 65535\n")
    }

    @Test(arguments: [
        (["EHLO x\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n"], "550 5.1.1 no", SMTPVerdict.refused("")),
        (["MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n"], "450 4.2.0 later", .later("")),
        (["MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n"], "421 4.2.0 bye", .unavailable("")),
        (["MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n"], "530 5.7.0 login first", .unavailable("")),
        (["MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n"], "550 5.7.1 no relay", .later("")),
        (["MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n"], "550-5.1.1 no", .unavailable("")),
        (["MAIL FROM:<a@b> SIZE=9\r\n"], "552 5.3.4 too large", .refused("")),
        (["MAIL FROM:<a@b>\r\n"], "451 4.3.0 later", .unavailable("")),
        (["DATA\r\n"], "554 5.7.1 spam", .refused("")),
        (["DATA\r\n"], "354 go on", .unavailable("")),
        (["AUTH PLAIN\r\n", "DATA\r\n", "STARTTLS\r\n"], "535 5.7.8 no", .unavailable("")),
        ([], "554 go away", .unavailable("")),
        ([], "", .unavailable("")),
    ])
    func anAnswerSaysWhetherToTryAgain(commands: [String], answer: String, expected: SMTPVerdict) {
        var transcript = SMTPTranscript()
        for command in commands { transcript.sent(command.utf8) }
        transcript.received((answer + "\r\n").utf8)
        switch (transcript.verdict(fault: "fault"), expected) {
        case (.refused, .refused), (.later, .later), (.unavailable, .unavailable): break
        case (let verdict, _): Issue.record("\(verdict)")
        }
        #expect(transcript.verdict(fault: nil) == .accepted)
    }
}

/// Texts of what could mean something to a mail server, a mail program or a calendar, and of Vietnamese.
struct HostileText {
    private var generator: SeededNumbers
    private static let pieces: [String] = [
        "\r\n", "\n", "\r", "\r\n.\r\n", "\r\nBcc: x@y\r\n", "\0", "\u{85}", "\u{2028}", "\u{202E}", "\u{2066}",
        "\u{200F}", "\u{FEFF}", "\u{7F}", "\t", " ", "  ", "=", "=?", "?=", "=?utf-8?B?QQ==?=", "\"", "\\", "<", ">",
        "@", ",", ";", ":", ".", "..", "--", "--=_rotationd_mixed--", "END:VEVENT", "\\n", ",\u{301}", "\"\u{301}",
        "Nguyễn", "Ngọc", "Nguye\u{302}\u{303}n", "đ", "Đ", "ơ", "𠀋", "🇻🇳", "👩‍👩‍👧", "a", "từ", "From ", "e\u{301}\u{323}",
    ]

    init(seed: UInt64) { generator = SeededNumbers(state: seed) }

    mutating func next(in lengths: ClosedRange<Int>) -> String {
        let count = Int.random(in: lengths, using: &generator)
        return (0..<count).map { _ in Self.pieces.randomElement(using: &generator) ?? "" }.joined()
    }

    private struct SeededNumbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
