import JSONCore
import Testing

@testable import Workflow

struct SchemaViolationTests {
    private func schema(_ text: String) throws -> Schema { try Schema(JSON(parsing: text)) }

    @Test func testAMissingMemberIsReportedAtItsOwnPointer() throws {
        let schema = try schema(#"{"properties":{"a":{"required":["b"]}}}"#)
        let violations = schema.validate(["a": [:]], root: JSONPointer(tokens: ["form"]))
        #expect(violations.map(\.pointer.description) == ["/form/a/b"])
        #expect(violations.map(\.keyword) == ["required"])
    }

    @Test func testAnUnknownMemberIsReportedAtItself() throws {
        let schema = try schema(#"{"properties":{"a":true},"additionalProperties":false}"#)
        #expect(
            schema.validate(["x/y": 1, "a": 1]) == [
                Violation(pointer: JSONPointer(tokens: ["x/y"]), keyword: "additionalProperties")
            ])
    }

    @Test func testTheDetailSaysWhatWasAskedAndFound() throws {
        let schema = try schema(#"{"items":{"minimum":1,"multipleOf":2}}"#)
        #expect(
            schema.validate([4, 0, -1]) == [
                Violation(
                    pointer: JSONPointer(tokens: ["1"]), keyword: "minimum", detail: ["minimum": 1, "actual": 0]),
                Violation(
                    pointer: JSONPointer(tokens: ["2"]), keyword: "minimum", detail: ["minimum": 1, "actual": -1]),
                Violation(
                    pointer: JSONPointer(tokens: ["2"]), keyword: "multipleOf",
                    detail: ["multipleOf": 2, "actual": -1]),
            ])
    }

    @Test func testViolationsEndAtTheBound() throws {
        let schema = try schema(#"{"items":{"type":"string","allOf":[{"enum":["a"]}]}}"#)
        #expect(schema.validate(.array(Array(repeating: 1, count: 5000))).count == Schema.maximumViolations)
        let branches = try self.schema(#"{"anyOf":[{"items":{"type":"string"}},{"type":"null"}]}"#)
        #expect(branches.validate(.array(Array(repeating: 1, count: 5000))).count == Schema.maximumViolations)
    }

    @Test func testAnyOfReportsTheBranchThatFailedLeast() throws {
        let schema = try schema(
            """
            {"oneOf":[
              {"properties":{"kind":{"const":"leader"},"unit":{"type":"string"}},"required":["kind","unit"]},
              {"properties":{"kind":{"const":"staff"},"days":{"type":"integer"}},"required":["kind"]},
              {"type":"null"}]}
            """)
        #expect(schema.validate(["kind": "leader"]).map(\.pointer.description) == ["/unit"])
        #expect(schema.validate(["kind": "staff", "days": "x"]).map(\.pointer.description) == ["/days"])
        #expect(schema.validate("x").map(\.keyword) == ["type"] || schema.validate("x").map(\.keyword) == ["oneOf"])
        #expect(schema.validate(["kind": "other", "unit": "u"]).count == 1)
    }

    @Test func testBranchesOfOtherTypesAreSummedUp() throws {
        let schema = try schema(#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#)
        #expect(schema.validate(1) == [Violation(pointer: .init(), keyword: "anyOf", detail: ["branches": 2])])
    }

    // MARK: Messages

    static let form = """
        {"type":"object","required":["key_tasks"],"additionalProperties":false,"properties":{
          "key_tasks":{"type":"array","minItems":1,"x-title":{"vi":"Nhiệm vụ trọng tâm","en":"Key tasks"},
            "items":{"$ref":"#/$defs/task"}},
          "level":{"enum":["good","completed"],"title":"Level",
            "x-enum-titles":{"good":{"vi":"Hoàn thành tốt","en":"Good"}}},
          "code":{"pattern":"^[A-Z]+$","x-title":{"en":"Code"},"x-hint":{"vi":"chữ in hoa","en":"capital letters"}}},
        "$defs":{"task":{"type":"object","required":["title"],"properties":{
          "title":{"type":"string","minLength":1,"x-title":{"vi":"Tên nhiệm vụ","en":"Task title"}}}}}}
        """

    @Test func testAMessageNamesThePlaceTheTitleAndWhatToDo() throws {
        let schema = try schema(Self.form)
        let root = JSONPointer(tokens: ["action_program"])
        let violations = schema.validate(["key_tasks": [["title": ""]]], root: root)
        #expect(
            violations.map { $0.message(.vi, titles: schema) } == [
                "/action_program/key_tasks/0/title (Tên nhiệm vụ): không được để trống"
            ])
        #expect(
            violations.map { $0.message(.en, titles: schema) } == [
                "/action_program/key_tasks/0/title (Task title): must not be empty"
            ])
    }

    @Test func testTitlesOfTheWholeDocumentServeAPartOfIt() throws {
        let part = try schema(#"{"required":["title"]}"#)
        let document = try schema(
            #"{"properties":{"task":{"properties":{"title":{"x-title":{"vi":"Tên","en":"Name"}}}}}}"#)
        let violations = part.validate([:], root: JSONPointer(tokens: ["task"]))
        #expect(
            violations.map { $0.message(.en, titles: document) } == ["/task/title (Name): is missing and must be given"]
        )
    }

    @Test func testChoicesAndHintsAppearInMessages() throws {
        let schema = try schema(Self.form)
        let messages = schema.validate(["key_tasks": [], "level": "bad", "code": "x"])
            .map { $0.message(.vi, titles: schema) }
        #expect(
            messages == [
                "/key_tasks (Nhiệm vụ trọng tâm): phải có ít nhất 1 mục, hiện có 0",
                "/level (Level): phải là một trong các giá trị: good (Hoàn thành tốt), completed",
                "/code (Code): không đúng mẫu quy định: chữ in hoa",
            ])
    }

    @Test(arguments: [
        (#"{"type":"string"}"#, "1", "type", "phải là văn bản", "must be text"),
        (
            #"{"type":["integer","null"]}"#, #""a""#, "type", "phải là số nguyên hoặc để trống",
            "must be a whole number or empty"
        ),
        (#"{"type":"object"}"#, "null", "type", "không được để trống", "must not be empty"),
        (#"{"enum":["a",1]}"#, "2", "enum", "phải là một trong các giá trị: a, 1", "must be one of: a, 1"),
        (#"{"const":true}"#, "2", "const", "phải là true", "must be true"),
        (#"false"#, "2", "false", "không được điền ở đây", "is not allowed here"),
        (#"{"minProperties":1}"#, "{}", "minProperties", "phải điền ít nhất 1 mục", "needs at least 1 field"),
        (
            #"{"maxProperties":0}"#, #"{"a":1}"#, "maxProperties", "chỉ được điền nhiều nhất 0 mục",
            "takes at most 0 fields"
        ),
        (
            #"{"minItems":2}"#, "[1]", "minItems", "phải có ít nhất 2 mục, hiện có 1", "needs at least 2 items, has 1"
        ),
        (
            #"{"maxItems":1}"#, "[1,2]", "maxItems", "chỉ được có nhiều nhất 1 mục, hiện có 2",
            "takes at most 1 item, has 2"
        ),
        (
            #"{"uniqueItems":true}"#, "[1,2,1]", "uniqueItems", "mục 1 và mục 3 trùng nhau",
            "items 1 and 3 are the same"
        ),
        (#"{"minimum":1}"#, "0", "minimum", "phải từ 1 trở lên", "must be 1 or more"),
        (#"{"maximum":1.5}"#, "2", "maximum", "không được lớn hơn 1.5", "must be 1.5 or less"),
        (#"{"exclusiveMinimum":1}"#, "1", "exclusiveMinimum", "phải lớn hơn 1", "must be more than 1"),
        (#"{"exclusiveMaximum":1}"#, "1", "exclusiveMaximum", "phải nhỏ hơn 1", "must be less than 1"),
        (#"{"multipleOf":0.01}"#, "0.001", "multipleOf", "phải là bội số của 0.01", "must be a multiple of 0.01"),
        (
            #"{"minLength":3}"#, #""ab""#, "minLength", "phải có ít nhất 3 ký tự, hiện có 2",
            "needs at least 3 characters, has 2"
        ),
        (
            #"{"maxLength":1}"#, #""ab""#, "maxLength", "không được dài quá 1 ký tự, hiện có 2",
            "takes at most 1 character, has 2"
        ),
        (#"{"pattern":"^a$"}"#, #""b""#, "pattern", "không đúng mẫu quy định: ^a$", "is not written as required: ^a$"),
        (
            #"{"format":"date"}"#, #""31/7""#, "format", "phải là ngày có thật, viết năm-tháng-ngày, ví dụ 2022-07-31",
            "must be a real date written year-month-day, such as 2022-07-31"
        ),
        (
            #"{"format":"date-time"}"#, #""x""#, "format",
            "phải là ngày giờ kèm múi giờ, ví dụ 2022-07-31T08:30:00+07:00",
            "must be a date and time with its zone, such as 2022-07-31T08:30:00+07:00"
        ),
        (
            #"{"format":"email"}"#, #""x""#, "format", "phải là địa chỉ thư điện tử, ví dụ ten@example.vn",
            "must be an e-mail address, such as name@example.vn"
        ),
        (
            #"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, "1", "anyOf",
            "không đúng với trường hợp nào trong 2 trường hợp được phép", "fits none of the 2 allowed forms"
        ),
        (
            #"{"oneOf":[true,true]}"#, "1", "oneOf",
            "đúng với nhiều trường hợp cùng lúc, chỉ được đúng với một trường hợp",
            "fits several of the allowed forms, but must fit only one"
        ),
        (#"{"not":{}}"#, "1", "not", "không được có giá trị này", "must not have this value"),
    ])
    func testEveryKeywordHasAMessageInBothLanguages(
        _ schema: String, _ value: String, _ keyword: String, _ vi: String, _ en: String
    ) throws {
        let schema = try self.schema(schema)
        let violations = schema.validate(try JSON(parsing: value))
        #expect(violations.map(\.keyword) == [keyword])
        #expect(violations.map { $0.message(.vi, titles: schema) } == ["Biểu mẫu: \(vi)"])
        #expect(violations.map { $0.message(.en, titles: schema) } == ["The form: \(en)"])
    }

    @Test func testMembersHaveMessagesInBothLanguages() throws {
        let schema = try schema(
            #"{"required":["a"],"dependentRequired":{"b":["c"]},"properties":{"b":{}},"additionalProperties":false}"#)
        let violations = schema.validate(["b": 1, "d": 1])
        #expect(
            violations.map { $0.message(.vi, titles: nil) } == [
                "/d: không có trong biểu mẫu này", "/a: còn thiếu, phải điền", "/c: phải điền vì đã điền b",
            ])
        #expect(
            violations.map { $0.message(.en, titles: nil) } == [
                "/d: is not a field of this form", "/a: is missing and must be given",
                "/c: must be given because b is given",
            ])
    }

    @Test func testVietnameseTextsAreComposed() {
        for keyword in ["required", "minLength", "maxItems", "not", "depth", "oneOf", "additionalProperties"] {
            let text = Violation(pointer: .init(), keyword: keyword).message(.vi, titles: nil)
            let marks = text.unicodeScalars.filter { $0.properties.generalCategory == .nonspacingMark }
            #expect(marks.isEmpty, "\(text)")
        }
    }

    // MARK: Titles

    @Test func testTitlesAreFoundThroughReferencesAndCombinations() throws {
        let schema = try schema(
            """
            {"title":"Form","allOf":[{"properties":{"a":{"x-title":{"vi":"A vi","en":"A en"}}}}],
             "properties":{"list":{"items":{"$ref":"#/$defs/x"}},"pair":{"prefixItems":[{"title":"First"}],
             "items":{"title":"Rest"}},"own":{"$ref":"#/$defs/x","title":"Own"}},
             "additionalProperties":{"title":"Other"},"if":true,"then":{"properties":{"t":{"title":"Then"}}},
             "$defs":{"x":{"title":"X","properties":{"again":{"$ref":"#/$defs/x"}}}}}
            """)
        func title(_ pointer: String, _ language: Language = .vi) -> String? {
            JSONPointer(pointer).flatMap { schema.title(at: $0, language: language) }
        }
        #expect(title("") == "Form")
        #expect(title("/list/3") == "X")
        #expect(title("/list/3/again/again") == "X")
        #expect(title("/pair/0") == "First" && title("/pair/1") == "Rest")
        #expect(title("/own") == "Own")
        #expect(title("/elsewhere") == "Other")
        #expect(title("/list/x") == nil && title("/list/-1") == nil && title("/own/none") == nil)
    }
}
