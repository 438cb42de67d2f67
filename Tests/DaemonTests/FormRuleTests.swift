import JSONCore
import Testing
import Varlink

/// A workflow of one form that has every rule.
enum RulesWorkflow {
    static let files = [
        "workflows/note.yaml": """
        workflow: note
        version: 1
        title: {vi: Ghi chú, en: Note}
        case: {title: "Ghi chú", subject: /note/official, unit: /note/unit}
        roles:
          organisation_board: {title: {vi: Ban, en: Board}, in: district}
        open:
          title: {vi: Mở, en: Open}
          by: organisation_board
          form: note
          record: [{put: /note}]
          to: written
        states:
          written: {title: {vi: Đã ghi, en: Written}, final: true}
        """,
        "forms/note.schema.json": """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "required": ["official", "unit"],
          "additionalProperties": false,
          "dependentRequired": {"từ": ["đến"]},
          "properties": {
            "official": {"type": "string"}, "unit": {"type": "string"},
            "kiểu": {"type": "string"}, "chọn": {"enum": ["a", "b"]}, "hằng": {"const": 7},
            "ngắn": {"type": "string", "minLength": 2}, "dài": {"type": "string", "maxLength": 2},
            "mẫu": {"type": "string", "pattern": "^[0-9]{3}$"},
            "ngày": {"type": "string", "format": "date"}, "lúc": {"type": "string", "format": "date-time"},
            "thư": {"type": "string", "format": "email"},
            "nhỏ": {"type": "integer", "minimum": 3}, "lớn": {"type": "integer", "maximum": 3},
            "trên": {"type": "number", "exclusiveMinimum": 3}, "dưới": {"type": "number", "exclusiveMaximum": 3},
            "bội": {"type": "number", "multipleOf": 0.5},
            "ít": {"type": "array", "minItems": 2}, "nhiều": {"type": "array", "maxItems": 2},
            "khác": {"type": "array", "uniqueItems": true},
            "mục": {"type": "array", "items": {"type": "object", "required": ["tên"], "properties": {"tên": {"type": "string"}}}},
            "đầu": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]},
            "từ": {"type": "string"}, "đến": {"type": "string"},
            "cả": {"allOf": [{"type": "string"}, {"maxLength": 1}]},
            "hoặc": {"anyOf": [{"type": "string"}, {"type": "boolean"}]},
            "một": {"oneOf": [{"type": "integer"}, {"type": "number"}]},
            "không": {"not": {"type": "string"}},
            "nếu": {
              "type": "object", "properties": {"a": {"type": "boolean"}, "b": {"type": "string"}},
              "if": {"required": ["a"], "properties": {"a": {"const": true}}}, "then": {"required": ["b"]},
              "else": {"properties": {"b": {"const": "c"}}}
            },
            "chỗ": {"$ref": "#/$defs/place"},
            "x/~y": {"type": "string"}
          },
          "$defs": {"place": {"type": "object", "properties": {"số": {"type": "integer"}}, "additionalProperties": false}}
        }
        """,
    ]
}

/// A form with each rule of JSON Schema broken: the error names the place in the form's own words, the rule, and says it in
/// both languages.
@Suite(.serialized, .daemon(files: RulesWorkflow.files), .timeLimit(.minutes(1))) struct FormRuleTests {
    static let broken: [(member: String, value: JSON, pointer: String, keyword: String)] = [
        ("official", .null, "/official", "required"), ("surprise", 1, "/surprise", "additionalProperties"),
        ("kiểu", 7, "/kiểu", "type"), ("chọn", "c", "/chọn", "enum"), ("hằng", 8, "/hằng", "const"),
        ("ngắn", "a", "/ngắn", "minLength"), ("dài", "abc", "/dài", "maxLength"), ("mẫu", "12", "/mẫu", "pattern"),
        ("ngày", "2022-02-30", "/ngày", "format"), ("lúc", "2022-07-01", "/lúc", "format"),
        ("thư", "không phải", "/thư", "format"), ("nhỏ", 2, "/nhỏ", "minimum"), ("lớn", 4, "/lớn", "maximum"),
        ("trên", 3, "/trên", "exclusiveMinimum"), ("dưới", 3, "/dưới", "exclusiveMaximum"),
        ("bội", 0.7, "/bội", "multipleOf"), ("ít", [1], "/ít", "minItems"), ("nhiều", [1, 2, 3], "/nhiều", "maxItems"),
        ("khác", [1, 1.0], "/khác", "uniqueItems"), ("mục", [["tên": "a"], [:]], "/mục/1/tên", "required"),
        ("mục", [["tên": 1]], "/mục/0/tên", "type"), ("đầu", ["a", "b"], "/đầu/1", "type"),
        ("từ", "a", "/đến", "dependentRequired"), ("cả", "ab", "/cả", "maxLength"), ("hoặc", 1, "/hoặc", "anyOf"),
        ("một", 1, "/một", "oneOf"), ("không", "a", "/không", "not"), ("nếu", ["a": true], "/nếu/b", "required"),
        ("nếu", ["b": "d"], "/nếu/b", "const"), ("chỗ", ["số": "a"], "/chỗ/số", "type"),
        ("chỗ", ["khác": 1], "/chỗ/khác", "additionalProperties"), ("x/~y", 1, "/x~1~0y", "type"),
    ]

    @Test(arguments: broken.indices) func testABrokenRuleIsNamedWithItsPlace(index: Int) async throws {
        let (member, value, pointer, keyword) = Self.broken[index]
        let daemon = try TestDaemon.ofSuite()
        let board = try await daemon.client("cb-01")
        let before = try await daemon.dump()
        let form: JSON = ["official": "cb-19", "unit": "xa-que-trung"]
        let refusal = await refusal { try await board.open("note", form.with([member: value])) }
        #expect(refusal.name == "InvalidForm" && refusal.1["form"] == "note")
        let violations = try refusal.1.array("violations")
        #expect(violations.count == 1)
        #expect(
            violations[0]["pointer"] == .string(pointer) && violations[0]["keyword"] == .string(keyword),
            "\(violations)")
        for language in ["vi", "en"] {
            #expect(violations[0]["message"]?[language]?.stringValue?.isEmpty == false)
        }
        #expect(try await daemon.dump() == before)
    }

    @Test func testAllBrokenRulesAreNamedAtOnce() async throws {
        let board = try await TestDaemon.ofSuite().client("cb-01")
        let refusal = await refusal { try await board.open("note", ["unit": 1, "ngắn": "", "nhỏ": 0, "?": 0]) }
        let pointers = try refusal.1.array("violations").compactMap { $0["pointer"]?.stringValue }
        #expect(Set(pointers) == ["/official", "/unit", "/ngắn", "/nhỏ", "/?"])
    }

    @Test func testAFormWithNothingBrokenIsTaken() async throws {
        let board = try await TestDaemon.ofSuite().client("cb-01")
        #expect(
            try await board.open("note", ["official": "cb-19", "unit": "xa-que-trung", "từ": "a", "đến": "b"]).state
                == "written")
    }
}
