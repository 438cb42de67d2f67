import Foundation
import Testing

@testable import Systemd

@Suite struct LoggingTests {
    private static let journal = FileManager.default.fileExists(atPath: "/run/systemd/journal/socket")

    @Test func testATerminalGetsReadableLines() throws {
        let run = try ProbeRun("log", "b07c249cd024414a82dd00cd181378ff", environment: ["TZ": "UTC"])
        let line = #/\d\d:\d\d:\d\d\.\d\d\d warning  a line\\nPRIORITY=0 +case=01J8 said="x\\nMESSAGE=forged"\n/#
        #expect(run.errors.wholeMatch(of: line) != nil, "\(run.errors)")
    }

    @Test func testAJournalStreamThatIsNotStandardErrorIsNoJournal() throws {
        let run = try ProbeRun("log", environment: ["JOURNAL_STREAM": "1:1"])
        #expect(run.errors.contains("a line"))
    }

    /// Standard error as systemd connects it: JOURNAL_STREAM names its device and inode.
    private let connected = #"JOURNAL_STREAM=$(stat -Lc %d:%i /proc/$$/fd/2) exec "$@""#

    @Test(.enabled(if: journal, "no journald runs here")) func testUnderSystemdNothingIsWrittenToStandardError() throws
    {
        #expect(try ProbeRun("log", launcher: connected).errors == "")
    }

    @Test(.enabled(if: journal, "no journald runs here"))
    func testTheJournalKeepsEveryField() throws {
        let id = UUID().uuidString.filter { $0 != "-" }.lowercased()
        let run = try ProbeRun(
            "log", id,
            launcher: """
                (\(connected))
                journalctl --sync
                journalctl -o json MESSAGE_ID=\(id)
                """)
        let entry = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any],
            "\(run.output)\(run.errors)")
        #expect(entry["MESSAGE"] as? String == "a line\nPRIORITY=0")
        #expect(entry["PRIORITY"] as? String == "4")
        #expect(entry["SYSLOG_IDENTIFIER"] as? String == "systemd-probe")
        #expect(entry["LOGGER"] as? String == "probe.log")
        #expect(entry["ROTATIOND_CASE"] as? String == "01J8")
        #expect(entry["ROTATIOND_SAID"] as? String == "x\nMESSAGE=forged")
        #expect(entry["CODE_FILE"] != nil && entry["CODE_LINE"] != nil && entry["CODE_FUNC"] != nil)
    }
}
