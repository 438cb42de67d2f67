import JSONCore

/// Places of a document as a definition names them: `*` stands for any member or element.
extension JSONPointer {
    /// Whether `path` is this place or within it.
    func covers(_ path: [String]) -> Bool { tokens.count <= path.count && matches(path) }

    /// Whether this place is within the one at `path`, and not the same.
    func isWithin(_ path: [String]) -> Bool { tokens.count > path.count && matches(path) }

    /// Whether one is within the other.
    func overlaps(_ path: [String]) -> Bool { matches(path) }

    private func matches(_ path: [String]) -> Bool {
        zip(tokens, path).allSatisfy { $0 == $1 || $0 == "*" || $1 == "*" }
    }

    /// The place below `path`, in which this one is.
    func below(_ path: [String]) -> [String] { Array(tokens.dropFirst(path.count)) }
}

extension JSON {
    /// This value, which stands at `path`, without what is at any of `places`; nil when nothing is left.
    func without(_ places: [JSONPointer], at path: [String] = []) -> JSON? {
        if places.contains(where: { $0.covers(path) }) { return nil }
        guard places.contains(where: { $0.isWithin(path) }) else { return self }
        return mapped(at: path) { $0.without(places, at: $1) }
    }

    /// Only what is at one of `places`; nil when there is nothing.
    func only(_ places: [JSONPointer], at path: [String] = []) -> JSON? {
        if places.contains(where: { $0.covers(path) }) { return self }
        guard places.contains(where: { $0.isWithin(path) }),
            let rest = mapped(at: path, { $0.only(places, at: $1) })
        else { return nil }
        return rest.objectValue?.isEmpty ?? rest.arrayValue?.isEmpty ?? true ? nil : rest
    }

    /// Nil for what has no parts.
    private func mapped(at path: [String], _ part: (JSON, [String]) -> JSON?) -> JSON? {
        switch self {
        case .object(let members):
            .object(
                JSONObject(members.compactMap { name, value in part(value, path + [name]).map { (name, $0) } }) { $1 })
        case .array(let elements):
            .array(elements.enumerated().compactMap { index, element in part(element, path + [String(index)]) })
        default: nil
        }
    }
}
