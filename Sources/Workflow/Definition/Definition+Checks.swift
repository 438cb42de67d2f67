import OrderedCollections

extension Definition {
    /// What is wrong with the graph of states although every name in it is known.
    func structuralProblems() -> [(state: String, message: String)] {
        var problems: [(String, String)] = []
        for state in states.values where state.isAutomatic {
            if !state.events.isEmpty || state.isFinal {
                problems.append(
                    (state.name, "state \"\(state.name)\" goes on by itself, so it can have no events and is not final")
                )
            }
            if state.automatic.last?.condition != nil {
                problems.append(
                    (
                        state.name,
                        "the last automatic transition of \"\(state.name)\" must have no \"if\", or a case could be stuck"
                    ))
            }
            if let cycle = automaticCycle(from: state.name) {
                problems.append((state.name, "automatic transitions go in a circle: \(cycle.joined(separator: " → "))"))
            }
        }
        for state in states.values where !state.isFinal && successors(of: state.name).isEmpty {
            problems.append((state.name, "a case can never leave state \"\(state.name)\", and it is not final"))
        }
        var reached: Set<String> = []
        var waiting = [open.to].compactMap { $0 }
        if open.to == nil { problems.append(("", "\"open\" needs a \"to\": the first state")) }
        while let name = waiting.popLast() {
            if reached.insert(name).inserted { waiting.append(contentsOf: successors(of: name)) }
        }
        for name in states.keys where !reached.contains(name) {
            problems.append((name, "no case can ever reach state \"\(name)\""))
        }
        for state in states.values {
            for event in events(in: state.name) {
                for ballot in [event.casts, event.closes].compactMap({ $0 }) where state.ballot != ballot {
                    problems.append(
                        (
                            state.name,
                            "event \"\(event.name)\" is about ballot \"\(ballot)\", which state \"\(state.name)\" does not open"
                        ))
                }
                if let tally = event.tally, let ballot = ballots[tally.ballot],
                    Set(tally.counts.keys) != Set(ballot.options.keys)
                {
                    problems.append(
                        (state.name, "the tally of \"\(event.name)\" must count every option of \"\(tally.ballot)\""))
                }
            }
            if let ballot = state.ballot, !events(in: state.name).contains(where: { $0.closes == ballot }) {
                problems.append((state.name, "no event closes the ballot \"\(ballot)\" of state \"\(state.name)\""))
            }
        }
        return problems
    }

    /// The states that can follow a state.
    public func successors(of state: String) -> [String] {
        let automatic = states[state]?.automatic.map(\.to) ?? []
        let targets = automatic + events(in: state).compactMap { $0.to ?? nil }
        return Array(OrderedSet(targets.filter { $0 != state }))
    }

    private func automaticCycle(from start: String) -> [String]? {
        func search(_ path: [String]) -> [String]? {
            for next in states[path[path.count - 1]]?.automatic.map(\.to) ?? [] {
                if next == start { return path + [next] }
                if !path.contains(next), let cycle = search(path + [next]) { return cycle }
            }
            return nil
        }
        return search([start])
    }
}
