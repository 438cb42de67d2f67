import JSONCore

extension JSON {
    /// The way to a text that holds U+0000, e.g. `form.advantages[0]`; nil when none does. Databases end a text there or
    /// refuse it, so that a history with one would not be what was hashed.
    var pathOfNUL: String? {
        switch self {
        case .string(let text): return text.utf8.contains(0) ? "" : nil
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                if let path = element.pathOfNUL {
                    return "[\(index)]" + (path.isEmpty || path.first == "[" ? "" : ".") + path
                }
            }
            return nil
        case .object(let members):
            for (name, member) in members {
                if name.utf8.contains(0) { return name }
                if let path = member.pathOfNUL { return name + (path.isEmpty || path.first == "[" ? "" : ".") + path }
            }
            return nil
        case .null, .bool, .int, .double: return nil
        }
    }
}
