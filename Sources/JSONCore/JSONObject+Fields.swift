/// A member that is missing or of another type than its reader needs.
public struct JSONFieldError: Error, Equatable, CustomStringConvertible {
    /// The member's name; inside nested values a path such as `events[2].at`.
    public let field: String
    /// What was expected there, e.g. "a string".
    public let expected: String

    public init(field: String, expected: String) {
        self.field = field
        self.expected = expected
    }

    public var description: String { "\(field): expected \(expected)" }

    /// The same error seen from the object that holds this one under `parent`.
    public func within(_ parent: String) -> JSONFieldError {
        JSONFieldError(field: "\(parent).\(field)", expected: expected)
    }
}

/// Typed reading of members. An `optional…` reader takes null as absent; both throw ``JSONFieldError`` on another type.
extension JSONObject {
    public func string(_ name: String) throws(JSONFieldError) -> String {
        guard case .string(let value)? = self[name] else { throw JSONFieldError(field: name, expected: "a string") }
        return value
    }

    public func optionalString(_ name: String) throws(JSONFieldError) -> String? {
        has(name) ? try string(name) : nil
    }

    public func int(_ name: String) throws(JSONFieldError) -> Int {
        guard case .int(let value)? = self[name] else { throw JSONFieldError(field: name, expected: "a whole number") }
        return value
    }

    public func optionalInt(_ name: String) throws(JSONFieldError) -> Int? { has(name) ? try int(name) : nil }

    public func bool(_ name: String) throws(JSONFieldError) -> Bool {
        guard case .bool(let value)? = self[name] else { throw JSONFieldError(field: name, expected: "true or false") }
        return value
    }

    public func optionalBool(_ name: String) throws(JSONFieldError) -> Bool? { has(name) ? try bool(name) : nil }

    public func object(_ name: String) throws(JSONFieldError) -> JSONObject {
        guard case .object(let value)? = self[name] else { throw JSONFieldError(field: name, expected: "an object") }
        return value
    }

    public func optionalObject(_ name: String) throws(JSONFieldError) -> JSONObject? {
        has(name) ? try object(name) : nil
    }

    public func array(_ name: String) throws(JSONFieldError) -> [JSON] {
        guard case .array(let value)? = self[name] else { throw JSONFieldError(field: name, expected: "a list") }
        return value
    }

    /// Each element of the list read by `element`; nil when the member is absent.
    public func optionalList<Element>(
        _ name: String, _ element: (JSONObject) throws(JSONFieldError) -> Element
    ) throws(JSONFieldError) -> [Element]? {
        has(name) ? try list(name, element) : nil
    }

    /// Each element of the list, an object, read by `element`.
    public func list<Element>(
        _ name: String, _ element: (JSONObject) throws(JSONFieldError) -> Element
    ) throws(JSONFieldError) -> [Element] {
        var elements: [Element] = []
        for (index, value) in try array(name).enumerated() {
            guard case .object(let object) = value else {
                throw JSONFieldError(field: "\(name)[\(index)]", expected: "an object")
            }
            do throws(JSONFieldError) { elements.append(try element(object)) } catch {
                throw error.within("\(name)[\(index)]")
            }
        }
        return elements
    }

    /// The list of strings; nil when the member is absent.
    public func optionalStrings(_ name: String) throws(JSONFieldError) -> [String]? {
        has(name) ? try strings(name) : nil
    }

    public func strings(_ name: String) throws(JSONFieldError) -> [String] {
        var strings: [String] = []
        for (index, value) in try array(name).enumerated() {
            guard case .string(let string) = value else {
                throw JSONFieldError(field: "\(name)[\(index)]", expected: "a string")
            }
            strings.append(string)
        }
        return strings
    }

    /// The object, a member of this one, read by `read`.
    public func value<Value2>(
        _ name: String, _ read: (JSONObject) throws(JSONFieldError) -> Value2
    ) throws(JSONFieldError) -> Value2 {
        let object = try object(name)
        do throws(JSONFieldError) { return try read(object) } catch { throw error.within(name) }
    }

    private func has(_ name: String) -> Bool { self[name].map { !$0.isNull } ?? false }

    /// The object without the members that are null.
    public var withoutNulls: JSONObject { values.contains(where: \.isNull) ? filter { !$0.value.isNull } : self }
}
