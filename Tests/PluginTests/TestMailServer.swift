import Foundation
import JSONCore

/// smtp-server.py as a process; ends with the value.
final class TestMailServer: Sendable {
    /// A Python that has what the server needs.
    static let python = ProcessInfo.processInfo.environment["VARLINK_PYTHON"] ?? "python3"
    static let isThere = (try? run(python, "-c", "import aiosmtpd, icalendar")) != nil
    static let reason = "pip install aiosmtpd icalendar, or name a python that has them in VARLINK_PYTHON"

    let port: Int
    private let process: Process
    private let input: Pipe
    private let mails: AsyncStream<JSONObject>

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    init(_ arguments: [String] = []) async throws {
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "smtp-server.py").path
        process.arguments = [Self.python, script] + arguments
        let output = Pipe()
        input = Pipe()
        process.standardOutput = output
        process.standardInput = input
        try process.run()
        let (lines, continuation) = AsyncStream.makeStream(of: JSONObject.self)
        let handle = output.fileHandleForReading
        Thread.detachNewThread {
            var text = Data()
            while case let data = handle.availableData, !data.isEmpty {
                text += data
                while let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = String(decoding: text[text.startIndex..<end], as: UTF8.self)
                    if let object = (try? JSON(parsing: line))?.objectValue { continuation.yield(object) }
                    text = text[text.index(after: end)...]
                }
            }
            continuation.finish()
        }
        mails = lines
        var port: Int?
        for await first in lines {
            port = try first.int("port")
            break
        }
        guard let port else { throw Failed(description: "the mail server did not start") }
        self.port = port
    }

    deinit { try? input.fileHandleForWriting.close() }

    /// The next mail that it took.
    func mail() async throws -> ReceivedMail {
        for await mail in mails { return ReceivedMail(json: mail) }
        throw Failed(description: "the mail server has ended")
    }

    func mails(_ count: Int) async throws -> [ReceivedMail] {
        var mails: [ReceivedMail] = []
        while mails.count < count { mails.append(try await mail()) }
        return mails
    }

    /// At once, with its connections; any other signal it may have inherited to be blocked.
    func end() async {
        kill(process.processIdentifier, SIGKILL)
        for await _ in mails {}
    }
}

/// A mail as Python's email package and icalendar read it.
struct ReceivedMail {
    let json: JSONObject

    func header(_ name: String) -> String? { json["headers"]?.objectValue?[name]?.stringValue }
    func text(_ kind: String) -> String? { json["texts"]?.objectValue?[kind]?.stringValue }
    subscript(_ name: String) -> JSON? { json[name] }
    var recipient: String { json["recipient"]?.stringValue ?? "" }
    var calendar: JSONObject { json["calendar"]?.objectValue ?? [:] }
}
