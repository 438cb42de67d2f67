import JSONCore
import Testing

@testable import Workflow

/// What each keyword accepts and refuses, in the manner of the official JSON-Schema-Test-Suite.
struct SchemaKeywordTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let schema: String
        let valid: [String]
        let invalid: [String]
        var testDescription: String { schema }
    }

    static let cases: [Case] = [
        // Boolean and empty schemas
        Case(schema: "true", valid: ["1", "null", "{}"], invalid: []),
        Case(schema: "false", valid: [], invalid: ["1", "null", "{}"]),
        Case(schema: "{}", valid: ["1", "null", "{}"], invalid: []),
        // type
        Case(
            schema: #"{"type":"integer"}"#, valid: ["1", "1.0", "-3", "1e20"],
            invalid: ["1.5", #""1""#, "null", "true", "[]", "{}"]),
        Case(schema: #"{"type":"number"}"#, valid: ["1", "1.5"], invalid: [#""1""#, "null"]),
        Case(schema: #"{"type":"string"}"#, valid: [#""""#, #""a""#], invalid: ["1", "null"]),
        Case(schema: #"{"type":"boolean"}"#, valid: ["true", "false"], invalid: ["0", #""true""#]),
        Case(schema: #"{"type":"null"}"#, valid: ["null"], invalid: ["0", "false", #""""#]),
        Case(schema: #"{"type":"array"}"#, valid: ["[]"], invalid: ["{}"]),
        Case(schema: #"{"type":"object"}"#, valid: ["{}"], invalid: ["[]"]),
        Case(schema: #"{"type":["string","null"]}"#, valid: [#""a""#, "null"], invalid: ["1", "[]"]),
        // enum, const
        Case(
            schema: #"{"enum":[1,"a",[2],{"b":null}]}"#, valid: ["1", "1.0", #""a""#, "[2]", #"{"b":null}"#],
            invalid: ["2", #""1""#, "[]", #"{"b":0}"#, "true"]),
        Case(schema: #"{"enum":[false]}"#, valid: ["false"], invalid: ["0", "[false]"]),
        Case(
            schema: #"{"const":{"a":1,"b":2}}"#, valid: [#"{"b":2,"a":1.0}"#], invalid: [#"{"a":1}"#, "[1,2]"]),
        Case(schema: #"{"const":null}"#, valid: ["null"], invalid: ["0", "false"]),
        Case(schema: #"{"const":0}"#, valid: ["0", "0.0", "-0.0"], invalid: ["false", "null"]),
        // Strings: lengths in code points
        Case(schema: #"{"minLength":2}"#, valid: [#""ab""#, #""đà""#, "1"], invalid: [#""a""#, #""💩""#]),
        Case(schema: #"{"maxLength":2}"#, valid: [#""ab""#, #""💩💩""#, "100"], invalid: [#""abc""#]),
        Case(schema: #"{"maxLength":2.0}"#, valid: [#""ab""#], invalid: [#""abc""#]),
        Case(
            schema: #"{"minLength":4,"maxLength":4}"#, valid: [#""Ng\u1ecdc""#],
            invalid: [#""Ngo\u0323c""#, #""Ngo""#]),
        // pattern
        Case(schema: #"{"pattern":"^a*$"}"#, valid: [#""aaa""#, #""""#, "1"], invalid: [#""abc""#]),
        Case(schema: #"{"pattern":"a+"}"#, valid: [#""xxaayy""#], invalid: [#""xx""#]),
        Case(schema: #"{"pattern":"^\\d+$"}"#, valid: [#""42""#], invalid: [#""४२""#, #""4 2""#]),
        // format
        Case(
            schema: #"{"format":"date"}"#, valid: [#""2022-07-31""#, #""2024-02-29""#, #""2000-02-29""#, "1"],
            invalid: [
                #""2022-02-29""#, #""1900-02-29""#, #""2022-04-31""#, #""2022-13-01""#, #""2022-00-01""#,
                #""2022-01-00""#, #""31/07/2022""#, #""2022-7-31""#, #""0000-01-01""#, #""2022-07-31 ""#, #""""#,
                #""২০২২-07-31""#,
            ]),
        Case(
            schema: #"{"format":"date-time"}"#,
            valid: [
                #""2022-07-31T08:30:06Z""#, #""2022-07-31t08:30:06.283185z""#, #""2022-07-31T08:30:06+07:00""#,
                #""1998-12-31T23:59:60Z""#, #""1998-12-31T15:59:60.123-08:00""#, #""1999-01-01T06:59:60+07:00""#,
            ],
            invalid: [
                #""2022-07-31""#, #""2022-07-31T08:30:06""#, #""2022-07-31 08:30:06Z""#, #""2022-07-31T24:00:00Z""#,
                #""2022-07-31T08:60:00Z""#, #""1998-12-31T22:59:60Z""#, #""1998-12-31T23:59:61Z""#,
                #""2022-02-30T08:30:06Z""#, #""2022-07-31T08:30:06.Z""#, #""2022-07-31T08:30:06+0700""#,
                #""2022-07-31T08:30:06+24:00""#, #""2022-07-31T08:30:06ZZ""#,
            ]),
        Case(
            schema: #"{"format":"email"}"#,
            valid: [#""can.bo+1@nongson.quangnam.gov.vn""#, #""te~st@example.com""#, #""a@localhost""#, "1"],
            invalid: [
                #""2962""#, #""a@""#, #""@b""#, #"".a@b""#, #""a.@b""#, #""a..b@c""#, #""a@b..c""#, #""a@-b.c""#,
                #""a@b-.c""#, #""a b@c""#, #""a@b@c""#, #""cán.bộ@b""#,
            ]),
        // Numbers
        Case(schema: #"{"minimum":1.1}"#, valid: ["1.1", "2", #""x""#], invalid: ["0.6", "1", "-5"]),
        Case(schema: #"{"maximum":3}"#, valid: ["3", "3.0", "2.6"], invalid: ["3.5", "4"]),
        Case(schema: #"{"exclusiveMinimum":1}"#, valid: ["1.2", "2"], invalid: ["1", "1.0", "0"]),
        Case(schema: #"{"exclusiveMaximum":3.0}"#, valid: ["2.2"], invalid: ["3", "3.5"]),
        Case(
            schema: #"{"maximum":9007199254740992}"#, valid: ["9007199254740992"],
            invalid: ["9007199254740993", "1e300"]),
        Case(schema: #"{"minimum":9007199254740993}"#, valid: ["9007199254740993"], invalid: ["9007199254740992.0"]),
        Case(schema: #"{"minimum":-1e300}"#, valid: ["-9223372036854775808", "-1e300"], invalid: ["-1e301"]),
        Case(schema: #"{"multipleOf":2}"#, valid: ["10", "0", "-4", #""x""#], invalid: ["7", "1.5"]),
        Case(schema: #"{"multipleOf":1.5}"#, valid: ["0", "4.5", "3"], invalid: ["35", "4"]),
        Case(
            schema: #"{"multipleOf":0.01}"#,
            valid: ["19.99", "0.07", "1.1", "4.35", "1.005e2", "3", "9223372036854775807", "-0.29", "99999999.99"],
            invalid: ["19.999", "0.001", "1e-300", "0.0075"]),
        Case(schema: #"{"multipleOf":0.0001}"#, valid: ["0.0075"], invalid: ["0.00751"]),
        Case(schema: #"{"multipleOf":1e-8}"#, valid: ["12391239123"], invalid: ["1e-9"]),
        Case(schema: #"{"multipleOf":0.123456789}"#, valid: ["0.246913578"], invalid: ["1e308"]),
        Case(schema: #"{"multipleOf":1e300}"#, valid: ["1e300", "0"], invalid: ["1"]),
        // Arrays
        Case(schema: #"{"minItems":1}"#, valid: ["[1]", #""""#], invalid: ["[]"]),
        Case(schema: #"{"maxItems":2}"#, valid: ["[1,2]"], invalid: ["[1,2,3]"]),
        Case(
            schema: #"{"uniqueItems":true}"#,
            valid: [
                "[]", "[1,2]", "[1,true]", "[0,false]", #"["1",1]"#, "[[1],[2]]", #"[{"a":1},{"a":2}]"#,
                #"[{"a":1,"b":2},{"a":2,"b":1}]"#, #"[{"a":false},{"a":0}]"#, "[null,0]",
            ],
            invalid: [
                "[1,1]", "[1,1.0]", "[1.0,1.00,2]", #"["a","b","a"]"#, #"[{"a":1,"b":2},{"b":2,"a":1}]"#,
                "[[[1]],[[1]]]", #"[{"a":{"b":1,"c":2}},{"a":{"c":2,"b":1.0}}]"#, "[null,null]",
            ]),
        Case(schema: #"{"uniqueItems":false}"#, valid: ["[1,1]"], invalid: []),
        Case(schema: #"{"items":{"type":"integer"}}"#, valid: ["[]", "[1,2]", "{}"], invalid: [#"[1,"x"]"#]),
        Case(schema: #"{"items":false}"#, valid: ["[]"], invalid: ["[1]"]),
        Case(
            schema: #"{"prefixItems":[{"type":"integer"},{"type":"string"}]}"#,
            valid: [#"[1,"a"]"#, "[1]", "[]", #"[1,"a",true]"#], invalid: [#"["a",1]"#]),
        Case(
            schema: #"{"prefixItems":[true],"items":{"type":"string"}}"#, valid: [#"[1,"a"]"#], invalid: ["[1,2]"]),
        // Objects
        Case(
            schema: #"{"properties":{"a":{"type":"integer"},"b":false}}"#, valid: ["{}", #"{"a":1,"c":2}"#, "[]"],
            invalid: [#"{"a":"x"}"#, #"{"b":1}"#]),
        Case(
            schema: #"{"properties":{"a":true},"additionalProperties":false}"#, valid: ["{}", #"{"a":1}"#, "7"],
            invalid: [#"{"b":1}"#, #"{"a":1,"b":1}"#]),
        Case(
            schema: #"{"properties":{"a":true},"additionalProperties":{"type":"boolean"}}"#,
            valid: [#"{"a":1,"b":true}"#], invalid: [#"{"a":1,"b":1}"#]),
        Case(
            schema: #"{"allOf":[{"properties":{"a":true}}],"additionalProperties":{"type":"boolean"}}"#,
            valid: [#"{"a":true}"#], invalid: [#"{"a":1}"#]),
        Case(
            schema: #"{"required":["a","b"],"properties":{"a":{}}}"#, valid: [#"{"b":null,"a":1}"#, "1"],
            invalid: ["{}", #"{"a":1}"#, #"{"b":1}"#]),
        Case(schema: #"{"required":["a"],"additionalProperties":false}"#, valid: [], invalid: ["{}", #"{"a":1}"#]),
        Case(schema: #"{"minProperties":1}"#, valid: [#"{"a":1}"#, "[]"], invalid: ["{}"]),
        Case(schema: #"{"maxProperties":1}"#, valid: ["{}", #"{"a":1}"#], invalid: [#"{"a":1,"b":2}"#]),
        Case(
            schema: #"{"dependentRequired":{"a":["b","c"]}}"#, valid: ["{}", #"{"b":1}"#, #"{"a":1,"b":1,"c":1}"#],
            invalid: [#"{"a":1}"#, #"{"a":1,"b":2}"#]),
        // Combinations
        Case(schema: #"{"allOf":[{"minimum":1},{"maximum":3}]}"#, valid: ["2"], invalid: ["0", "4"]),
        Case(
            schema: #"{"anyOf":[{"type":"integer"},{"minimum":2}]}"#, valid: ["1", "2.5", "3", #""x""#],
            invalid: ["1.5"]),
        Case(
            schema: #"{"oneOf":[{"type":"integer"},{"minimum":2}]}"#, valid: ["1", "2.5"], invalid: ["3", "1.5"]),
        Case(schema: #"{"not":{"type":"integer"}}"#, valid: ["1.5"], invalid: ["1"]),
        Case(schema: #"{"not":{"not":{"type":"integer"}}}"#, valid: ["1"], invalid: ["1.5"]),
        Case(
            schema: #"{"if":{"minimum":10},"then":{"multipleOf":2},"else":{"multipleOf":3}}"#,
            valid: ["12", "3", #""x""#], invalid: ["11", "4"]),
        Case(schema: #"{"if":{"const":1}}"#, valid: ["1", "2"], invalid: []),
        Case(schema: #"{"if":{"const":1},"then":false}"#, valid: ["2"], invalid: ["1"]),
        Case(schema: #"{"if":{"const":1},"else":false}"#, valid: ["1"], invalid: ["2"]),
        // References
        Case(
            schema: ##"{"properties":{"child":{"$ref":"#"}},"additionalProperties":false}"##,
            valid: [#"{"child":{"child":{}}}"#], invalid: [#"{"child":{"other":1}}"#]),
        Case(
            schema: ##"{"$ref":"#/$defs/a~1b%25","maximum":5,"$defs":{"a/b%":{"minimum":1}}}"##, valid: ["1", "5"],
            invalid: ["0", "6"]),
        Case(
            schema: ##"{"items":{"$ref":"#day"},"$defs":{"x":{"$anchor":"day","maximum":31}}}"##, valid: ["[31]"],
            invalid: ["[32]"]),
        Case(
            schema: ##"{"prefixItems":[{"type":"integer"},{"$ref":"#/prefixItems/0"}]}"##, valid: ["[1,2]"],
            invalid: [#"[1,"a"]"#]),
        Case(
            schema: ##"{"properties":{"$ref":{"type":"string"}}}"##, valid: [##"{"$ref":"a"}"##],
            invalid: [##"{"$ref":1}"##]),
        // Notes change nothing
        Case(
            schema: """
                {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:x","$comment":"c","title":"t",
                "description":"d","default":1,"examples":[1],"readOnly":true,"deprecated":false,
                "x-title":{"vi":"a","en":"b"},"x-hint":{"vi":"a"},"x-personal":true}
                """, valid: ["1", "{}"], invalid: []),
    ]

    @Test(arguments: cases)
    func testAKeywordAcceptsAndRefusesAsTheDraftSays(_ item: Case) throws {
        let schema = try Schema(JSON(parsing: item.schema))
        for text in item.valid {
            #expect(schema.isValid(try JSON(parsing: text)), "\(text)")
            #expect(schema.validate(try JSON(parsing: text)) == [], "\(text)")
        }
        for text in item.invalid {
            #expect(!schema.isValid(try JSON(parsing: text)), "\(text)")
            #expect(!schema.validate(try JSON(parsing: text)).isEmpty, "\(text)")
        }
    }
}
