import Foundation
import JSONCore
import Workflow

/// What an administrator has set in `notify-email.yaml`; config/notify-email.yaml explains every key.
struct EmailSettings: Sendable, Equatable {
    enum Security: String, CaseIterable {
        case starttls, tls, none
    }

    var server: String
    var port: Int
    var security: Security
    var caFile: String?
    var username: String?
    var ehlo: String
    var from: Mailbox
    var sender: Mailbox?
    var replyTo: Mailbox?
    var domain: String
    var listID: String
    var connections: Int
    var connectSeconds: Int
    var answerSeconds: Int
    var retrySeconds: Int
    var messageBytes: Int

    /// All that is wrong with the file, each with its place.
    struct Problems: Error, CustomStringConvertible {
        let lines: [String]
        var description: String { lines.joined(separator: "\n") }
    }

    init(file: String) throws(Problems) {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw Problems(lines: ["\(file): cannot be read; give another file with --config"])
        }
        try self.init(yaml: text, file: file)
    }

    /// - Parameter file: What places are named after.
    init(yaml: String, file: String) throws(Problems) {
        let document: YAMLDocument
        do { document = try YAMLDocument(yaml) } catch {
            throw Problems(lines: ["\(file):\(error)"])
        }
        var reader = Reader(file: file, document: document)
        server = reader.text("server") ?? ""
        security = reader.word("security") ?? .starttls
        port = reader.number("port", security == .tls ? 465 : security == .starttls ? 587 : 25, 1...65535)
        caFile = reader.text("ca_file", isOptional: true)
        username = reader.text("username", isOptional: true)
        let from = reader.mailbox("from")
        sender = reader.mailbox("sender", isOptional: true)
        replyTo = reader.mailbox("reply_to", isOptional: true)
        domain = reader.domain("domain") ?? from?.domain ?? ""
        ehlo = reader.domain("ehlo") ?? domain
        listID = reader.domain("list_id") ?? "rotationd.\(domain)"
        connections = reader.number("connections", 2, 1...8)
        connectSeconds = reader.number("connect_seconds", 15, 1...300)
        answerSeconds = reader.number("answer_seconds", 120, 1...600)
        retrySeconds = reader.number("retry_seconds", 60, 1...3600)
        messageBytes = reader.number("message_bytes", 5 << 20, 10_000...(50 << 20))
        if !server.isEmpty, !Mailbox.isDomain(server), !server.contains(":") || !Self.isAddress(server) {
            reader.report("server", "\"\(server)\" is neither a host name nor an IP address")
        }
        if security == .none, !server.isEmpty, !Self.isLoopback(server) {
            reader.report(
                "security",
                "none sends everything readable, so it is for a server on this machine alone (localhost, 127.0.0.1, ::1); "
                    + "use starttls or tls")
        }
        if let caFile, !FileManager.default.isReadableFile(atPath: caFile) {
            reader.report("ca_file", "\(caFile) cannot be read")
        }
        try reader.finish()
        guard let from else { throw Problems(lines: ["\(file): from is missing"]) }
        self.from = from
    }

    /// The URL of libcurl, whose path is the name for EHLO.
    var url: String {
        "\(security == .tls ? "smtps" : "smtp")://\(server.contains(":") ? "[\(server)]" : server):\(port)/\(ehlo)"
    }

    private static func isAddress(_ text: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET6, text, &address) == 1
    }

    /// Only what names the loopback by itself: what a name server says may change.
    private static func isLoopback(_ server: String) -> Bool {
        var address = in_addr()
        let isIPv4 = inet_pton(AF_INET, server, &address) == 1
        return server == "localhost" || server == "::1" || isIPv4 && server.hasPrefix("127.")
    }

    private struct Reader {
        let file: String
        let document: YAMLDocument
        private var members: JSONObject
        private var asked: [String] = []
        private var problems: [(position: YAMLPosition, text: String)] = []

        init(file: String, document: YAMLDocument) {
            (self.file, self.document) = (file, document)
            members = document.value.objectValue ?? [:]
            if document.value.objectValue == nil, document.value != .null {
                problems.append((YAMLPosition(line: 1, column: 1), "must be a list of settings, each as key: value"))
            }
        }

        mutating func report(_ key: String, _ problem: String) {
            problems.append((document.position(of: JSONPointer(tokens: [key])), "\(key): \(problem)"))
        }

        private mutating func value(_ key: String) -> JSON? {
            asked.append(key)
            return members[key].flatMap { $0.isNull ? nil : $0 }
        }

        mutating func text(_ key: String, isOptional: Bool = false) -> String? {
            switch value(key) {
            case .string(let text)? where !text.isEmpty && text == text.singleLine(1000): return text
            case nil where isOptional: return nil
            case nil: report(key, "is missing")
            case .int?, .double?, .bool?: report(key, "must be a text; put it in quotes")
            default: report(key, "must be a text of one line")
            }
            return nil
        }

        mutating func number(_ key: String, _ fallback: Int, _ range: ClosedRange<Int>) -> Int {
            guard let value = value(key) else { return fallback }
            if case .int(let number) = value, range.contains(number) { return number }
            report(key, "must be a number from \(range.lowerBound) to \(range.upperBound)")
            return fallback
        }

        mutating func word<Word: RawRepresentable<String> & CaseIterable>(_ key: String) -> Word? {
            guard let text = text(key, isOptional: true) else { return nil }
            if let word = Word(rawValue: text) { return word }
            report(key, "must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }

        mutating func mailbox(_ key: String, isOptional: Bool = false) -> Mailbox? {
            guard let text = text(key, isOptional: isOptional) else { return nil }
            do { return try Mailbox(text) } catch { report(key, "\(error)") }
            return nil
        }

        mutating func domain(_ key: String) -> String? {
            guard let text = text(key, isOptional: true) else { return nil }
            if Mailbox.isDomain(text) { return text }
            report(key, "\"\(text)\" is not a domain")
            return nil
        }

        /// - Throws: What was reported, and the keys that nobody asked for, in the order of the file.
        mutating func finish() throws(Problems) {
            for key in members.keys where !asked.contains(key) {
                report(key, "there is no such setting; there are \(asked.sorted().joined(separator: ", "))")
            }
            let sorted = problems.sorted {
                ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
            }
            guard !sorted.isEmpty else { return }
            throw Problems(lines: sorted.map { "\(file):\($0.position.line):\($0.position.column): \($0.text)" })
        }
    }
}
