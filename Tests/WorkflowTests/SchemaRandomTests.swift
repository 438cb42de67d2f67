import JSONCore
import Testing

@testable import Workflow

/// Random schemas and values: whatever they are, the validator agrees with itself and comes back.
struct SchemaRandomTests {
    private struct Maker {
        var random: SeededGenerator

        mutating func pick<Element>(_ elements: [Element]) -> Element {
            elements[Int.random(in: elements.indices, using: &random)]
        }
        mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

        mutating func value(_ depth: Int) -> JSON {
            switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
            case 0: return .null
            case 1: return .bool(chance(2))
            case 2: return .int(Int.random(in: -3...12, using: &random))
            case 3: return pick([0.01, 1.5, -2.25, 1e20, 19.99])
            case 4, 5: return pick(["", "a", "ab", "abc", "đ", "2022-07-31", "a@b.vn", "2022-07-31T08:00:00Z"])
            case 6: return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth - 1) })
            default: return .object(members { $0.value(depth - 1) })
            }
        }

        mutating func members(_ make: (inout Maker) -> JSON) -> JSONObject {
            var members = JSONObject()
            for _ in 0..<Int.random(in: 0...3, using: &random) { members[pick(["a", "b", "c", "x/y"])] = make(&self) }
            return members
        }

        mutating func schema(_ depth: Int) -> JSON {
            if depth == 0 || chance(12) { return pick([true, false, ["type": "integer"], ["minLength": 1], [:]]) }
            var schema = JSONObject()
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let (keyword, value) = self.keyword(depth - 1)
                schema[keyword] = value
                if keyword == "if" {
                    schema["then"] = self.schema(depth - 1)
                    schema["else"] = self.schema(depth - 1)
                }
            }
            return .object(schema)
        }

        mutating func schemas(_ depth: Int) -> JSON {
            .array((0..<Int.random(in: 1...3, using: &random)).map { _ in schema(depth) })
        }

        mutating func keyword(_ depth: Int) -> (String, JSON) {
            let count = JSON.int(Int.random(in: 0...3, using: &random))
            let names: [String] = ["a", "b", "c"].filter { _ in chance(2) }
            switch Int.random(in: 0..<30, using: &random) {
            case 0: return ("type", .string(pick(SchemaTypes.named.map(\.name))))
            case 1: return ("type", ["string", "object", "array"])
            case 2: return ("enum", .array([value(1), value(1), 1]))
            case 3: return ("const", value(2))
            case 4, 5, 6: return ("properties", .object(members { $0.schema(depth) }))
            case 7: return ("additionalProperties", schema(depth))
            case 8: return ("required", .array(names.map(JSON.string)))
            case 9: return ("dependentRequired", ["a": .array(names.map(JSON.string))])
            case 10: return ("minProperties", count)
            case 11: return ("maxProperties", count)
            case 12, 13: return ("items", schema(depth))
            case 14: return ("prefixItems", schemas(depth))
            case 15: return ("minItems", count)
            case 16: return ("maxItems", count)
            case 17: return ("uniqueItems", .bool(chance(2)))
            case 18: return (pick(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]), count)
            case 19: return ("multipleOf", pick([1, 2, 0.01, 0.3]))
            case 20: return (pick(["minLength", "maxLength"]), count)
            case 21: return ("pattern", pick(["^a", "b$", "^\\p{L}*$", "."]))
            case 22: return ("format", .string(pick(StringFormat.allCases.map(\.rawValue))))
            case 23: return ("allOf", schemas(depth))
            case 24: return ("anyOf", schemas(depth))
            case 25: return ("oneOf", schemas(depth))
            case 26: return ("not", schema(depth))
            case 27: return ("if", schema(depth))
            case 28: return ("$ref", .string(pick(["#", "#/$defs/d", "#/properties/a"])))
            default: return ("$defs", ["d": schema(depth)])
            }
        }
    }

    @Test func testValidationAgreesWithItselfOnRandomSchemas() {
        var maker = Maker(random: SeededGenerator(seed: 2022))
        var (read, valid, invalid) = (0, 0, 0)
        for _ in 0..<6000 {
            guard let schema = try? Schema(maker.schema(4)) else { continue }
            read += 1
            for _ in 0..<6 {
                let value = maker.value(4)
                let violations = schema.validate(value)
                #expect(schema.isValid(value) == violations.isEmpty, "\(schema.source) \(value)")
                #expect(violations.count <= Schema.maximumViolations)
                #expect(violations.allSatisfy { $0.keyword != "depth" }, "\(schema.source) \(value)")
                if violations.isEmpty { valid += 1 } else { invalid += 1 }
                for violation in violations.prefix(3) {
                    for language in Language.allCases {
                        #expect(!violation.message(language, titles: schema).contains("(\(violation.keyword))"))
                    }
                }
            }
        }
        #expect(read > 3000 && valid > 3000 && invalid > 3000)
    }

    @Test func testCollectingFindsSomethingExactlyWhenTheFastPassFails() {
        var maker = Maker(random: SeededGenerator(seed: 7))
        for _ in 0..<8000 {
            guard let schema = try? Schema(maker.schema(4)) else { continue }
            let value = maker.value(4)
            var fast = SchemaEvaluation(nodes: schema.nodes)
            var thorough = SchemaEvaluation(nodes: schema.nodes)
            let found = thorough.violations(of: value, root: JSONPointer())
            #expect(fast.accepts(value) == (found.map(\.keyword) == ["depth"]), "\(schema.source) \(value)")
        }
    }

    @Test func testMutatedSchemasNeitherCrashNorHang() throws {
        var maker = Maker(random: SeededGenerator(seed: 99))
        var (read, refused) = (0, 0)
        for _ in 0..<8000 {
            let text = Array(maker.schema(4).description.utf8)
            var bytes = text
            for _ in 0..<Int.random(in: 1...3, using: &maker.random) where !bytes.isEmpty {
                let index = Int.random(in: bytes.indices, using: &maker.random)
                switch Int.random(in: 0..<3, using: &maker.random) {
                case 0: bytes.remove(at: index)
                case 1: bytes[index] = maker.pick(Array(#"{}[]",:0a#/-.e"#.utf8))
                default: bytes.insert(maker.pick(Array(#"{}[]",:19#/-."#.utf8)), at: index)
                }
            }
            guard let json = try? JSON(parsing: bytes) else { continue }
            do throws(SchemaErrors) {
                let schema = try Schema(json)
                read += 1
                _ = schema.validate(maker.value(4))
                _ = FormTemplate.yaml(for: schema, language: .vi, heading: nil)
            } catch {
                refused += 1
                #expect(!error.problems.isEmpty)
            }
        }
        #expect(read > 100 && refused > 100, "\(read) \(refused)")
    }

    @Test func testMutatedTreesNeitherCrashNorHang() {
        var maker = Maker(random: SeededGenerator(seed: 123))
        for _ in 0..<8000 {
            var json = maker.schema(4)
            guard case .object(var members) = json, let name = members.keys.randomElement(using: &maker.random) else {
                continue
            }
            members[name] = maker.value(3)
            json = .object(members)
            if let schema = try? Schema(json) { _ = schema.isValid(maker.value(3)) }
        }
    }
}
