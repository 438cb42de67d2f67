import JSONCore
import Yams

extension DefinitionLoader {
    /// `readers`: roles, or `{role: …, in: states, sees: places}`.
    mutating func readers(_ map: YAMLMapping) -> [ReaderDefinition] {
        guard let node = map.optional("readers") else { return [] }
        return (node.sequence.map(Array.init) ?? [node]).compactMap { entry in
            guard entry.mapping != nil else {
                guard let role = reader.string(entry, "each of \"readers\"") else { return nil }
                references.append(("role", role, entry))
                return ReaderDefinition(role: role, states: nil, sees: nil)
            }
            guard let parts = reader.mapping(entry, "a reader") else { return nil }
            defer { parts.refuseOthers() }
            _ = parts.required("role")
            let role = refer("role", parts, "role").first
            let states = parts.optional("in") == nil ? nil : refer("state", parts, "in")
            let sees = places(parts, "sees")
            return role.map { ReaderDefinition(role: $0, states: states, sees: sees) }
        }
    }

    /// `restricted`: `{at: places, readers: roles}`.
    mutating func restricted(_ map: YAMLMapping) -> [RestrictedPart] {
        guard let node = map.optional("restricted") else { return [] }
        return reader.sequence(node, "\"restricted\"").compactMap { entry in
            guard let parts = reader.mapping(entry, "a restricted part") else { return nil }
            defer { parts.refuseOthers() }
            guard parts.required("at") != nil, parts.required("readers") != nil else { return nil }
            return RestrictedPart(places: places(parts, "at") ?? [], readers: refer("role", parts, "readers"))
        }
    }

    private mutating func places(_ map: YAMLMapping, _ key: String) -> [JSONPointer]? {
        guard let node = map.optional(key) else { return nil }
        let nodes = node.sequence.map(Array.init) ?? [node]
        if nodes.isEmpty { reader.report("\"\(key)\" names no place", at: node) }
        return nodes.compactMap { node in
            guard let place = reader.pointer(node, "each of \"\(key)\"") else { return nil }
            places.append((place, node))
            return place
        }
    }

    func reportPlaces(_ definition: Definition) {
        for (place, node) in places where !definition.writes(place) {
            reader.report("nothing ever writes \(place)", at: node)
        }
        for problem in definition.privacyProblems() {
            if let node = places.first(where: { $0.place == problem.place })?.node {
                reader.report(problem.message, at: node)
            }
        }
    }
}
