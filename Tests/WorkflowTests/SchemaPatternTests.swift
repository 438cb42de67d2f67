import Testing

@testable import Workflow

struct SchemaPatternTests {
    @Test(
        arguments: [
            ("abc", ["xabcx"], ["ab c", ""]),
            ("^(?:a|b|)$", ["a", "b", ""], ["ab"]),
            ("^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]),
            ("^a{2}$", ["aa"], ["a", "aaa"]),
            ("^a{2,}$", ["aa", "aaaaaaa"], ["a"]),
            ("^(ab)*?c+?d??$", ["c", "ababc", "ccd"], ["abab", "acd"]),
            ("^[^a-c\\]]+$", ["xyz", "đ"], ["b", "]", ""]),
            ("^[a\\-z]+$", ["a-z"], ["b"]), ("^[a-]+$", ["a-"], ["b"]), ("^[]$", [], ["", "a"]),
            ("^[^]$", ["\n"], [""]),
            ("^.$", ["đ", "💩"], ["\n", "\u{2028}", "ab"]),
            ("^\\w+\\s\\d\\D\\W\\S$", ["a_1 1x!y"], ["đ 1x!y"]),
            ("\\bcán\\b", ["a cán b"], ["acánb"]), ("^\\Ba", [], ["a"]),
            ("^\\p{L}+( \\p{L}+)*$", ["Nguyễn Văn Đà"], ["Nguyễn  Văn", "A1"]),
            ("^\\p{Lu}\\P{Lu}*$", ["Đà nẵng"], ["đà", "ĐÀ"]),
            ("^[\\p{L}\\d]+$", ["đ1"], ["đ 1"]),
            ("^\\u0041\\x42\\u{1F4A9}\\ud83d\\udca9\\t\\/\\.$", ["AB💩💩\t/."], ["AB"]),
            ("^[\\d\\s]+$", ["1 2\u{00A0}3"], ["1a"]),
            ("(^a|b$)", ["axx", "xxb"], ["xax", "bx"]),
            ("a^", [], ["a", "aa"]), ("$a", [], ["a"]), ("(a*)*b", ["aab", "b"], ["aa"]), ("(|a)+$", ["", "b"], []),
            ("^(?<day>0[1-9]|[12][0-9]|3[01])$", ["01", "31"], ["00", "32"]),
        ] as [(String, [String], [String])])
    func testAPatternMatchesAsInECMAScript(_ source: String, _ matching: [String], _ others: [String]) throws {
        let pattern = try Pattern(source)
        for text in matching { #expect(pattern.matches(text), "\(source) should match \(text)") }
        for text in others { #expect(!pattern.matches(text), "\(source) should not match \(text)") }
    }

    @Test(arguments: [
        "(", ")", "[a", "a{", "a{1", "a{2,1}", "*a", "a**", "+", "?", "^*", "\\", "\\q", "\\1", "\\k<a>", "(?=a)",
        "(?!a)",
        "(?<=a)", "(?<!a)", "(?<>a)", "(?i)a", "[z-a]", "[\\d-z]", "\\p{Greek}", "\\p", "\\u12", "\\u{110000}", "]",
        "}",
        "(((a{1000}){1000}){1000}){1000}", "((((){1000}){1000}){1000}){1000}",
        String(repeating: "(", count: 1000) + String(repeating: ")", count: 1000), "\\x4", "\\ud83d\\u0041",
    ])
    func testWhatDoesNotCompileIsRefused(_ source: String) {
        #expect(throws: PatternError.self) { try Pattern(source) }
    }

    @Test func testAPatternThatTrapsBacktrackersEndsAtOnce() throws {
        let text = String(repeating: "a", count: 20_000) + "!"
        #expect(!(try Pattern("^(a+)+$").matches(text)))
        #expect(!(try Pattern("^(a|aa|a?)*$").matches(text)))
        #expect(!(try Pattern("(.*)*x").matches(text)))
    }

    @Test func testRandomPatternsNeitherCrashNorHang() {
        var random = SeededGenerator(seed: 11)
        let pieces = [
            "a", "b", "đ", "(", ")", "|", "*", "+", "?", "{1,2}", "{2}", "[", "]", "^", "$", ".", "\\", "d", "-",
            "p{L}",
        ]
        var compiled = 0
        for _ in 0..<3000 {
            let source = (0..<Int.random(in: 0...10, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            guard let pattern = try? Pattern(source) else { continue }
            compiled += 1
            for text in ["", "a", "abđ", "aab\n", "đđ-1"] { _ = pattern.matches(text) }
        }
        #expect(compiled > 300)
    }
}
