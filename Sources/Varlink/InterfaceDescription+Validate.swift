import JSONCore

extension InterfaceDescription {
    /// Holds the parameters of a call against the description.
    /// - Parameter method: Without the interface's name, e.g. `GetInfo`.
    /// - Returns: The parameters without members that are null where the description has a nullable field: absent and
    ///   null mean the same.
    /// - Throws: InvalidParameter with the path of the first member that is unknown, missing or of a wrong type, e.g.
    ///   `filter.states[0]`; MethodNotFound.
    @discardableResult
    public func validate(parameters: JSONObject, of method: String) throws(VarlinkError) -> JSONObject {
        guard let method = self.method(method) else { throw .methodNotFound("\(name).\(method)") }
        return try validate(parameters, method.parameters)
    }

    /// Holds a reply against the description, as strictly as a call: for tests and debug builds.
    @discardableResult
    public func validate(reply: JSONObject, of method: String) throws(VarlinkError) -> JSONObject {
        guard let method = self.method(method) else { throw .methodNotFound("\(name).\(method)") }
        return try validate(reply, method.reply)
    }

    /// Holds an error's parameters against the description, as strictly as a call: for tests and debug builds.
    /// - Parameter error: With or without the interface's name. An error that is not described is an InvalidParameter
    ///   of its name.
    @discardableResult
    public func validate(error: String, parameters: JSONObject) throws(VarlinkError) -> JSONObject {
        let short = error.hasPrefix(name + ".") ? String(error.dropFirst(name.count + 1)) : error
        guard let type = self.error(short) else { throw .invalidParameter(error) }
        return try validate(parameters, type.parameters)
    }

    private func validate(_ object: JSONObject, _ structure: Structure) throws(VarlinkError) -> JSONObject {
        do throws(Mismatch) {
            return try check(object, structure) ?? object
        } catch {
            throw .invalidParameter(error.path)
        }
    }

    /// The place of a wrong value, written from the inside out, so that a correct message pays nothing for it.
    private struct Mismatch: Error {
        var path = ""

        func inside(_ member: String) -> Self {
            Self(path: path.isEmpty || path.hasPrefix("[") ? member + path : "\(member).\(path)")
        }
        func inside(_ index: Int) -> Self {
            Self(path: path.isEmpty || path.hasPrefix("[") ? "[\(index)]\(path)" : "[\(index)].\(path)")
        }
    }

    /// - Returns: The object without null members, nil when it has none.
    private func check(_ object: JSONObject, _ structure: Structure) throws(Mismatch) -> JSONObject? {
        var changed: JSONObject?
        var known = 0
        var missing: String?
        for field in structure.fields {
            guard let value = object[field.name], !value.isNull else {
                if object[field.name] != nil {
                    known += 1
                    changed = changed ?? object
                    changed?[field.name] = nil
                }
                if case .nullable = field.type {} else { missing = missing ?? field.name }
                continue
            }
            known += 1
            do throws(Mismatch) {
                if let value = try check(value, field.type) {
                    changed = changed ?? object
                    changed?[field.name] = value
                }
            } catch {
                throw error.inside(field.name)
            }
        }
        // A misspelt name is both unknown and missing: the name that was written helps more.
        if known < object.count {
            let names = Set(structure.fields.map(\.name))
            throw Mismatch(path: object.keys.first { !names.contains($0) } ?? "")
        }
        if let missing { throw Mismatch(path: missing) }
        return changed
    }

    /// - Returns: The value without null members, nil when it has none.
    private func check(_ value: JSON, _ type: ValueType) throws(Mismatch) -> JSON? {
        switch (type, value) {
        case (.bool, .bool), (.int, .int), (.float, .int), (.float, .double), (.string, .string), (.object, .object):
            return nil
        case (.any, let value) where !value.isNull: return nil
        case (.nullable, .null): return nil
        case (.nullable(let type), let value): return try check(value, type)
        case (.named(let name), let value):
            guard let type = self.type(name) else { throw Mismatch() }
            return try check(value, type.type)
        case (.enumeration(let cases), .string(let text)):
            guard cases.contains(where: { $0.name == text }) else { throw Mismatch() }
            return nil
        case (.structure(let structure), .object(let object)):
            return try check(object, structure).map(JSON.object)
        case (.array(let type), .array(var elements)):
            var changed = false
            for (index, element) in elements.enumerated() {
                do throws(Mismatch) {
                    guard let element = try check(element, type) else { continue }
                    elements[index] = element
                    changed = true
                } catch {
                    throw error.inside(index)
                }
            }
            return changed ? .array(elements) : nil
        case (.map(let type), .object(var members)):
            var changed = false
            for (name, member) in members {
                do throws(Mismatch) {
                    guard let member = try check(member, type) else { continue }
                    members[name] = member
                    changed = true
                } catch {
                    throw error.inside(name)
                }
            }
            return changed ? .object(members) : nil
        default: throw Mismatch()
        }
    }
}
