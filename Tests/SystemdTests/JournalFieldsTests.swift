import Foundation
import Logging
import Testing

@testable import Systemd

@Suite struct JournalFieldsTests {
    private struct Failure: Error, CustomStringConvertible {
        var description: String { "disk full" }
    }

    private func event(_ message: Logger.Message, error: (any Error)? = nil) -> LogEvent {
        LogEvent(
            level: .warning, message: message, error: error, metadata: nil, source: nil, file: "Daemon/Main.swift",
            function: "run()", line: 42)
    }

    /// The fields as sd_journal_sendv would get them.
    private func fields(
        _ event: LogEvent, _ metadata: Logger.Metadata = [:], prefix: String = "ROTATIOND_"
    ) -> Set<String> {
        let handler = JournalLogHandler(label: "daemon.outbox", identifier: "rotationd", fieldPrefix: prefix)
        return handler.fields(of: event, metadata: metadata).withVectors { vectors in
            Set(
                vectors.map {
                    String(decoding: UnsafeRawBufferPointer(start: $0.iov_base, count: $0.iov_len), as: UTF8.self)
                })
        }
    }

    private let always: Set<String> = [
        "SYSLOG_IDENTIFIER=rotationd", "LOGGER=daemon.outbox", "PRIORITY=4", "CODE_FILE=Daemon/Main.swift",
        "CODE_LINE=42", "CODE_FUNC=run()",
    ]

    @Test func testAnEntryHasTheFieldsThatJournalctlKnows() {
        #expect(fields(event("began")) == always.union(["MESSAGE=began"]))
    }

    @Test(arguments: [
        ("case", "ROTATIOND_CASE"), ("case_id", "ROTATIOND_CASE_ID"),
        ("http.status-code", "ROTATIOND_HTTP_STATUS_CODE"),
        ("_pid", "ROTATIOND__PID"), ("9", "ROTATIOND_9"), ("", "ROTATIOND_"), ("số", "ROTATIOND_S_"),
        ("MESSAGE", "ROTATIOND_MESSAGE"), ("a=b\nPRIORITY", "ROTATIOND_A_B_PRIORITY"), ("message_id", "MESSAGE_ID"),
        (String(repeating: "x", count: 99), "ROTATIOND_" + String(repeating: "X", count: 54)),
    ])
    func testAMetadataKeyBecomesAValidFieldName(key: String, name: String) {
        #expect(fields(event("m"), [key: "v"]) == always.union(["MESSAGE=m", "\(name)=v"]))
    }

    @Test func testThePrefixIsTheProgramsChoice() {
        #expect(fields(event("m"), ["case": "v"], prefix: "DOSSIER_").contains("DOSSIER_CASE=v"))
    }

    @Test func testAValueCannotForgeAnotherField() {
        let forged = "x\nPRIORITY=0\n_PID=1\0"
        #expect(
            fields(event("\(forged)"), ["case": "\(forged)"])
                == always.union(["MESSAGE=\(forged)", "ROTATIOND_CASE=\(forged)"]))
    }

    @Test func testTheErrorOfACallIsRecorded() {
        let event = event("m", error: Failure())
        let fields = fields(event, event.metadata(over: [:], provider: nil))
        #expect(fields.contains("ROTATIOND_ERROR_MESSAGE=disk full"))
        #expect(fields.contains { $0.hasPrefix("ROTATIOND_ERROR_TYPE=") && $0.hasSuffix("Failure") })
    }

    @Test func testTheCallsMetadataWinsOverTheProvidersAndThatOverTheLoggers() {
        var event = event("m")
        event.metadata = ["a": "call"]
        let provider = Logger.MetadataProvider { ["a": "provider", "b": "provider"] }
        let merged = event.metadata(over: ["a": "logger", "b": "logger", "c": "logger"], provider: provider)
        #expect(merged == ["a": "call", "b": "provider", "c": "logger"])
    }

    @Test(arguments: Logger.Level.allCases)
    func testEveryLevelIsASyslogPriority(level: Logger.Level) {
        let expected: [Logger.Level: String] = [
            .trace: "7", .debug: "7", .info: "6", .notice: "5", .warning: "4", .error: "3", .critical: "2",
        ]
        #expect(level.syslogPriority == expected[level])
    }

    @Test func testLevelAndMetadataAreValues() {
        let first = JournalLogHandler(label: "a", identifier: "rotationd")
        var second = first
        second.logLevel = .error
        second[metadataKey: "only"] = "second"
        #expect(first.logLevel == .info)
        #expect(first[metadataKey: "only"] == nil)
    }
}
