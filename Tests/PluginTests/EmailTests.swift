import Foundation
import JSONCore
import PluginKit
import Testing
import Varlink
import Workflow

@testable import notify_email

/// notify-email, the real process, and a mail server that is not ours.
@Suite(.enabled(if: TestMailServer.isThere, "\(TestMailServer.reason)"), .timeLimit(.minutes(3)))
struct EmailTests {
    @Test func emailKeepsTheNotificationContract() async throws {
        let server = try await TestMailServer()
        let email = try await EmailPlugin.start(port: server.port)
        let results = await NotificationConformance.run(over: email.plugin.clients[0], address: "cb01@huyen.example")
        #expect(results.count > 6)
        for result in results { #expect(result.outcome == .passed, "\(result)") }
        await email.plugin.close()
        #expect(await email.plugin.process.ended() == .init(code: 0))
        #expect(await email.plugin.process.written.output == "")
    }

    @Test func aMailSaysInVietnameseWhatItIsAbout() async throws {
        let server = try await TestMailServer()
        let email = try await EmailPlugin.start(
            port: server.port,
            """
            security: none
            sender: gateway@huyen.example
            reply_to: "Văn phòng Huyện ủy <vanphong@huyen.example>"
            """)
        let sent = Notifications.reminder("m-1") { $0.html = "<p>Đề nghị đồng chí <b>nộp phiếu</b>.</p>" }
        #expect(await email.deliver(sent) == .delivered)
        let mail = try await server.mail()
        #expect(mail["to"]?[0]?[0]?.stringValue?.withoutSpaces == sent.recipientName?.withoutSpaces)
        #expect(mail["to"]?[0]?[1] == "cb07@huyen.example")
        #expect(mail["from"] == [["Ban Tổ chức Huyện ủy", "rotationd@huyen.example"]])
        #expect(mail.header("Reply-To") == "Văn phòng Huyện ủy <vanphong@huyen.example>")
        #expect(mail.header("Sender") == "gateway@huyen.example")
        #expect(mail["sender"] == "gateway@huyen.example")
        #expect(mail.header("Subject") == sent.subject)
        #expect(mail["date"] == "2022-07-29T09:00:00+07:00")
        #expect(mail.header("Message-ID") == "<m-1@huyen.example>")
        #expect(mail.header("References") == "<case.case-1@huyen.example>")
        #expect(mail.header("List-Id") == "<rotationd.huyen.example>")
        #expect(mail.header("Auto-Submitted") == "auto-generated")
        #expect(mail["types"] == ["multipart/alternative", "text/plain", "text/html"])
        #expect(mail.text("plain")?.trimmingCharacters(in: .newlines) == sent.text)
        #expect(mail.text("html")?.trimmingCharacters(in: .newlines) == sent.html)
        #expect(mail["defects"] == [])
        #expect(mail["ascii"] == true && mail["bare"] == false)
        #expect(try mail.json.int("longest") <= 76)
    }

    @Test(arguments: ["starttls", "tls"])
    func mailIsEncryptedAndTheLoginGoesNowhereElse(security: String) async throws {
        let certificate = try Certificate(names: "DNS:localhost")
        let server = try await TestMailServer(
            ["--tls", security == "tls" ? "implicit" : "starttls", "--login", "rotationd:mật khẩu-59"]
                + certificate.arguments)
        let email = try await EmailPlugin.start(
            port: server.port, "security: \(security)\nca_file: \(certificate.path)\nusername: rotationd",
            password: "mật khẩu-59")
        #expect(try await email.probe() == .ready)
        #expect(await email.deliver(Notifications.reminder("m-1")) == .delivered)
        let mail = try await server.mail()
        #expect(mail["encrypted"] == true)
        #expect(mail["login"] == "rotationd")
        for file in ["cmdline", "environ"] {
            let data = try Data(contentsOf: URL(filePath: "/proc/\(email.plugin.process.pid)/\(file)"))
            #expect(!String(decoding: data, as: UTF8.self).contains("khẩu-59"))
        }
        await email.plugin.close()
        _ = await email.plugin.process.ended()
        #expect(!(await email.plugin.process.written.errors.contains("khẩu-59")))
    }

    @Test(arguments: ["of nobody that is known", "of another server"])
    func aServerThatCannotProveItselfGetsNothing(certificate kind: String) async throws {
        let certificate = try Certificate(names: kind == "of another server" ? "DNS:other.example" : "DNS:localhost")
        let server = try await TestMailServer(["--tls", "starttls"] + certificate.arguments)
        let known = kind == "of another server" ? certificate : try Certificate(names: "DNS:localhost")
        let email = try await EmailPlugin.start(port: server.port, "ca_file: \(known.path)")
        let reason = try retry(await email.deliver(Notifications.reminder("m-1")))
        #expect(reason.contains("certificate"), "\(reason)")
        guard case .failing(let said) = try await email.probe() else {
            Issue.record("the plugin does not say that it fails")
            return
        }
        #expect(said.contains("certificate"), "\(said)")
    }

    @Test func aServerThatDoesNotEncryptGetsNothing() async throws {
        let server = try await TestMailServer(["--login", "rotationd:secret"])
        let email = try await EmailPlugin.start(
            port: server.port, "security: starttls\nusername: rotationd", password: "secret")
        let reason = try retry(await email.deliver(Notifications.reminder("m-1")))
        #expect(reason.contains("STARTTLS"), "\(reason)")
    }

    @Test func noMailIsLostBecauseAPasswordIsWrong() async throws {
        let certificate = try Certificate(names: "DNS:localhost")
        let server = try await TestMailServer(
            ["--tls", "implicit", "--login", "rotationd:right"] + certificate.arguments)
        let settings = "security: tls\nca_file: \(certificate.path)\nusername: rotationd"
        let email = try await EmailPlugin.start(port: server.port, settings, password: "wrong-59")
        let reason = try retry(await email.deliver(Notifications.reminder("m-1")))
        #expect(reason.contains("535 5.7.8 wrong password"), "\(reason)")
        #expect(try await email.probe() == .failing(reason))
        // Then with the right one.
        let mended = try await EmailPlugin.start(port: server.port, settings, password: "right")
        #expect(await mended.deliver(Notifications.reminder("m-1")) == .delivered)
    }

    @Test func aPasswordThatIsNotThereIsMissed() async throws {
        let server = try await TestMailServer()
        let email = try await EmailPlugin.start(port: server.port, "security: none\nusername: rotationd")
        let reason = try retry(await email.deliver(Notifications.reminder("m-1")))
        #expect(reason.contains("smtp-password") && reason.contains("/etc/credstore/"), "\(reason)")
        #expect(try await email.probe() == .failing(reason))
    }

    @Test func whatTheServerRefusesIsRejectedInItsWords() async throws {
        let server = try await TestMailServer()
        let email = try await EmailPlugin.start(port: server.port)
        let unknown = await email.deliver(Notifications.reminder("m-1", to: "unknown@huyen.example"))
        #expect(unknown == .rejected(reason: "the server refused the recipient: 550 5.1.1 no such mailbox"))
        let spam = await email.deliver(Notifications.reminder("m-2", to: "spam@huyen.example"))
        #expect(
            spam
                == .rejected(
                    reason: "the server refused the message: 554 5.7.1 the content looks 5.7.1 like spam"))
        // Where the server may deliver is its administrator's to change.
        let elsewhere = await email.deliver(Notifications.reminder("m-3", to: "elsewhere@huyen.example"))
        #expect(try retry(elsewhere).contains("554 5.7.1 relay access denied"))
        // Others are not held up by it.
        #expect(await email.deliver(Notifications.reminder("m-4")) == .delivered)
        #expect(try await email.probe() == .ready)
    }

    @Test(arguments: [nil, "", "cb07", "cb 07@huyen.example", "cán.bộ@huyen.example", "a@huyện.example", "a@b@c"])
    func anAddressThatIsNoneIsRejected(address: String?) async throws {
        let email = try await EmailPlugin.start(port: 9)
        guard case .rejected(let reason) = await email.deliver(Notifications.reminder("m-1", to: address)) else {
            Issue.record("not rejected")
            return
        }
        #expect(reason.contains(address.flatMap { $0.isEmpty ? nil : $0 } ?? "cb-07 has no e-mail address"))
    }

    @Test func whatTheServerPutsOffIsTriedAgain() async throws {
        let server = try await TestMailServer()
        let email = try await EmailPlugin.start(port: server.port)
        let first = await email.deliver(Notifications.reminder("m-1", to: "grey@huyen.example"))
        #expect(
            first
                == .retry(
                    afterSeconds: 1, reason: "the server put the message off: 450 4.2.0 greylisted, come back"))
        #expect(await email.deliver(Notifications.reminder("m-1", to: "grey@huyen.example")) == .delivered)
    }

    @Test func aConnectionThatHasCarriedEnoughIsReplaced() async throws {
        let server = try await TestMailServer()
        let email = try await EmailPlugin.start(port: server.port)
        #expect(await email.deliver(Notifications.reminder("m-1")) == .delivered)
        #expect(await email.deliver(Notifications.reminder("m-2", to: "busy@huyen.example")) == .delivered)
        let mails = try await server.mails(2)
        #expect(mails.map { $0["connection"] } == [0, 1])
    }

    @Test func aServerThatDiesAndComesBackGetsTheMail() async throws {
        let server = try await TestMailServer()
        let email = try await EmailPlugin.start(port: server.port)
        #expect(await email.deliver(Notifications.reminder("m-1")) == .delivered)
        await server.end()
        let reason = try retry(await email.deliver(Notifications.reminder("m-2")))
        #expect(reason.hasPrefix("localhost:\(server.port): "), "\(reason)")
        guard case .failing = try await email.probe() else {
            Issue.record("the plugin does not say that it fails")
            return
        }
        let back = try await TestMailServer(["--port", "\(server.port)"])
        #expect(try await email.deliverAtLast(Notifications.reminder("m-2")) == .delivered)
        #expect(try await back.mail().header("Message-ID") == "<m-2@huyen.example>")
        #expect(try await email.probe() == .ready)
    }

    @Test func aServerThatTurnsEverybodyAwayIsTriedAgain() async throws {
        let server = try await TestMailServer(["--greeting", "554 5.7.1 your address is on a list"])
        let email = try await EmailPlugin.start(port: server.port)
        let reason = try retry(await email.deliver(Notifications.reminder("m-1")))
        #expect(reason == "the server refused the connection: 554 5.7.1 your address is on a list")
        #expect(try await email.probe() == .failing(reason))
    }

    @Test func aSenderThatTheServerRefusesLosesNoMail() async throws {
        let server = try await TestMailServer()
        let email = try await EmailPlugin.start(
            port: server.port, "security: none\nsender: forged@huyen.example")
        let reason = try retry(await email.deliver(Notifications.reminder("m-1")))
        #expect(reason == "the server refused the sender: 553 5.7.1 sender not owned by the login")
    }

    @Test(arguments: ["cut", "stall"])
    func aServerThatGoesSilentOverAMessageGetsTheSameAgain(kind: String) async throws {
        let server = try await TestMailServer()
        let email = try await EmailPlugin.start(
            port: server.port, "security: none\nanswer_seconds: 1\nconnect_seconds: 5")
        let sent = Notifications.reminder("m-1", to: "\(kind)@huyen.example")
        _ = try retry(await email.deliver(sent))
        #expect(try await email.deliverAtLast(sent) == .delivered)
        let mails = try await server.mails(2)
        #expect(mails.map { $0.header("Message-ID") } == ["<m-1@huyen.example>", "<m-1@huyen.example>"])
    }

    @Test func aMessageWhosePluginIsKilledGoesOutAgainUnderTheSameID() async throws {
        let server = try await TestMailServer()
        let email = try await EmailPlugin.start(port: server.port)
        let sent = Notifications.reminder("m-1", to: "kill-\(email.plugin.process.pid)@huyen.example")
        _ = try retry(await email.deliver(sent))
        #expect(await email.plugin.process.ended() == .init(signal: SIGKILL))
        let again = try await EmailPlugin.start(port: server.port)
        #expect(await again.deliver(sent) == .delivered)
        let mails = try await server.mails(2)
        #expect(mails[0].header("Message-ID") == mails[1].header("Message-ID"))
        #expect(mails[0]["headers"] == mails[1]["headers"])
    }

    @Test func aMessageThatComesAgainIsNotSentAgain() async throws {
        let server = try await TestMailServer()
        let email = try await EmailPlugin.start(port: server.port)
        for _ in 0..<3 { #expect(await email.deliver(Notifications.reminder("m-1")) == .delivered) }
        #expect(await email.deliver(Notifications.reminder("m-2")) == .delivered)
        #expect(try await server.mails(2).map { $0.header("Message-ID")?.prefix(4) } == ["<m-1", "<m-2"])
    }

    /// Many at once, with texts that want to break out of where they stand.
    @Test func manyMailsShareAFewConnections() async throws {
        let server = try await TestMailServer()
        let folder = try TemporaryFolder()
        let config = try EmailPlugin.configuration(in: folder, port: server.port, "security: none\nconnections: 3")
        let plugin = try ListeningPlugin("notify-email", ["--config", config], path: folder.path + "/s")
        var generator = HostileText(seed: 7)
        let sent = (0..<200).map { number in
            Notifications.reminder("m-\(number)", to: "cb\(number)@huyen.example") {
                $0.recipientName = generator.next(in: 0...60)
                $0.subject = generator.next(in: 0...120)
                $0.text = generator.next(in: 0...400)
                if number % 2 == 0 { $0.html = generator.next(in: 0...400) }
                if number % 3 == 0 {
                    $0.invitation = Invitation(
                        uid: generator.next(in: 1...20), sequence: number, start: $0.createdAt,
                        end: $0.createdAt + 3_600_000, summary: generator.next(in: 0...80),
                        location: generator.next(in: 0...80), description: generator.next(in: 0...200))
                }
            }
        }
        let path = folder.path + "/s"
        let outcomes = try await withThrowingTaskGroup(of: [DeliveryOutcome].self) { group in
            for part in 0..<8 {
                group.addTask {
                    let client = try await VarlinkClient.connect(path: path, limits: PluginLimits.client)
                    var outcomes: [DeliveryOutcome] = []
                    for index in stride(from: part, to: sent.count, by: 8) {
                        outcomes.append(await NotifierClient(client).deliver(sent[index]))
                    }
                    await client.close()
                    return outcomes
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(outcomes == Array(repeating: .delivered, count: 200))
        let mails = try await server.mails(200)
        #expect(Set(mails.map { $0["connection"].map { "\($0)" } }).count <= 3)
        let byRecipient = Dictionary(grouping: mails, by: \.recipient)
        for notification in sent {
            let mail = try #require(byRecipient[notification.address ?? ""]?.first)
            let name = (notification.recipientName ?? "").singleLine(120)
            #expect(mail["to"]?[0]?[0]?.stringValue?.withoutSpaces == name.withoutSpaces)
            #expect(mail["to"]?[0]?[1]?.stringValue == notification.address)
            #expect(mail.header("Subject") == notification.subject.singleLine(250))
            #expect(mail.text("plain")?.trimmingLineEnds == notification.text.cleanLines.trimmingLineEnds)
            #expect(mail.text("html")?.trimmingLineEnds == notification.html?.cleanLines.trimmingLineEnds)
            let names = try mail.json.strings("names").sorted()
            #expect(names.count == Set(names).count && Set(names).isSubset(of: MailMessageTests.headers), "\(names)")
            #expect(mail["defects"] == [] && mail["ascii"] == true && mail["bare"] == false)
            if let invitation = notification.invitation {
                #expect(mail.calendar["SUMMARY"] == .string(invitation.summary.singleLine(250)))
                #expect(mail.calendar["SEQUENCE"] == .string("\(invitation.sequence)"))
                #expect(mail.calendar["errors"] == [])
                #expect(try mail.calendar.int("longest") <= 75)
            }
        }
        plugin.process.signal(SIGTERM)
        #expect(await plugin.process.ended() == .init(code: 0))
    }

    @Test func anAppointmentIsMadeMovedAndCancelled() async throws {
        let server = try await TestMailServer()
        let email = try await EmailPlugin.start(
            port: server.port, "security: none\nreply_to: Văn phòng <vanphong@huyen.example>")
        var hearing = Invitation(
            uid: "case-1-hearing", sequence: 0, start: try #require(Timestamp("2022-08-05T01:30:00Z")),
            end: try #require(Timestamp("2022-08-05T04:00:00Z")),
            summary: "Họp Ban Thường vụ; nghe báo cáo, cho ý kiến",
            location: "Phòng họp số 1, trụ sở Huyện ủy\\A",
            description: "Dòng một\nDòng hai, " + String(repeating: "ơ", count: 200)
        )
        func send(_ id: String) async throws -> JSONObject {
            #expect(await email.deliver(Notifications.reminder(id) { $0.invitation = hearing }) == .delivered)
            let mail = try await server.mail()
            #expect(
                mail["types"] == [
                    "multipart/mixed", "multipart/alternative", "text/plain", "text/calendar", "application/ics",
                ])
            #expect(mail["defects"] == [] && mail["bare"] == false)
            let file = try #require(mail["files"]?[0])
            #expect(file[0] == "Lịch.ics")
            #expect(file[1]?.stringValue?.hasPrefix("BEGIN:VCALENDAR\r\n") == true)
            #expect(mail.calendar["errors"] == [] && mail.calendar["UID"] == "case-1-hearing@huyen.example")
            #expect(try mail.calendar.int("longest") <= 75)
            return mail.calendar
        }
        let made = try await send("m-1")
        #expect(made["METHOD"] == "REQUEST" && made["parameter"] == "REQUEST" && made["SEQUENCE"] == "0")
        #expect(made["DTSTART"] == "2022-08-05T01:30:00+00:00" && made["DTEND"] == "2022-08-05T04:00:00+00:00")
        #expect(made["SUMMARY"] == .string(hearing.summary) && made["LOCATION"] == JSON(hearing.location))
        #expect(made["DESCRIPTION"] == JSON(hearing.description))
        #expect(made["ORGANIZER"] == ["mailto:vanphong@huyen.example", "Văn phòng"])
        #expect(made["ATTENDEE"] == [["mailto:cb07@huyen.example", "Cán bộ 07, công chức địa chính", "TRUE"]])
        hearing.sequence = 1
        hearing.start = hearing.start + 86_400_000
        hearing.end = hearing.end + 86_400_000
        let moved = try await send("m-2")
        #expect(moved["SEQUENCE"] == "1" && moved["DTSTART"] == "2022-08-06T01:30:00+00:00")
        hearing.sequence = 2
        hearing.method = .cancel
        let cancelled = try await send("m-3")
        #expect(cancelled["METHOD"] == "CANCEL" && cancelled["parameter"] == "CANCEL")
        #expect(cancelled["STATUS"] == "CANCELLED" && cancelled["SEQUENCE"] == "2")
    }

    @Test(arguments: [
        // The whole of one day in Vietnam, from midnight to midnight; up to its last second; and two days.
        ("2022-07-28T17:00:00Z", "2022-07-29T17:00:00Z", "2022-07-29", "2022-07-30"),
        ("2022-07-28T17:00:00Z", "2022-07-29T16:59:59Z", "2022-07-29", "2022-07-30"),
        ("2022-07-29T02:00:00Z", "2022-07-29T02:00:00Z", "2022-07-29", "2022-07-30"),
        ("2022-07-28T17:00:00Z", "2022-07-30T17:00:00Z", "2022-07-29", "2022-07-31"),
    ])
    func aDueDateIsADayInTheCalendar(start: String, end: String, first: String, after: String) async throws {
        let server = try await TestMailServer()
        let email = try await EmailPlugin.start(port: server.port)
        let due = Invitation(
            uid: "due@elsewhere", sequence: 0, start: try #require(Timestamp(start)), end: try #require(Timestamp(end)),
            allDay: true, summary: "Hạn nộp phiếu")
        #expect(await email.deliver(Notifications.reminder("m-1") { $0.invitation = due }) == .delivered)
        let calendar = try await server.mail().calendar
        #expect(calendar["DTSTART"] == .string(first) && calendar["DTEND"] == .string(after))
        #expect(calendar["UID"] == "due@elsewhere" && calendar["TRANSP"] == "TRANSPARENT")
    }

    /// Why the message is to be tried again.
    private func retry(_ outcome: DeliveryOutcome) throws -> String {
        guard case .retry(_, let reason) = outcome else { throw TestMailServer.Failed(description: "\(outcome)") }
        return reason
    }
}

/// A certificate that vouches for itself.
struct Certificate {
    private let folder: TemporaryFolder
    var path: String { folder.path + "/certificate.pem" }
    var arguments: [String] { ["--certificate", path, "--key", folder.path + "/key.pem"] }

    init(names: String) throws {
        folder = try TemporaryFolder()
        try run(
            "sh", "-c",
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=test $$" \
            -addext "subjectAltName=$1" -keyout "$2/key.pem" -out "$2/certificate.pem" 2>/dev/null
            """, "sh", names, folder.path)
    }
}

extension String {
    /// Where a name is longer than an encoded word, this Python sees a space more.
    fileprivate var withoutSpaces: String { String(unicodeScalars.filter { $0 != " " }) }
    fileprivate var trimmingLineEnds: String { trimmingCharacters(in: .newlines) }
}
