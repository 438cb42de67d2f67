import JSONCore

/// One validation: `accepts` goes over the value without making anything; only for a value that fails, `violations`
/// goes over it again and writes down what is wrong.
struct SchemaEvaluation {
    /// Schemas applied within one another at most. The JSON parser allows 128 levels of values.
    private static let maximumDepth = 512
    /// Schemas applied in one pass at most, so that references which double and double again end.
    private static let maximumSteps = 1_000_000

    private let nodes: [SchemaNode]
    private var root = JSONPointer()
    private var path: [String] = []
    private var isCollecting = false
    private var violations: [Violation] = []
    private var failures = 0
    private var depth = 0
    private var steps = 0
    /// Set for good once a bound is passed; whatever was concluded since then (under `not`, say) does not count.
    private var isExhausted = false

    init(nodes: [SchemaNode]) { self.nodes = nodes }

    mutating func accepts(_ value: JSON) -> Bool { check(0, value) && !isExhausted }

    /// - Parameter value: A value that is not accepted.
    mutating func violations(of value: JSON, root: JSONPointer) -> [Violation] {
        (self.root, path, isCollecting, depth, steps, isExhausted) = (root, root.tokens, true, 0, 0, false)
        _ = check(0, value)
        if violations.isEmpty {
            violations = [Violation(pointer: root, keyword: "depth", rootLength: root.tokens.count)]
        }
        return violations
    }

    // MARK: Failures

    /// Counts a failure, and writes it down when collecting.
    /// - Returns: Whether to stop here.
    private mutating func fails(_ keyword: String, _ detail: @autoclosure () -> JSONObject, at member: String? = nil)
        -> Bool
    {
        failures += 1
        guard isCollecting else { return true }
        let tokens = member.map { path + [$0] } ?? path
        violations.append(
            Violation(
                pointer: JSONPointer(tokens: tokens), keyword: keyword, detail: detail(), rootLength: root.tokens.count)
        )
        return violations.count >= Schema.maximumViolations
    }

    /// Whether the schema accepts the value, without writing failures down.
    private mutating func probe(_ index: Int, _ value: JSON) -> Bool {
        let (wasCollecting, failuresBefore) = (isCollecting, failures)
        isCollecting = false
        defer { (isCollecting, failures) = (wasCollecting, failuresBefore) }
        return check(index, value)
    }

    /// The violations of one branch by themselves.
    private mutating func violations(ofBranch index: Int, _ value: JSON) -> [Violation] {
        let (others, failuresBefore) = (violations, failures)
        violations = []
        _ = check(index, value)
        defer { (violations, failures) = (others, failuresBefore) }
        return violations
    }

    // MARK: Keywords

    /// - Returns: Whether the schema accepts the value; when collecting, every failure has been written down by then.
    private mutating func check(_ index: Int, _ value: JSON) -> Bool {
        depth += 1
        steps += 1
        defer { depth -= 1 }
        if depth > Self.maximumDepth || steps > Self.maximumSteps { isExhausted = true }
        if isExhausted {
            failures += 1
            return false
        }
        let failuresBefore = failures
        let node = nodes[index]
        if node.rules.isFalse, fails("false", [:]) { return false }
        if let types = node.rules.types, !types.allows(value) {
            // What else the schema asks is no news to one who gave a value of the wrong type.
            _ = fails("type", ["type": .array(types.names.map(JSON.string)), "actual": .string(value.typeName)])
            return false
        }
        if let choices = node.rules.choices, !choices.contains(value), fails("enum", ["enum": .array(choices)]) {
            return false
        }
        if let constant = node.rules.constant, constant != value, fails("const", ["const": constant]) { return false }
        let goesOn =
            switch value {
            case .string(let text): node.rules.string.map { check(text, $0) } ?? true
            case .int, .double: node.rules.number.map { check(number: value, $0) } ?? true
            case .array(let elements): node.rules.array.map { check(elements, $0) } ?? true
            case .object(let members): node.rules.object.map { check(members, $0) } ?? true
            case .null, .bool: true
            }
        return goesOn && checkCombinations(node.rules, value) && failures == failuresBefore
    }

    // The methods below return whether to go on.

    private mutating func check(_ text: String, _ rules: SchemaNode.StringRules) -> Bool {
        if rules.minimumLength != nil || rules.maximumLength != nil {
            let length = text.unicodeScalars.count
            if let minimum = rules.minimumLength, length < minimum,
                fails("minLength", ["minLength": .int(minimum), "actual": .int(length)])
            {
                return false
            }
            if let maximum = rules.maximumLength, length > maximum,
                fails("maxLength", ["maxLength": .int(maximum), "actual": .int(length)])
            {
                return false
            }
        }
        if let pattern = rules.pattern, !pattern.matches(text), fails("pattern", ["pattern": .string(pattern.source)]) {
            return false
        }
        if let format = rules.format, !format.matches(text), fails("format", ["format": .string(format.rawValue)]) {
            return false
        }
        return true
    }

    private mutating func check(number: JSON, _ rules: SchemaNode.NumberRules) -> Bool {
        if let limit = rules.minimum, number.isLess(than: limit),
            fails("minimum", ["minimum": limit, "actual": number])
        {
            return false
        }
        if let limit = rules.maximum, limit.isLess(than: number),
            fails("maximum", ["maximum": limit, "actual": number])
        {
            return false
        }
        if let limit = rules.exclusiveMinimum, !limit.isLess(than: number),
            fails("exclusiveMinimum", ["exclusiveMinimum": limit, "actual": number])
        {
            return false
        }
        if let limit = rules.exclusiveMaximum, !number.isLess(than: limit),
            fails("exclusiveMaximum", ["exclusiveMaximum": limit, "actual": number])
        {
            return false
        }
        if let divisor = rules.multipleOf, !divisor.divides(number),
            fails("multipleOf", ["multipleOf": JSON(number: divisor.value), "actual": number])
        {
            return false
        }
        return true
    }

    private mutating func check(_ elements: [JSON], _ rules: SchemaNode.ArrayRules) -> Bool {
        if let minimum = rules.minimumCount, elements.count < minimum,
            fails("minItems", ["minItems": .int(minimum), "actual": .int(elements.count)])
        {
            return false
        }
        if let maximum = rules.maximumCount, elements.count > maximum,
            fails("maxItems", ["maxItems": .int(maximum), "actual": .int(elements.count)])
        {
            return false
        }
        if rules.unique, elements.count > 1, let (first, second) = Self.firstRepetition(in: elements),
            fails("uniqueItems", ["first": .int(first), "second": .int(second)])
        {
            return false
        }
        for (index, element) in elements.enumerated() {
            guard let schema = index < rules.prefixItems.count ? rules.prefixItems[index] : rules.items else { break }
            if isCollecting { path.append(String(index)) }
            let isValid = check(schema, element)
            if isCollecting { path.removeLast() }
            if stops(isValid) { return false }
        }
        return true
    }

    private mutating func check(_ members: JSONObject, _ rules: SchemaNode.ObjectRules) -> Bool {
        if let minimum = rules.minimumCount, members.count < minimum,
            fails("minProperties", ["minProperties": .int(minimum), "actual": .int(members.count)])
        {
            return false
        }
        if let maximum = rules.maximumCount, members.count > maximum,
            fails("maxProperties", ["maxProperties": .int(maximum), "actual": .int(members.count)])
        {
            return false
        }
        var requiredCount = 0
        for (name, value) in members {
            let member = rules.members[name]
            if let member, member.isRequired { requiredCount += 1 }
            if let schema = member?.schema {
                if isCollecting { path.append(name) }
                let isValid = check(schema, value)
                if isCollecting { path.removeLast() }
                if stops(isValid) { return false }
            } else if let additional = rules.additional {
                if nodes[additional].rules.isFalse {
                    if fails("additionalProperties", [:], at: name) { return false }
                    continue
                }
                if isCollecting { path.append(name) }
                let isValid = check(additional, value)
                if isCollecting { path.removeLast() }
                if stops(isValid) { return false }
            }
        }
        if requiredCount < rules.requiredCount {
            for (name, member) in rules.members where member.isRequired && members[name] == nil {
                if fails("required", ["required": .string(name)], at: name) { return false }
            }
        }
        for (name, others) in rules.dependentRequired where members[name] != nil {
            for other in others where members[other] == nil {
                if fails("dependentRequired", ["required": .string(other), "because": .string(name)], at: other) {
                    return false
                }
            }
        }
        return true
    }

    /// Whether to stop after a part of the value was found valid or not.
    private func stops(_ isValid: Bool) -> Bool {
        !isValid && (!isCollecting || violations.count >= Schema.maximumViolations)
    }

    private mutating func checkCombinations(_ rules: SchemaNode.Rules, _ value: JSON) -> Bool {
        if let reference = rules.reference, stops(check(reference, value)) { return false }
        for schema in rules.allOf where stops(check(schema, value)) { return false }
        if !rules.anyOf.isEmpty, matches(in: rules.anyOf, value, atMost: 1) == 0,
            failsBranches("anyOf", rules.anyOf, value)
        {
            return false
        }
        if !rules.oneOf.isEmpty {
            switch matches(in: rules.oneOf, value, atMost: 2) {
            case 0: if failsBranches("oneOf", rules.oneOf, value) { return false }
            case 1: break
            default: if fails("oneOf", ["matched": 2]) { return false }
            }
        }
        if let not = rules.not, probe(not, value), fails("not", [:]) { return false }
        if let condition = rules.condition {
            let branch = probe(condition.test, value) ? condition.then : condition.otherwise
            if let branch, stops(check(branch, value)) { return false }
        }
        return true
    }

    /// How many of the schemas accept the value; the search ends at `limit`.
    private mutating func matches(in schemas: [Int], _ value: JSON, atMost limit: Int) -> Int {
        var count = 0
        for schema in schemas where count < limit && probe(schema, value) { count += 1 }
        return count
    }

    /// Reports the branch that the value's author most likely meant, or, when none stands out, that none fits.
    private mutating func failsBranches(_ keyword: String, _ branches: [Int], _ value: JSON) -> Bool {
        guard isCollecting else { return fails(keyword, [:]) }
        let reports = branches.map { violations(ofBranch: $0, value) }
        let distances = reports.map { BranchDistance($0, depth: path.count) }
        guard let least = distances.min(), !least.isOfAnotherKind, distances.count(where: { $0 == least }) == 1,
            let index = distances.firstIndex(of: least), !reports[index].isEmpty
        else { return fails(keyword, ["branches": .int(branches.count)]) }
        failures += 1
        violations += reports[index].prefix(Schema.maximumViolations - violations.count)
        return violations.count >= Schema.maximumViolations
    }

    /// How far a value is from one branch of `anyOf` or `oneOf`; the least is what was most likely meant.
    private struct BranchDistance: Comparable {
        /// The value itself has another type or is another constant than the branch asks.
        let isOfAnotherKind: Bool
        /// A member has another constant than the branch asks, which is how branches are told apart.
        let differs: Bool
        /// The deeper the failures, the more of the value fits.
        let depth: Int
        let count: Int

        init(_ violations: [Violation], depth: Int) {
            isOfAnotherKind = violations.contains {
                $0.pointer.tokens.count == depth && ["type", "const", "enum", "false"].contains($0.keyword)
            }
            differs = violations.contains { $0.pointer.tokens.count == depth + 1 && $0.keyword == "const" }
            self.depth = violations.map(\.pointer.tokens.count).max() ?? 0
            count = violations.count
        }

        static func < (left: Self, right: Self) -> Bool {
            (left.isOfAnotherKind ? 1 : 0, left.differs ? 1 : 0, -left.depth, left.count)
                < (right.isOfAnotherKind ? 1 : 0, right.differs ? 1 : 0, -right.depth, right.count)
        }
    }

    /// The first element that repeats an earlier one, with that one.
    private static func firstRepetition(in elements: [JSON]) -> (first: Int, second: Int)? {
        var seen: [[UInt8]: Int] = [:]
        for (index, element) in elements.enumerated() {
            if let first = seen.updateValue(index, forKey: element.canonicalBytes()) { return (first, index) }
        }
        return nil
    }
}

extension JSON {
    /// Compares two numbers exactly, also beyond 2⁵³, where a Double skips whole numbers.
    fileprivate func isLess(than other: JSON) -> Bool {
        switch (self, other) {
        case (.int(let one), .int(let two)): one < two
        case (.double(let one), .double(let two)): one < two
        case (.int(let one), .double(let two)): two >= 0x1p63 || two >= -0x1p63 && one < Int(two.rounded(.up))
        case (.double(let one), .int(let two)): one < -0x1p63 || one < 0x1p63 && Int(one.rounded(.down)) < two
        default: false
        }
    }
}
