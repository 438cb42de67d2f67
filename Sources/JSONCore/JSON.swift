/// A JSON value (RFC 8259).
///
/// Whole numbers that fit 64 bits are ``int(_:)``, whether they were written `1`, `1.0` or `1e0`; every other number is
/// ``double(_:)``. Two objects are equal when they have equal members in any order.
public enum JSON: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

extension JSON: Equatable {
    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.double(let a), .double(let b)): a == b
        // Swift compares strings by canonical equivalence; JSON's are equal only code point by code point.
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(floatLiteral value: Double) { self = JSON(number: value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements, uniquingKeysWith: { $1 }))
    }
}

extension JSON {
    /// A number in its normal form: ``int(_:)`` when it is whole and exactly representable.
    public init(number: Double) {
        self = Int(exactly: number).map(JSON.int) ?? .double(number)
    }

    /// The string, or null for nil.
    public init(_ string: String?) { self = string.map(JSON.string) ?? .null }
    /// The number, or null for nil.
    public init(_ int: Int?) { self = int.map(JSON.int) ?? .null }

    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var intValue: Int? { if case .int(let value) = self { value } else { nil } }
    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    public var arrayValue: [JSON]? { if case .array(let value) = self { value } else { nil } }
    public var objectValue: JSONObject? { if case .object(let value) = self { value } else { nil } }
    public var isNull: Bool { if case .null = self { true } else { false } }

    /// The number as a Double, whole or not.
    public var numberValue: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// The member of an object. Nil when this is not an object or has no such member; setting on anything else than an
    /// object makes it one.
    public subscript(_ member: String) -> JSON? {
        get { if case .object(let object) = self { object[member] } else { nil } }
        set {
            var object = objectValue ?? [:]
            self = .null  // releases the only other reference, so that the change is made in place
            object[member] = newValue
            self = .object(object)
        }
    }

    /// The element of an array, or nil when this is not an array or is shorter.
    public subscript(_ index: Int) -> JSON? {
        if case .array(let array) = self, array.indices.contains(index) { array[index] } else { nil }
    }

    /// What the value is, in JSON's own words: null, boolean, integer, number, string, array, object.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .int: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension JSON: CustomStringConvertible {
    /// The compact text, members in their own order.
    public var description: String { String(decoding: bytes(), as: UTF8.self) }
}
