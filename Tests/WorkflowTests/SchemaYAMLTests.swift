import JSONCore
import Testing

@testable import Workflow

struct SchemaYAMLTests {
    @Test func testOnlyUnmistakableScalarsAreNotText() throws {
        let value = try YAMLDocument.parse(
            """
            bools: [true, false, True, yes, no, on, off]
            nulls: [null, ~, "", Null]
            empty:
            numbers: [0, -12, 1.5, 1e3, -0.25]
            texts: [007, 0905123456, 0x1F, 0o17, +5, .5, 1_000, 12:30, 2022-07-31, 1.2.3, -, "5", '6', .inf, nan, 1.]
            block: |
              a
              b
            """)
        #expect(value["bools"] == [true, false, "True", "yes", "no", "on", "off"])
        #expect(value["nulls"] == [nil, nil, "", "Null"])
        #expect(value["empty"] == JSON.null)
        #expect(value["numbers"] == [0, -12, 1.5, 1000, -0.25])
        #expect(value["texts"]?.arrayValue?.allSatisfy { $0.stringValue != nil } ?? false)
        #expect(value["texts"]?[8] == "2022-07-31")
        #expect(value["block"] == "a\nb")
    }

    @Test func testMembersKeepTheirOrderAndPlaces() throws {
        let document = try YAMLDocument(
            """
            # heading
            z: 1
            a:
              - x: Đà Nẵng
                y: 2
              - 3
            """)
        #expect(document.value.objectValue.map { Array($0.keys) } == ["z", "a"])
        func position(_ pointer: String) -> String? {
            JSONPointer(pointer).map { document.position(of: $0).description }
        }
        #expect(position("/z") == "2:1")
        #expect(position("/a/0/y") == "5:5")
        #expect(position("/a/1") == "6:5")
        #expect(position("/a/0/missing") == "4:5")
        #expect(document.positions[JSONPointer()] == YAMLPosition(line: 2, column: 1))
    }

    @Test func testAnEmptyTextIsNull() throws {
        #expect(try YAMLDocument.parse("") == .null)
        #expect(try YAMLDocument.parse("# only a comment\n") == .null)
        #expect(try YAMLDocument("").positions == [JSONPointer(): YAMLPosition(line: 1, column: 1)])
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", "1:1: \"a\" is given twice"),
        ("a:\n  1: x\n  \"1\": y\n", "2:3: \"1\" is given twice"),
        ("a: 1\n b: 2\n", "2:3: "),
        ("a: [1, 2\nb: 3\n", "2:"),
        ("a: \"x\n", ""),
        ("? [a]\n: 1\n", "1:3: a key must be a text"),
        ("? \n: 1\n", "1:2: a key is empty"), (": 1\n", "1:1: "),
        ("a: !!int \"5\"\n", "1:4: tag tag:yaml.org,2002:int is not supported"),
        ("a: !x {}\n", "1:4: tag !x is not supported"),
        ("a: &b {c: 1}\nd:\n  <<: *b\n", "3:3: merge keys"),
        ("a: *b\n", "1:4: found undefined alias"),
        ("a: 1\n---\nb: 2\n", "2:1: "),
        ("a: 12345678901234567890\n", "1:4: the number does not fit 64 bits"),
        ("a: b\u{0000}\n", "1:"), ("ok: 1\na: b\u{0007}\n", "2:5: "),
        ("\ta: 1\n", "1:"),
    ])
    func testAMistakeIsReportedWithLineAndColumn(_ text: String, _ beginning: String) {
        let error = #expect(throws: YAMLError.self) { try YAMLDocument.parse(text) }
        #expect(error?.description.hasPrefix(beginning) ?? false, "\(error?.description ?? "")")
    }

    @Test func testAFewAliasesAreRepeatedAndManyRefused() throws {
        #expect(try YAMLDocument.parse("a: &x [1]\nb: *x\n")["b"] == [1])
        #expect(try YAMLDocument.parse("a: '" + String(repeating: "*b ", count: 50) + "'\n")["a"] != nil)
        var bomb = "a0: &a0 [x]\n"
        for level in 1...30 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        for text in [bomb, bomb + "? *a30\n: 1\n"] {
            let error = #expect(throws: YAMLError.self) { try YAMLDocument.parse(text) }
            #expect(error?.description == "10:10: more than 16 aliases: write the values out")
        }
        var wide = "a0: &a0 [x]\n"
        for level in 1...4 {
            wide +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 4).joined(separator: ",") + "]\n"
        }
        #expect(try YAMLDocument.parse(wide + "b: 1\n")["a4"]?.arrayValue?.count == 4)
    }

    @Test func testDepthAndLengthAreBounded() {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(throws: YAMLError.self) { try YAMLDocument.parse(deep) }
        #expect(throws: YAMLError.self) { try YAMLDocument.parse(String(repeating: "[", count: 5000)) }
        #expect(throws: YAMLError.self) {
            try YAMLDocument.parse("a: " + String(repeating: "x", count: YAMLDocument.maximumLength))
        }
    }

    @Test func testRandomTextsNeitherCrashNorHang() {
        var random = SeededGenerator(seed: 5)
        let pieces = [
            "a", "b", ": ", ":", "\n", "  ", "- ", "[", "]", "{", "}", ",", "&x ", "*x", "\"", "'", "|", ">", "#", "? ",
            "!!str ", "!", "%", "---", "...", "1", "\t", "đ", "\u{0}", "\u{FEFF}", "\u{2028}", "<<", "~", "\\",
        ]
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            guard let document = try? YAMLDocument(text) else { continue }
            #expect(document.positions[JSONPointer()] != nil)
        }
    }

    @Test func testWhatAFormLeavesEmptyIsDropped() throws {
        let value: JSON = ["a": nil, "b": [nil, 1, nil, nil], "c": ["d": nil], "e": [nil], "f": [["g": nil]], "h": ""]
        #expect(value.droppingNulls == ["b": [nil, 1], "c": [:], "e": [], "f": [[:]], "h": ""])
        #expect(JSON.null.droppingNulls == .null)
    }
}
