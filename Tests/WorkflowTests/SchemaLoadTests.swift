import JSONCore
import Testing

@testable import Workflow

/// What is refused when a schema is read, and how it is told.
struct SchemaLoadTests {
    private func problems(_ text: String) throws -> [String] {
        do {
            _ = try Schema(JSON(parsing: text))
            return []
        } catch let error as SchemaErrors {
            return error.problems.map(\.description)
        }
    }

    @Test func testAnUnknownKeywordIsRefusedAtItsPlace() throws {
        #expect(
            try problems(#"{"properties":{"a":{"minlength":1}},"patternProperties":{}}"#) == [
                "/patternProperties: is not a supported keyword",
                "/properties/a/minlength: is not a supported keyword",
            ])
    }

    @Test func testAllProblemsAreReportedAtOnce() throws {
        let found = try problems(
            ##"{"type":"text","minLength":-1,"pattern":"(","$ref":"#/$defs/none","items":5,"enum":[]}"##)
        #expect(found.count == 6)
    }

    @Test(arguments: [
        (#"5"#, "/"), (#"{"type":[]}"#, "/type"), (#"{"type":["string",1]}"#, "/type"), (#"{"enum":1}"#, "/enum"),
        (#"{"required":["a","a"]}"#, "/required"), (#"{"required":"a"}"#, "/required"),
        (#"{"properties":[]}"#, "/properties"), (#"{"properties":{"a":1}}"#, "/properties/a"),
        (#"{"additionalProperties":"no"}"#, "/additionalProperties"), (#"{"items":[{}]}"#, "/items"),
        (#"{"prefixItems":[]}"#, "/prefixItems"), (#"{"allOf":{}}"#, "/allOf"), (#"{"minItems":1.5}"#, "/minItems"),
        (#"{"maxItems":-1}"#, "/maxItems"), (#"{"uniqueItems":1}"#, "/uniqueItems"),
        (#"{"minimum":"1"}"#, "/minimum"), (#"{"multipleOf":0}"#, "/multipleOf"),
        (#"{"multipleOf":-0.1}"#, "/multipleOf"), (#"{"maxLength":null}"#, "/maxLength"),
        (#"{"pattern":"(?=a)"}"#, "/pattern"), (#"{"pattern":1}"#, "/pattern"), (#"{"format":"uri"}"#, "/format"),
        (#"{"dependentRequired":{"a":1}}"#, "/dependentRequired/a"), (#"{"then":{}}"#, "/then"),
        (#"{"$ref":"other.json"}"#, "/$ref"), (##"{"$ref":"#nowhere"}"##, "/$ref"),
        (##"{"properties":{"a":true},"items":{"$ref":"#/properties"}}"##, "/items/$ref"),
        (#"{"$schema":"http://json-schema.org/draft-07/schema#"}"#, "/$schema"),
        (#"{"items":{"$id":"x"}}"#, "/items/$id"), (#"{"$anchor":"1"}"#, "/$anchor"),
        (#"{"$anchor":"a","not":{"$anchor":"a"}}"#, "/not/$anchor"), (#"{"title":1}"#, "/title"),
        (#"{"readOnly":"yes"}"#, "/readOnly"), (#"{"x-personal":1}"#, "/x-personal"),
        (#"{"x-title":"Tên"}"#, "/x-title"), (#"{"x-title":{"fr":"Nom"}}"#, "/x-title"),
        (#"{"x-hint":{}}"#, "/x-hint"), (#"{"enum":["a"],"x-enum-titles":{"b":{"vi":"B"}}}"#, "/x-enum-titles/b"),
        (#"{"enum":["a"],"x-enum-titles":{"a":"A"}}"#, "/x-enum-titles/a"),
        (#"{"unevaluatedProperties":false}"#, "/unevaluatedProperties"),
        (##"{"$dynamicRef":"#a"}"##, "/$dynamicRef"),
    ])
    func testABadKeywordIsRefusedAtItsPlace(_ schema: String, _ pointer: String) throws {
        let found = try problems(schema)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(pointer + ": ") ?? false, "\(found)")
    }

    @Test(arguments: [
        ##"{"$ref":"#"}"##, ##"{"allOf":[{"$ref":"#"}]}"##, ##"{"not":{"$ref":"#"}}"##,
        ##"{"if":{"$ref":"#"}}"##, ##"{"if":true,"then":{"anyOf":[true,{"$ref":"#"}]}}"##,
        ##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"oneOf":[{"$ref":"#/$defs/a"}]}}}"##,
        ##"{"$defs":{"unused":{"$ref":"#/$defs/unused"}}}"##,
        ##"{"properties":{"a":{"$ref":"#/properties/a"}}}"##,
    ])
    func testAReferenceThatGoesInCirclesIsRefused(_ schema: String) throws {
        let found = try problems(schema)
        #expect(found.count == 1 && found[0].hasSuffix("leads back to itself without going deeper into the value"))
    }

    @Test func testALongChainOfReferencesIsRefused() throws {
        let links = (0..<100).map { ##""d\##($0)":{"$ref":"#/$defs/d\##($0 + 1)"}"## } + [#""d100":{}"#]
        let found = try problems(##"{"$ref":"#/$defs/d0","$defs":{\##(links.joined(separator: ","))}}"##)
        #expect(!found.isEmpty && found.allSatisfy { $0.contains("more than 64 schemas") })
    }

    @Test func testAnUnboundedlyNestedSchemaIsRefused() throws {
        var schema: JSON = true
        for _ in 0..<100_000 { schema = ["not": schema] }
        #expect(throws: SchemaErrors.self) { try Schema(schema) }
        // Taken apart step by step: freeing it at once would recurse as deep as it is nested.
        while let inner = schema["not"] { schema = inner }
    }

    @Test func testARecursiveSchemaWorksAndItsDepthIsBounded() throws {
        let schema = try Schema(JSON(parsing: ##"{"type":"array","items":{"$ref":"#"}}"##))
        var value: JSON = []
        for _ in 0..<120 { value = [value] }
        #expect(schema.isValid(value))
        for _ in 0..<1000 { value = [value] }
        #expect(!schema.isValid(value))
        #expect(schema.validate(value).map(\.keyword) == ["depth"])
    }

    @Test func testDepthUnderNotDoesNotMakeAValueValid() throws {
        let schema = try Schema(
            JSON(parsing: ##"{"not":{"$ref":"#/$defs/a"},"$defs":{"a":{"items":{"$ref":"#/$defs/a"}}}}"##))
        var value: JSON = []
        for _ in 0..<1000 { value = [value] }
        #expect(!schema.isValid(value))
        #expect(!schema.validate(value).isEmpty)
    }

    @Test func testReferencesThatDoubleAndDoubleAgainEnd() throws {
        let links = (0..<50).map {
            ##""d\##($0)":{"allOf":[{"$ref":"#/$defs/d\##($0 + 1)"},{"$ref":"#/$defs/d\##($0 + 1)"}]}"##
        }
        let text = ##"{"$ref":"#/$defs/d20","$defs":{\##((links + [#""d50":{}"#]).joined(separator: ","))}}"##
        let schema = try? Schema(JSON(parsing: text))
        #expect(schema.map { $0.validate(1).map(\.keyword) } ?? ["depth"] == ["depth"])
    }
}
