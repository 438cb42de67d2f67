import JSONCore

/// What can be said of the places of a document before there is one.
extension Definition {
    /// Whether anything is ever written to a place, as far as the definition and its forms tell.
    func writes(_ place: JSONPointer) -> Bool {
        switch place.tokens[0] {
        case "case": return true
        case "ballots":
            let kept = ["electorate", "recused", "opened_on", "votes", "result", "on_paper", "*"]
            return ballots.keys.contains { place.overlaps(["ballots", $0]) }
                && (place.tokens.count < 3 || kept.contains(place.tokens[2]))
        default: return allEvents.contains { event in event.record.contains { writes($0, of: event, to: place) } }
        }
    }

    private func writes(_ operation: RecordOperation, of event: EventDefinition, to place: JSONPointer) -> Bool {
        var paths = [operation.path]
        if case .supersede(let keep) = operation.kind { paths.append(keep.tokens + ["*"]) }
        return paths.contains { path in
            if place.covers(path) { return true }
            guard place.isWithin(path), operation.kind.writes else { return false }
            let rest = place.below(path)
            if case .append(let number?) = operation.kind, rest[0] == number { return true }
            if operation.with?.mayHave(rest[0]) == true { return true }
            if let value = operation.value { return value.mayHave(rest[0]) }
            return event.form.flatMap { forms[$0] }?.describes(rest) ?? false
        }
    }

    /// Places that the case's title shows.
    var titlePlaces: [JSONPointer] {
        caseTitle.split(separator: "{").compactMap { $0.split(separator: "}").first.map(String.init) }
            .filter { $0.hasPrefix("/") }.compactMap { JSONPointer($0) }
    }

    /// What would show to a reader what he may not see, by the place that says it.
    func privacyProblems() -> [(place: JSONPointer, message: String)] {
        var problems: [(JSONPointer, String)] = []
        let listed = titlePlaces + [subject, unit, period].compactMap { $0 }
        for place in restricted.flatMap(\.places) {
            for shown in listed where place.overlaps(shown.tokens) {
                problems.append((place, "\(place) cannot be restricted: lists show \(shown) to every reader"))
            }
            for event in allEvents {
                for operation in event.record {
                    for (from, to) in copies(by: operation) where place.isWithin(from.tokens) {
                        let copy = JSONPointer(tokens: to + place.below(from.tokens))
                        if !isRestricted(copy) {
                            problems.append(
                                (place, "\(event.name) copies \(place) to \(copy), which is not restricted"))
                        }
                    }
                }
            }
        }
        for reader in readers {
            guard let sees = reader.sees, let first = sees.first else { continue }
            for place in titlePlaces where !sees.contains(where: { $0.covers(place.tokens) }) {
                problems.append((first, "\(reader.role) must see \(place), which is part of the case's title"))
            }
            for place in sees {
                for part in restricted where !part.readers.contains(reader.role) {
                    for hidden in part.places where hidden.covers(place.tokens) {
                        problems.append(
                            (place, "\(reader.role) cannot see \(place): \(hidden) is restricted to others"))
                    }
                }
            }
        }
        return problems
    }

    /// Whether what cases are found by under this name is, or holds, something restricted.
    public func isRestricted(field: String) -> Bool {
        guard let place = index[field] else { return false }
        return restricted.contains { $0.places.contains { $0.overlaps(place.tokens) } }
    }

    private func copies(by operation: RecordOperation) -> [(from: JSONPointer, to: [String])] {
        var copies: [(JSONPointer, [String])] = []
        if case .pointer(let from)? = operation.value { copies.append((from, operation.path)) }
        if case .supersede(let keep) = operation.kind { copies.append((operation.target, keep.tokens + ["*"])) }
        return copies
    }

    private func isRestricted(_ place: JSONPointer) -> Bool {
        restricted.contains { $0.places.contains { $0.covers(place.tokens) } }
    }
}

extension ValueTemplate {
    /// Whether its value can have a member of this name.
    fileprivate func mayHave(_ name: String) -> Bool {
        switch self {
        case .object(let members): members.contains { $0.0 == name }
        case .pointer: true
        case .constant(let json): json[name] != nil
        default: false
        }
    }
}
