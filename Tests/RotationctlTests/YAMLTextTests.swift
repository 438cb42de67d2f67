import JSONCore
import Testing
import Workflow

@testable import rotationctl

@Suite struct YAMLTextTests {
    @Test func testAPersonCanReadIt() {
        let value: JSON = [
            "title": "Xây dựng Đảng", "tasks": [["id": "task-1", "note": "một\nhai"], ["id": "2"]], "none": [],
            "on": "2022-07-31",
            "yes": true, "tag": "a: b",
        ]
        #expect(
            YAMLText.lines(value) == [
                "title: Xây dựng Đảng", "tasks:", "  - id: task-1", "    note: |-", "      một", "      hai",
                "  - id: \"2\"", "none: []", "on: 2022-07-31", "yes: true", "tag: \"a: b\"",
            ])
    }

    /// Random values, of texts that YAML is known to take for something else.
    @Test(arguments: 0..<300)
    func testItReadsBackEqual(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let value = Self.value(depth: 4, &random)
        let text = YAMLText.lines(value).joined(separator: "\n") + "\n"
        #expect(try YAMLDocument.parse(text) == value, "\(text)")
    }

    private static let texts = [
        "", " ", "a", "Đ", "true", "null", "~", "no", "12", "1.5", "-1", "0123", "1e3", "- a", "a: b", "a:", ":a",
        "# a",
        "a # b", "'a", "\"a", "*a", "&a", "!a", "| a", "> a", "{a", "[a", "a\n", "a\nb", "a\n\nb\n", " a\nb", "a\n\n",
        "\n",
        "a\tb", "\ta", "a ", "%a", "@a", "`a", "a\r\nb", "a\u{2028}b", "a\u{FEFF}b", "---", "...", "?", "? a", "a\u{7}",
        "a\n  b", "a\n# b", "\u{85}", "😀", "a,b", "a\\b", "<<", "=",
    ]

    private static func value(depth: Int, _ random: inout SeededGenerator) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: return .int(.random(in: -9...9, using: &random))
        case 1: return .bool(.random(using: &random))
        case 2: return .null
        case 3, 4: return .string(texts.randomElement(using: &random) ?? "")
        case 5: return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth: depth - 1, &random) })
        default:
            var members = JSONObject()
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let name = texts.randomElement(using: &random) ?? ""
                members[name] = value(depth: depth - 1, &random)
            }
            return .object(members)
        }
    }
}
