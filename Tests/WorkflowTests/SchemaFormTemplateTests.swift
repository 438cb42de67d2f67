import JSONCore
import Testing

@testable import Workflow

struct SchemaFormTemplateTests {
    static let program = """
        {"type":"object","required":["full_name","key_tasks"],"additionalProperties":false,"properties":{
          "full_name":{"type":"string","minLength":1,"maxLength":200,
            "x-title":{"vi":"Họ và tên","en":"Full name"},"x-hint":{"vi":"Viết có dấu","en":"With diacritics"}},
          "birth_date":{"type":"string","format":"date","x-title":{"vi":"Ngày sinh","en":"Date of birth"}},
          "code":{"type":"string","readOnly":true},
          "level":{"enum":["good","completed"],"x-title":{"vi":"Mức","en":"Level"},
            "x-enum-titles":{"good":{"vi":"Hoàn thành tốt","en":"Good"}}},
          "kind":{"const":"leader"},
          "key_tasks":{"type":"array","minItems":1,"x-title":{"vi":"Nhiệm vụ","en":"Tasks"},
            "items":{"type":"object","required":["title"],"additionalProperties":false,"properties":{
              "order":{"type":"integer","minimum":1},
              "title":{"type":"string","minLength":1},
              "targets":{"type":"array","items":{"$ref":"#/$defs/target"}}}}}},
        "$defs":{"target":{"type":"object","required":["name"],"properties":{
          "name":{"type":"string","minLength":1},"value":{"type":"number","multipleOf":0.01}}}}}
        """

    private func schema(_ text: String) throws -> Schema { try Schema(JSON(parsing: text)) }

    @Test func testTheFormIsTheSchemaInAClerksWords() throws {
        let form = FormTemplate.yaml(for: try schema(Self.program), language: .vi, heading: "Chương trình hành động")
        let body = form.components(separatedBy: "\n\n").dropFirst(2).joined(separator: "\n\n")
        #expect(form.hasPrefix("## Chương trình hành động\n\n## Điền sau dấu hai chấm."))
        #expect(
            body == """
                ## Họ và tên (bắt buộc; văn bản; 1 đến 200 ký tự)
                ## Viết có dấu
                full_name:
                ## Ngày sinh (không bắt buộc; ngày có thật, viết năm-tháng-ngày, ví dụ 2022-07-31)
                # birth_date:
                ## Mức (không bắt buộc)
                ## Chọn một trong:
                ##   good: Hoàn thành tốt
                ##   completed
                # level:
                ## (không bắt buộc)
                # kind: leader
                ## Nhiệm vụ (bắt buộc; danh sách; ít nhất 1 phần tử)
                key_tasks:
                  -
                    ## (không bắt buộc; số nguyên; từ 1 trở lên)
                    # order:
                    ## (bắt buộc; văn bản; ít nhất 1 ký tự)
                    title:
                    ## (không bắt buộc; danh sách)
                    # targets:
                    #   -
                    #     ## (bắt buộc; văn bản; ít nhất 1 ký tự)
                    #     name:
                    #     ## (không bắt buộc; số; bội số của 0.01)
                    #     # value:

                """)
    }

    /// Fills every blank with what its schema wants, as a clerk would.
    private func fill(_ form: String, _ schema: Schema) throws -> String {
        let blank = try YAMLDocument(form)
        var lines = form.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for (pointer, position) in blank.positions where blank.value[pointer] == .some(.null) {
            let candidates = [#" "x""#, " 2022-07-31", " 3", " true", " 1.5", " good", " 2022-07-31T08:30:00Z", " [x]"]
            let line = position.line - 1
            let answer = candidates.first { candidate in
                guard let answer = try? YAMLDocument.parse(candidate) else { return false }
                var filled = blank.value
                filled[pointer] = answer
                return !schema.validate(filled).contains { $0.pointer.tokens.starts(with: pointer.tokens) }
            }
            lines[line] += answer ?? ""
        }
        return lines.joined(separator: "\n")
    }

    /// Makes every commented-out field part of the form.
    private func uncommented(_ form: String) -> String {
        form.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var line = String(line)
            while let range = line.firstRange(of: #/^ *# /#) {
                line.removeSubrange(line.index(range.upperBound, offsetBy: -2)..<range.upperBound)
            }
            return line
        }.joined(separator: "\n")
    }

    static let others = [
        program,
        """
        {"properties":{"a":{"type":"string"},
          "b":{"type":"object","required":["c"],"properties":{"c":{"type":"integer"}}}}}
        """,
        ##"{"required":["n"],"properties":{"n":{"type":"integer"},"child":{"$ref":"#"}}}"##,
        """
        {"required":["yes: no","true","1","x y","đ"],"properties":{"true":{"type":"boolean"},"1":{"type":"number"}}}
        """,
        #"{"required":["a"],"properties":{"a":{"items":{"type":"array","items":{"type":"string"}}}}}"#,
        """
        {"required":["a"],"properties":{"a":{"type":"array","minItems":3,
          "items":{"properties":{"b":{"type":"string"}},"type":"object"}}}}
        """,
        """
        {"required":["a"],"properties":{"a":{"prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}}}
        """,
        #"""
        {"required":["k","v"],"properties":{"k":{"const":{"a":[1,"\u0007\u2028\""]}},
          "v":{"type":"string","title":"one\ntwo\u2028three\u0007"}}}
        """#,
        """
        {"allOf":[{"required":["a"]},{"properties":{"a":{"anyOf":[{"type":"null"},{"type":"string"}]}}}],
          "properties":{"a":{"title":"A"}}}
        """,
        """
        {"oneOf":[{"required":["kind"],"properties":{"kind":{"const":"x"}}},
          {"required":["kind"],"properties":{"kind":{"const":"y"}}}]}
        """,
        #"{"required":["o"],"properties":{"o":{"type":"object"},"l":{"type":"array","items":{"type":"object"}}}}"#,
        #"{"type":"array","items":{"type":"string"}}"#,
        #"{"dependentRequired":{"a":["b"]},"properties":{"a":{"type":"string"},"b":{"type":"string"}}}"#,
    ]

    @Test(arguments: others, Language.allCases)
    func testAFilledInFormIsValid(_ text: String, _ language: Language) throws {
        let schema = try schema(text)
        let form = FormTemplate.yaml(for: schema, language: language, heading: "Biểu mẫu\n1")
        let filled = try fill(form, schema)
        let value = try YAMLDocument.parse(filled).droppingNulls
        #expect(schema.validate(value).map { $0.message(.en, titles: schema) } == [], "\(filled)")
    }

    @Test(arguments: others, Language.allCases)
    func testAFormWithEveryOptionalFieldIsValid(_ text: String, _ language: Language) throws {
        let schema = try schema(text)
        let form = uncommented(FormTemplate.yaml(for: schema, language: language, heading: nil))
        let filled = try fill(form, schema)
        let value = try YAMLDocument.parse(filled).droppingNulls
        // A recursive schema's child is blank below its first level, and blank fields are dropped.
        #expect(schema.validate(value).map { $0.message(.en, titles: schema) } == [], "\(filled)")
    }

    @Test func testABlankFormTellsWhatIsMissing() throws {
        let schema = try schema(Self.program)
        let blank = try YAMLDocument(FormTemplate.yaml(for: schema, language: .en, heading: nil))
        let violations = schema.validate(blank.value.droppingNulls)
        #expect(violations.map(\.pointer.description) == ["/key_tasks/0/title", "/full_name"])
        let lines = violations.map { blank.position(of: $0.pointer).line }
        #expect(lines[0] > lines[1])
    }

    @Test func testLargeSchemasMakeFormsOfBoundedSize() throws {
        let links = (0..<20).map {
            ##""d\##($0)":{"type":"array","minItems":3,"items":{"$ref":"#/$defs/d\##($0 + 1)"}}"##
        }
        let definitions = (links + [#""d20":{}"#]).joined(separator: ",")
        let schema = try schema(
            ##"{"required":["a"],"properties":{"a":{"$ref":"#/$defs/d0"}},"$defs":{\##(definitions)}}"##)
        let form = FormTemplate.yaml(for: schema, language: .en, heading: nil)
        #expect(form.utf8.count < 5_000_000)
    }
}
