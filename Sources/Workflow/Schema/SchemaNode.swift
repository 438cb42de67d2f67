import JSONCore
import OrderedCollections

/// One compiled schema. Schemas in it are named by their index in ``Schema/nodes``.
final class SchemaNode: Sendable {
    struct StringRules {
        var minimumLength: Int?
        var maximumLength: Int?
        var pattern: Pattern?
        var format: StringFormat?
    }

    struct NumberRules {
        var minimum: JSON?
        var maximum: JSON?
        var exclusiveMinimum: JSON?
        var exclusiveMaximum: JSON?
        var multipleOf: DecimalDivisor?
    }

    struct ArrayRules {
        var prefixItems: [Int] = []
        var items: Int?
        var minimumCount: Int?
        var maximumCount: Int?
        var unique = false
    }

    struct Member {
        var schema: Int?
        var isRequired = false
    }

    struct ObjectRules {
        /// Every member that `properties` or `required` names, in that order.
        var members: OrderedDictionary<String, Member> = [:]
        var requiredCount = 0
        var additional: Int?
        var dependentRequired: OrderedDictionary<String, [String]> = [:]
        var minimumCount: Int?
        var maximumCount: Int?
    }

    struct Condition {
        var test: Int
        var then: Int?
        var otherwise: Int?
    }

    /// Everything that a schema can say; what is nil or empty is not asked.
    struct Rules {
        var isFalse = false
        var types: SchemaTypes?
        var choices: [JSON]?
        var constant: JSON?
        var string: StringRules?
        var number: NumberRules?
        var array: ArrayRules?
        var object: ObjectRules?
        var reference: Int?
        var allOf: [Int] = []
        var anyOf: [Int] = []
        var oneOf: [Int] = []
        var not: Int?
        var condition: Condition?

        /// The schemas that are applied to the same value.
        var inPlace: [Int] {
            [reference].compactMap { $0 } + allOf + anyOf + oneOf + [not].compactMap { $0 }
                + (condition.map { [$0.test, $0.then, $0.otherwise].compactMap { $0 } } ?? [])
        }
    }

    let rules: Rules
    /// The schema as it was written, for titles and hints; empty for `true` and `false`.
    let source: JSONObject

    init(rules: Rules, source: JSONObject) {
        self.rules = rules
        self.source = source
    }
}
