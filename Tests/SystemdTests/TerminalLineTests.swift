import Glibc
import Logging
import Testing

@testable import Systemd

@Suite struct TerminalLineTests {
    /// The line after its time.
    private func line(
        _ message: Logger.Message, _ metadata: Logger.Metadata = [:], level: Logger.Level = .info, colour: Bool = false
    ) -> String {
        let event = LogEvent(
            level: level, message: message, error: nil, metadata: nil, source: nil, file: "", function: "", line: 0)
        let text = TerminalLine.text(
            of: event, metadata: metadata, time: timespec(tv_sec: 0, tv_nsec: 7_000_000), colour: colour)
        return String(text.drop { $0 != " " }.dropFirst())
    }

    @Test func testMetadataIsSortedByKey() {
        #expect(
            line("began", ["state": "review", "case": "01J8", "n": "3"])
                == "info     \("began".padded(to: 48))case=01J8 n=3 state=review\n")
    }

    @Test func testTheIdOfTheMessageIsLeftToTheJournal() {
        #expect(line("began", ["message_id": "b07c"]) == "info     began\n")
    }

    @Test(arguments: [
        ("", #""""#), ("a b", #""a b""#), (#"a"b"#, #""a\"b""#), ("a=b", #""a=b""#), (#"a\b"#, #""a\\b""#),
        ("Nông Sơn", #""Nông Sơn""#), ("a\nb", #"a\nb"#), ("a\r\nb", #"a\r\nb"#), ("a\tb", #"a\tb"#),
        ("\u{1B}[31m", #"\u{1b}[31m"#), ("\u{9B}31m", #"\u{9b}31m"#), ("a\0b", #"a\u{0}b"#), ("\u{7F}", #"\u{7f}"#),
        ("a\u{2028}b", #"a\u{2028}b"#), ("a\u{202E}b", #"a\u{202e}b"#),
    ])
    func testAValueStaysOneReadableWord(value: String, shown: String) {
        #expect(line("m", ["key": "\(value)"]) == "info     \("m".padded(to: 48))key=\(shown)\n")
    }

    @Test func testAKeyCannotForgeAPair() {
        #expect(line("m", ["a=1\nb": "2"]) == "info     " + "m".padded(to: 48) + #""a=1\nb"=2"# + "\n")
    }

    @Test func testAMessageStaysOnItsLine() {
        #expect(line("a\n12:00:00.000 error b\u{1B}[2J") == #"info     a\n12:00:00.000 error b\u{1b}[2J"# + "\n")
    }

    @Test(arguments: ["", "Nông Sơn", "No\u{302}ng So\u{31B}n", String(repeating: "dài ", count: 20)])
    func testFieldsStandBelowEachOtherWhateverTheMessage(message: String) {
        let text = line("\(message)", ["n": "3"])
        #expect(text == "info     " + message.padded(to: max(48, message.count + 1)) + "n=3\n")
    }

    @Test func testWhatTheMessageSaysIsNotRepeated() {
        #expect(
            line("case 01J8: submit, drafting → submitted: disk full", ["case": "01J8", "to": "submitted", "n": "1"])
                == "info     case 01J8: submit, drafting → submitted: disk full n=1\n")
        #expect(line("cannot: disk full", ["reason": "disk full"]) == "info     cannot: disk full\n")
    }

    @Test(arguments: Logger.Level.allCases)
    func testMessagesAlignWhateverTheirLevel(level: Logger.Level) {
        #expect(line("m", level: level) == level.rawValue.padded(to: 9) + "m\n")
    }

    @Test func testColourEndsBeforeTheMessage() {
        #expect(line("m", level: .error, colour: true) == "\u{1B}[31merror\u{1B}[0m    m\n")
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: width - count) }
}
