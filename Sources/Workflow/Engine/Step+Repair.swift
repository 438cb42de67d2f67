import JSONCore

/// Who was given a task stands in the document at `/case/assigned/EVENT`, so that the case goes on as it was repaired.
extension Step {
    static func repairing(
        _ current: Case, _ repair: Repair, reason: String, expectedVersion: Int?, definition: Definition,
        context: Context
    ) throws(Refusal) -> Step {
        var step = Step(current, definition: definition, context: context)
        try step.authorise(repair)
        if let expectedVersion, expectedVersion != current.version {
            throw .versionConflict(expected: expectedVersion, actual: current.version)
        }
        let reason = reason.precomposed.trimmed
        if reason.isEmpty { throw .repairRefused(.withoutReason) }
        var detail: JSONObject = [:]
        if let login = context.administrator { detail["administrator"] = .string(login) }
        switch repair {
        case .reassign(let event, let principal): try step.reassign(event, to: principal, &detail)
        case .extend(let name, let day): try step.extend(name, to: day, &detail)
        case .move(let state):
            try step.checkMove(to: state)
            if current.state == Case.cancelled { step.after.unique = definition.unique.map(step.view.text) }
            try step.enter(state)
        case .skip(let event): try step.skip(event, &detail)
        case .cancel: try step.cancel()
        case .migrate(let new, let states):
            step = try step.migrated(to: new, states: states, &detail)
        }
        step.conclude(name: repair.event, from: current.state, reason: reason, detail: detail)
        switch repair {
        case .reassign(_, let principal): step.tell([principal], topic: "reassigned")
        case .cancel: step.tell(step.roles.subject.map { [$0] } ?? [], topic: "cancelled")
        default: break
        }
        return step
    }

    private func authorise(_ repair: Repair) throws(Refusal) {
        let roles = roles
        let persons = [context.actor.official, context.actor.onBehalfOf].compactMap { $0.map(Principal.official) }
        guard
            context.administrator != nil
                || roles.principals(definition.repairers).contains(where: context.principals.contains)
        else { throw .notAllowed(event: repair.event, roles: definition.repairers + ["administrator"]) }
        if let subject = roles.subject, persons.contains(subject) { throw .repairRefused(.ownCase) }
    }

    // MARK: - Tasks and deadlines

    private mutating func reassign(_ name: String, to principal: Principal, _ detail: inout JSONObject) throws(Refusal)
    {
        guard let event = definition.states[after.state]?.events[name], event.isTask else {
            throw .repairRefused(.taskUnknown(name))
        }
        if event.casts != nil { throw .repairRefused(.vote(name)) }
        if roles.principals(event.except).contains(principal) { throw .repairRefused(.excluded(name)) }
        let before = assignees(of: event)
        if before == [principal] { throw .repairRefused(.nothingToDo) }
        // Given back to whom the workflow names, it is as if it had never been given away.
        let isOriginal = roles.principals(event.by) == [principal]
        after.document[JSONPointer(tokens: ["case", "assigned", name])] =
            isOriginal ? nil : .string(principal.description)
        detail["event"] = .string(name)
        detail["from"] = .array(before.map { .string($0.description) })
        detail["to"] = .string(principal.description)
    }

    /// Who is to do a task: whom it was given to, else the holders of its roles.
    func assignees(of event: EventDefinition) -> [Principal] {
        assigned(event.name).map { [$0] } ?? roles.principals(event.by)
    }

    private func assigned(_ event: String) -> Principal? {
        after.document["case"]?["assigned"]?[event]?.stringValue.flatMap { Principal($0) }
    }

    /// Who stands in for the holders of a role, because a task of theirs was given to him.
    func substitutes(for names: [String]) -> [Principal] {
        guard let given = after.document["case"]?["assigned"]?.objectValue else { return [] }
        return given.keys.filter { name in
            definition.event(name, in: after.state)?.by.contains(where: names.contains) ?? false
        }.compactMap(assigned)
    }

    private mutating func extend(_ name: String, to day: LocalDate, _ detail: inout JSONObject) throws(Refusal) {
        guard let deadline = definition.states[after.state]?.deadlines[name] else {
            throw .repairRefused(.deadlineUnknown(name))
        }
        let due = context.calendar.end(of: day)
        let before = self.due(deadline)
        if before == due { throw .repairRefused(.nothingToDo) }
        for earliest in [before, context.now].compactMap({ $0 }) where due <= earliest {
            throw .repairRefused(.notLater(than: context.calendar.date(at: earliest)))
        }
        after.timers.removeAll { $0.name == name && $0.kind != .open }
        after.overdue.removeAll { $0 == name }
        set(deadline, due: due)
        detail["name"] = .string(name)
        detail["due"] = JSON(due)
        detail["was"] = before.map { JSON($0) }
    }

    // MARK: - States

    private func checkMove(to name: String) throws(Refusal) {
        if name == after.state { throw .repairRefused(.nothingToDo) }
        try checkRest(in: name, of: definition)
        let isCancelled = after.state == Case.cancelled
        if !isCancelled, definition.states[after.state]?.isFinal == true {
            throw .repairRefused(.stateFinal(after.state))
        }
        if !isCancelled, !definition.leads(from: name, to: after.state) { throw .repairRefused(.notEarlier(name)) }
    }

    /// A case can be put into a state from which it goes on, and stays there until somebody acts.
    private func checkRest(in name: String, of definition: Definition) throws(Refusal) {
        guard let state = definition.states[name] else {
            throw .repairRefused(.stateUnknown(name, version: definition.version))
        }
        if state.isAutomatic { throw .repairRefused(.stateAutomatic(name)) }
        if state.isFinal { throw .repairRefused(.stateFinal(name)) }
    }

    private mutating func skip(_ name: String, _ detail: inout JSONObject) throws(Refusal) {
        guard let event = definition.states[after.state]?.events[name], let to = event.to, to != after.state else {
            throw .repairRefused(.leadsNowhere(name))
        }
        if definition.states[after.state]?.isFinal == true { throw .repairRefused(.stateFinal(after.state)) }
        // An automatic state is gone through by what stands in the document, which the skipped event would have changed.
        try checkRest(in: to, of: definition)
        try enter(to, by: name)
        detail["event"] = .string(name)
    }

    private mutating func cancel() throws(Refusal) {
        if after.state == Case.cancelled { throw .repairRefused(.nothingToDo) }
        if definition.states[after.state]?.isFinal == true { throw .repairRefused(.stateFinal(after.state)) }
        leave()
        invite(nil, by: nil)
        after.state = Case.cancelled
        // Another may be opened in its place.
        after.unique = nil
        after.stateSince = context.now
        after.closedAt = context.now
    }

    // MARK: - Migration

    /// The step by the new definition. The case has not entered its state anew: what is due stays due, and votes stay.
    private func migrated(
        to new: Definition, states: [String: String], _ detail: inout JSONObject
    ) throws(Refusal) -> Step {
        if new.version == definition.version { throw .repairRefused(.nothingToDo) }
        guard new.version > definition.version else { throw .repairRefused(.notNewer(version: definition.version)) }
        let target = states[after.state] ?? after.state
        let wasFinal = definition.states[after.state]?.isFinal ?? true
        if target != Case.cancelled {
            guard let state = new.states[target] else {
                throw .repairRefused(.stateUnknown(target, version: new.version))
            }
            if state.isAutomatic { throw .repairRefused(.stateAutomatic(target)) }
            if state.isFinal != wasFinal { throw .repairRefused(.stateFinal(wasFinal ? after.state : target)) }
        }
        guard after.document[new.subject] == after.document[definition.subject],
            after.document[new.unit] == after.document[definition.unit]
        else { throw .repairRefused(.otherSubject) }
        detail["definition"] = .int(new.version)
        detail["was"] = .int(definition.version)
        var step = Step(after, definition: new, context: context)
        step.after.definition = new.version
        step.after.state = target
        step.after.unique = target == Case.cancelled ? nil : new.unique.map(step.view.text)
        step.keepWhatFits(from: definition.states[after.state])
        return step
    }

    /// Brings deadlines, timers, tasks and ballots of the present state in line with its definition.
    private mutating func keepWhatFits(from old: StateDefinition?) {
        let state = definition.states[after.state]
        let timers = after.timers
        let due = after.document["case"]?["due"]?.objectValue ?? [:]
        after.timers = timers.filter { $0.kind == .open && state?.recurring[$0.name] != nil }
        after.overdue.removeAll { state?.deadlines[$0] == nil }
        after.document["case"]?["due"] = nil
        for deadline in state?.deadlines.values.map({ $0 }) ?? [] {
            if let kept = due[deadline.name]?.stringValue.flatMap({ Timestamp($0) }) {
                set(deadline, due: kept)
            } else {
                set(deadline)
            }
        }
        for recurrence in state?.recurring.values.map({ $0 }) ?? [] where old?.recurring[recurrence.name] == nil {
            set(recurrence, after: nil)
        }
        for event in after.document["case"]?["assigned"]?.objectValue?.keys.map({ $0 }) ?? []
        where state?.events[event]?.isTask != true {
            after.document["case"]?["assigned"]?[event] = nil
        }
        if let ballot = state?.ballot, after.document["ballots"]?[ballot]?["votes"] == nil { open(ballot) }
    }
}

extension Definition {
    /// Whether a case in one state can come to stand in another.
    func leads(from start: String, to end: String) -> Bool {
        var reached: Set<String> = [start]
        var waiting = [start]
        while let state = waiting.popLast() {
            for next in successors(of: state) where reached.insert(next).inserted { waiting.append(next) }
        }
        return reached.contains(end)
    }
}

extension Engine {
    /// Forms in the document that would not be taken any more: the places that the definition's events put them at, where none
    /// of the forms for it fits.
    public static func misfits(in document: JSON, definition: Definition) -> [JSONPointer] {
        var forms: [JSONPointer: [(schema: Schema, added: [String])]] = [:]
        for event in definition.allEvents {
            guard let schema = event.form.flatMap({ definition.forms[$0] }) else { continue }
            for operation in event.record where operation.kind == .put && operation.value == nil {
                forms[operation.target, default: []].append((schema, operation.with?.memberNames ?? []))
            }
        }
        return forms.filter { place, forms in
            guard let value = document[place] else { return false }
            return !forms.contains { schema, added in
                var form = value
                for name in added { form[name] = nil }
                return schema.isValid(form)
            }
        }.keys.sorted { $0.description < $1.description }
    }
}

extension ValueTemplate {
    fileprivate var memberNames: [String] {
        if case .object(let members) = self { return members.map(\.0) }
        return []
    }
}

extension String {
    fileprivate var trimmed: String {
        let isSpace: (Character) -> Bool = \.isWhitespace
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
