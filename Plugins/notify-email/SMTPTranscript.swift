import CCurl
import Foundation

/// What the server and libcurl have said to each other about one message: how far it came, and the server's last answer.
/// No word of it is kept but the server's.
struct SMTPTranscript {
    /// Which command was sent last, in their order.
    enum Stage: Int {
        case connection, greeting, encryption, login, sender, recipient, text
    }

    struct Reply: Equatable {
        var code: Int
        /// All its lines, without the code.
        var words: String
    }

    private(set) var stage = Stage.connection
    /// The answer to the last command; nil while it is waited for.
    private(set) var reply: Reply?
    private var lines: [String] = []
    /// The good-bye to this or an older connection, and its answer, follow what matters.
    private var isLeaving = false
    private static let maximumLines = 8

    /// A line that libcurl has sent. The lines of a login are nobody's business: they are no command's name.
    mutating func sent(_ line: some Collection<UInt8>) {
        isLeaving = line.starts(with: "QUIT\r\n".utf8)
        if isLeaving { return }
        reply = nil
        lines = []
        let commands: [(String, Stage)] = [
            ("EHLO ", .greeting), ("HELO ", .greeting), ("STARTTLS\r\n", .encryption), ("AUTH ", .login),
            ("MAIL FROM:", .sender), ("RCPT TO:", .recipient), ("DATA\r\n", .text),
        ]
        guard let command = commands.first(where: { line.starts(with: $0.0.utf8) }) else { return }
        // A line of a login may by chance read as a command without arguments.
        let isLogin = stage == .login && !command.0.contains(" ") && !command.0.contains(":")
        if !isLogin { stage = command.1 }
    }

    /// Bytes of the message itself.
    mutating func sentText() { reply = nil }

    mutating func received(_ line: some Collection<UInt8>) {
        let text = String(decoding: line, as: UTF8.self)
        guard !isLeaving, let code = Int(text.prefix(3)) else { return }
        if lines.count < Self.maximumLines { lines.append(String(text.dropFirst(4)).singleLine(300)) }
        if text.dropFirst(3).first == "-" { return }
        reply = Reply(code: code, words: lines.joined(separator: " "))
        lines = []
    }

    /// What follows from how libcurl ended.
    /// - Parameter fault: Its own words when it did not succeed.
    func verdict(fault: String?) -> SMTPVerdict {
        guard let fault else { return .accepted }
        guard let reply, reply.code >= 400 else { return .unavailable(fault) }
        let said = "\(reply.code) \(reply.words)"
        switch (stage, reply.code) {
        case (_, 421): return .unavailable("the server closed the connection: \(said)")
        // The size, which libcurl announces with the sender.
        case (.sender, 552): return .refused("the server refused the message: \(said)")
        case (.connection, _), (.greeting, _): return .unavailable("the server refused the connection: \(said)")
        case (.encryption, _): return .unavailable("the server refused to encrypt: \(said)")
        case (.login, _): return .unavailable("the server refused the login: \(said)")
        case (.sender, _): return .unavailable("the server refused the sender: \(said)")
        // The server wants a login after all.
        case (_, 530), (_, 534), (_, 535), (_, 538): return .unavailable("the server refused the login: \(said)")
        // A recipient that it may not relay to: that is its administrator's to allow, and no mail need be lost meanwhile.
        case (.recipient, 500...) where reply.words.hasPrefix("5.7."), (.recipient, 500...504) where reply.code != 501:
            return .later("the server may not deliver to the recipient: \(said)")
        case (.recipient, 500...): return .refused("the server refused the recipient: \(said)")
        case (_, 500...): return .refused("the server refused the message: \(said)")
        default: return .later("the server put the message off: \(said)")
        }
    }
}

/// What became of a message at the server.
enum SMTPVerdict: Sendable, Equatable {
    case accepted
    /// This message not now.
    case later(String)
    /// This message never.
    case refused(String)
    /// No message now: the server, the way to it, or how this plugin is set up.
    case unavailable(String)
}
