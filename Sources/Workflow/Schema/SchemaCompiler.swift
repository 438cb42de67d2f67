import Foundation
import JSONCore
import OrderedCollections

/// Reads a schema's JSON: first finds every schema in it, so that references can be followed wherever they lead, then
/// reads the keywords of each, then makes sure that no value can be sent in circles.
struct SchemaCompiler {
    /// Levels of schemas in one another, and of schemas applied to the same value, at most.
    private static let maximumDepth = 64
    private static let dialect = "https://json-schema.org/draft/2020-12/schema"
    /// Keywords whose value is a schema, a list of schemas, an object of schemas.
    private static let single: Set = ["additionalProperties", "items", "not", "if", "then", "else"]
    private static let lists: Set = ["prefixItems", "allOf", "anyOf", "oneOf"]
    private static let objects: Set = ["$defs", "properties"]

    private struct Location {
        let pointer: JSONPointer
        let schema: JSON
    }

    private var locations: [Location] = []
    private var indices: [JSONPointer: Int] = [:]
    private var anchors: [String: Int] = [:]
    private var problems: [SchemaProblem] = []

    static func compile(_ json: JSON) throws(SchemaErrors) -> [SchemaNode] {
        var compiler = SchemaCompiler()
        compiler.locate(json, JSONPointer())
        let rules = compiler.locations.map { compiler.rules(of: $0) }
        if compiler.problems.isEmpty { compiler.findCircles(rules) }
        guard compiler.problems.isEmpty else { throw SchemaErrors(problems: compiler.problems) }
        return zip(rules, compiler.locations).map { SchemaNode(rules: $0, source: $1.schema.objectValue ?? [:]) }
    }

    private mutating func refuse(_ pointer: JSONPointer, _ reason: String) {
        problems.append(SchemaProblem(pointer: pointer, reason: reason))
    }

    // MARK: Finding the schemas

    private mutating func locate(_ schema: JSON, _ pointer: JSONPointer) {
        guard pointer.tokens.count <= 2 * Self.maximumDepth else {
            return refuse(pointer, "the schema is nested too deeply")
        }
        indices[pointer] = locations.count
        locations.append(Location(pointer: pointer, schema: schema))
        guard case .object(let members) = schema else {
            if schema.boolValue == nil { refuse(pointer, "must be an object, true or false") }
            return
        }
        for (keyword, value) in members {
            let place = pointer.appending(keyword)
            if Self.single.contains(keyword) {
                locate(value, place)
            } else if Self.lists.contains(keyword) {
                guard case .array(let schemas) = value, !schemas.isEmpty else {
                    refuse(place, "must be a list of at least one schema")
                    continue
                }
                for (index, schema) in schemas.enumerated() { locate(schema, place.appending(index)) }
            } else if Self.objects.contains(keyword) {
                guard case .object(let schemas) = value else {
                    refuse(place, "must be an object of schemas")
                    continue
                }
                for (name, schema) in schemas { locate(schema, place.appending(name)) }
            } else if keyword == "$anchor" {
                let allowed = try? Pattern("^[A-Za-z_][-A-Za-z0-9._]*$")
                guard case .string(let name) = value, allowed?.matches(name) ?? false else {
                    refuse(place, "must be a name such as \"address\"")
                    continue
                }
                if anchors.updateValue(indices[pointer] ?? 0, forKey: name) != nil {
                    refuse(place, "anchor \"\(name)\" is given twice")
                }
            }
        }
    }

    // MARK: Reading the keywords

    private mutating func rules(of location: Location) -> SchemaNode.Rules {
        var rules = SchemaNode.Rules()
        guard case .object(let members) = location.schema else {
            rules.isFalse = location.schema == .bool(false)
            return rules
        }
        var string = SchemaNode.StringRules()
        var number = SchemaNode.NumberRules()
        var array = SchemaNode.ArrayRules()
        var object = SchemaNode.ObjectRules()
        var required: [String] = []
        for (keyword, value) in members {
            let place = location.pointer.appending(keyword)
            switch keyword {
            case "$schema":
                if !location.pointer.tokens.isEmpty {
                    refuse(place, "belongs at the root of the schema")
                } else if value != .string(Self.dialect) {
                    refuse(place, "must be \"\(Self.dialect)\"")
                }
            case "$id":
                if !location.pointer.tokens.isEmpty {
                    refuse(place, "belongs at the root of the schema")
                } else if value.stringValue == nil {
                    refuse(place, "must be a string")
                }
            case "$ref": rules.reference = reference(value, place)
            case "$anchor", "$defs", "default": break
            case "$comment", "title", "description": if value.stringValue == nil { refuse(place, "must be a string") }
            case "examples": if value.arrayValue == nil { refuse(place, "must be a list") }
            case "readOnly", "deprecated", "x-personal":
                if value.boolValue == nil { refuse(place, "must be true or false") }
            case "x-title", "x-hint": checkTexts(value, place)
            case "x-enum-titles": checkChoiceTitles(value, place, members["enum"])
            case "type": rules.types = types(value, place)
            case "enum":
                if let choices = value.arrayValue, !choices.isEmpty {
                    rules.choices = choices
                } else {
                    refuse(place, "must be a list of at least one value")
                }
            case "const": rules.constant = value
            case "properties":
                for (name, _) in value.objectValue ?? [:] {
                    object.members[name] = SchemaNode.Member(schema: indices[place.appending(name)])
                }
            case "additionalProperties": object.additional = indices[place]
            case "required": required = names(value, place)
            case "dependentRequired":
                if let lists = value.objectValue {
                    for (name, list) in lists {
                        object.dependentRequired[name] = names(list, place.appending(name))
                    }
                } else {
                    refuse(place, "must be an object of lists of names")
                }
            case "minProperties": object.minimumCount = count(value, place)
            case "maxProperties": object.maximumCount = count(value, place)
            case "items": array.items = indices[place]
            case "prefixItems": array.prefixItems = listed(value, place)
            case "minItems": array.minimumCount = count(value, place)
            case "maxItems": array.maximumCount = count(value, place)
            case "uniqueItems":
                array.unique = value.boolValue ?? false
                if value.boolValue == nil { refuse(place, "must be true or false") }
            case "minimum": number.minimum = self.number(value, place)
            case "maximum": number.maximum = self.number(value, place)
            case "exclusiveMinimum": number.exclusiveMinimum = self.number(value, place)
            case "exclusiveMaximum": number.exclusiveMaximum = self.number(value, place)
            case "multipleOf":
                if let divisor = value.numberValue, divisor > 0, divisor.isFinite {
                    number.multipleOf = DecimalDivisor(divisor)
                } else {
                    refuse(place, "must be a number above 0")
                }
            case "minLength": string.minimumLength = count(value, place)
            case "maxLength": string.maximumLength = count(value, place)
            case "pattern": string.pattern = pattern(value, place)
            case "format":
                string.format = value.stringValue.flatMap(StringFormat.init)
                if string.format == nil {
                    refuse(place, "must be one of \(StringFormat.allCases.map(\.rawValue).joined(separator: ", "))")
                }
            case "allOf": rules.allOf = listed(value, place)
            case "anyOf": rules.anyOf = listed(value, place)
            case "oneOf": rules.oneOf = listed(value, place)
            case "not": rules.not = indices[place]
            case "if":
                rules.condition = indices[place].map { test in
                    SchemaNode.Condition(
                        test: test, then: indices[location.pointer.appending("then")],
                        otherwise: indices[location.pointer.appending("else")])
                }
            case "then", "else": if members["if"] == nil { refuse(place, "has no \"if\" beside it") }
            default: refuse(place, "is not a supported keyword")
            }
        }
        for name in required { object.members[name, default: .init()].isRequired = true }
        object.requiredCount = required.count
        func has(_ keywords: String...) -> Bool { keywords.contains { members[$0] != nil } }
        if has("minLength", "maxLength", "pattern", "format") { rules.string = string }
        if has("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf") { rules.number = number }
        if has("items", "prefixItems", "minItems", "maxItems", "uniqueItems") { rules.array = array }
        if has(
            "properties", "additionalProperties", "required", "dependentRequired", "minProperties", "maxProperties")
        {
            rules.object = object
        }
        return rules
    }

    private func listed(_ value: JSON, _ place: JSONPointer) -> [Int] {
        (value.arrayValue ?? []).indices.compactMap { indices[place.appending($0)] }
    }

    private mutating func reference(_ value: JSON, _ place: JSONPointer) -> Int? {
        guard case .string(let text) = value, text.hasPrefix("#"),
            let fragment = String(text.dropFirst()).removingPercentEncoding
        else {
            refuse(place, "must be \"#\", \"#/…\" or \"#anchor\": only schemas of the same file can be used")
            return nil
        }
        let target =
            fragment.isEmpty || fragment.hasPrefix("/")
            ? JSONPointer(fragment).flatMap { indices[$0] } : anchors[fragment]
        if target == nil { refuse(place, "there is no schema at \"\(text)\"") }
        return target
    }

    private mutating func types(_ value: JSON, _ place: JSONPointer) -> SchemaTypes? {
        let names = value.stringValue.map { [$0] } ?? value.arrayValue?.compactMap(\.stringValue) ?? []
        let types = names.compactMap(SchemaTypes.init(name:))
        guard !types.isEmpty, types.count == value.arrayValue?.count ?? 1 else {
            refuse(place, "must be one or a list of \(SchemaTypes.named.map(\.name).joined(separator: ", "))")
            return nil
        }
        return SchemaTypes(types)
    }

    private mutating func names(_ value: JSON, _ place: JSONPointer) -> [String] {
        let names = value.arrayValue?.compactMap(\.stringValue) ?? []
        if names.count != value.arrayValue?.count ?? -1 || Set(names).count != names.count {
            refuse(place, "must be a list of different names")
            return []
        }
        return names
    }

    private mutating func count(_ value: JSON, _ place: JSONPointer) -> Int? {
        if let count = value.intValue, count >= 0 { return count }
        refuse(place, "must be a whole number from 0")
        return nil
    }

    private mutating func number(_ value: JSON, _ place: JSONPointer) -> JSON? {
        if value.numberValue?.isFinite ?? false { return value }
        refuse(place, "must be a number")
        return nil
    }

    private mutating func pattern(_ value: JSON, _ place: JSONPointer) -> Pattern? {
        guard case .string(let source) = value else {
            refuse(place, "must be a string")
            return nil
        }
        do throws(PatternError) { return try Pattern(source) } catch {
            refuse(place, error.reason)
            return nil
        }
    }

    private mutating func checkTexts(_ value: JSON, _ place: JSONPointer) {
        guard case .object(let texts) = value, !texts.isEmpty,
            texts.allSatisfy({ Language(rawValue: $0.key) != nil && $0.value.stringValue != nil })
        else { return refuse(place, "must be {\"vi\": \"…\", \"en\": \"…\"}") }
    }

    private mutating func checkChoiceTitles(_ value: JSON, _ place: JSONPointer, _ choices: JSON?) {
        guard case .object(let titles) = value else {
            return refuse(place, "must be an object of {\"vi\": \"…\", \"en\": \"…\"}")
        }
        let known = Set((choices?.arrayValue ?? []).map(Schema.choiceName))
        for (name, texts) in titles {
            if !known.contains(name) { refuse(place.appending(name), "is not a value of the enum beside it") }
            checkTexts(texts, place.appending(name))
        }
    }

    // MARK: Circles

    /// Refuses schemas that lead back to themselves without going deeper into the value, which would never end.
    private mutating func findCircles(_ rules: [SchemaNode.Rules]) {
        enum Mark { case fresh, open, done(height: Int) }
        var marks = [Mark](repeating: .fresh, count: rules.count)
        var found: [(Int, String)] = []

        func height(_ index: Int, _ depth: Int) -> Int {
            switch marks[index] {
            case .done(let height): return height
            case .open:
                found.append((index, "leads back to itself without going deeper into the value"))
                return 0
            case .fresh: break
            }
            marks[index] = .open
            var tallest = 0
            if depth <= Self.maximumDepth {
                for next in rules[index].inPlace { tallest = max(tallest, height(next, depth + 1)) }
            }
            marks[index] = .done(height: tallest + 1)
            if tallest + 1 > Self.maximumDepth {
                found.append((index, "applies more than \(Self.maximumDepth) schemas in one another to the same value"))
            }
            return tallest + 1
        }
        for index in rules.indices { _ = height(index, 0) }
        for (index, reason) in found { refuse(locations[index].pointer, reason) }
    }
}
