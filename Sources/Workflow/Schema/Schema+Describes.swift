extension Schema {
    /// Whether a value that keeps to the schema can have something at a place: some part of it names the members on the way
    /// (`*` any of them, or any element), or leaves open what there is.
    func describes(_ path: [String]) -> Bool { describes(path[...], at: 0, depth: 0) }

    private func describes(_ path: ArraySlice<String>, at index: Int, depth: Int) -> Bool {
        guard let token = path.first else { return true }
        // A schema may refer to itself without end.
        guard depth < 64 else { return false }
        let rules = nodes[index].rules
        let rest = path.dropFirst()
        func next(_ index: Int?) -> Bool { index.map { describes(rest, at: $0, depth: depth + 1) } ?? true }
        if let object = rules.object {
            if token == "*", object.members.values.contains(where: { next($0.schema) }) { return true }
            if let member = object.members[token] { return next(member.schema) }
            if let additional = object.additional { return !nodes[additional].rules.isFalse && next(additional) }
        }
        if let array = rules.array, token == "*" || Int(token) != nil { return next(array.items) }
        let others = rules.inPlace
        if others.isEmpty { return rules.object == nil && rules.array == nil && rules.types == nil }
        return others.contains { describes(path, at: $0, depth: depth + 1) }
    }
}
