import JSONCore

/// A JSON Schema (draft 2020-12), read once and then used for many values, from any thread.
///
/// The supported part of the draft, everything else is refused when the schema is read:
/// - structure: `$schema`, `$id` (at the root), `$ref` (`#`, `#/…`, `#anchor`), `$anchor`, `$defs`, `$comment`, and
///   the schemas `true` and `false`;
/// - any value: `type`, `enum`, `const`;
/// - objects: `properties`, `additionalProperties`, `required`, `dependentRequired`, `minProperties`, `maxProperties`;
/// - arrays: `items`, `prefixItems`, `minItems`, `maxItems`, `uniqueItems`;
/// - numbers: `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf` (exact in decimal: 19.99 is a
///   multiple of 0.01);
/// - strings: `minLength`, `maxLength` (in code points), `pattern` (see ``Pattern``), `format` (asserted: `date`,
///   `date-time`, `email`);
/// - combinations: `allOf`, `anyOf`, `oneOf`, `not`, `if`, `then`, `else`;
/// - notes: `title`, `description`, `default`, `examples`, `readOnly`, `deprecated`.
///
/// Our own notes: `x-title` and `x-hint` (`{"vi": …, "en": …}`), `x-enum-titles` (`{VALUE: {"vi": …, "en": …}}`) and
/// `x-personal` (`true`: a part of a dossier that needs protection).
public struct Schema: Sendable {
    /// Violations that ``validate(_:root:)`` reports at most.
    public static let maximumViolations = 100

    /// The JSON that the schema was read from.
    public let source: JSON
    /// The schema and every schema in it; the first is the root.
    let nodes: [SchemaNode]

    /// Reads a schema.
    /// - Throws: ``SchemaErrors`` with all problems at once.
    public init(_ json: JSON) throws(SchemaErrors) {
        source = json
        nodes = try SchemaCompiler.compile(json)
    }

    /// Whether `value` keeps to the schema; ends at the first failure.
    public func isValid(_ value: JSON) -> Bool {
        var evaluation = SchemaEvaluation(nodes: nodes)
        return evaluation.accepts(value)
    }

    /// Every way in which `value` breaks the schema, at most ``maximumViolations``; none when it is valid.
    /// - Parameter root: Where the value is in the document that it is part of; pointers begin with it.
    public func validate(_ value: JSON, root: JSONPointer = .init()) -> [Violation] {
        var evaluation = SchemaEvaluation(nodes: nodes)
        return evaluation.accepts(value) ? [] : evaluation.violations(of: value, root: root)
    }
}
