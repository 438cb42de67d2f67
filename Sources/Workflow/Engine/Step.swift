import JSONCore

/// One case while a command changes it: collects what must become true.
struct Step {
    let definition: Definition
    let context: Context
    let before: Case?
    var after: Case
    var messages: [OutboxMessage] = []
    /// Invitations that were given up on the way: what was invited to, who was, and the topic that says so.
    var cancelled: [(invitation: JSONObject, to: [Principal], topic: String)] = []
    private var events: [Event] = []
    private var entered: String?
    /// Whether the event that is carried out came after its deadline.
    private var late = false

    init(_ current: Case, definition: Definition, context: Context) {
        before = current
        after = current
        self.definition = definition
        self.context = context
    }

    private init(opening blank: Case, definition: Definition, context: Context) {
        before = nil
        after = blank
        self.definition = definition
        self.context = context
    }

    var roles: RoleResolver { RoleResolver(definition: definition, document: after.document, context: context) }

    var view: View {
        View(
            document: after.document, form: nil, current: after, definition: definition, context: context, late: late)
    }

    // MARK: - Opening

    static func opening(
        id: String, form: JSON, definition: Definition, context: Context
    ) throws(Refusal) -> Step {
        let parent = context.parent
        let blank = Case(
            id: id, workflow: definition.name, definition: definition.version, state: "", version: 0, title: "",
            parent: parent?.current.id, recurrence: parent?.recurrence, openedAt: context.now, updatedAt: context.now,
            stateSince: context.now, stateVersion: 0, document: [:], head: "")
        var step = Step(opening: blank, definition: definition, context: context)
        let units = context.units.map { JSON.object(["id": .string($0.id), "level": .string($0.level)]) }
        step.after.document = ["case": ["units": .array(units)]]
        let open = definition.open
        let form = try step.checked(form, of: open)
        let subject = Engine.subject(ofOpening: form ?? [:], definition: definition)
        if subject.official == nil { throw .subjectMissing(place: definition.subject) }
        if subject.unit == nil { throw .subjectMissing(place: definition.unit) }
        step.after.subject = subject.official
        step.after.unit = subject.unit
        for operation in open.record { try step.record(operation, form: form) }
        // The roles follow from what the form says. A recurrence or a roster opens cases itself; a person needs the role.
        if context.actor != .system { try step.authorise(open) }
        let warnings = try step.require(open, form: form)
        step.carry(.previous, from: context.previous)
        step.carry(.parent, from: parent?.current)
        step.after.period = definition.period.flatMap { step.after.document[$0]?.stringValue } ?? parent?.period
        step.after.unique = definition.unique.map(step.view.text)
        try step.enter(open.to ?? "")
        var detail: JSONObject = warnings.isEmpty ? [:] : ["warnings": .array(warnings)]
        if let parent {
            detail["parent"] = .string(parent.current.id)
            detail["recurrence"] = .string(parent.recurrence)
        }
        if let roster = context.roster {
            detail["roster"] = .string(roster.name)
            detail["due"] = JSON(roster.due)
        }
        let late = context.roster.map { step.isLater(than: $0.due) } ?? false
        step.conclude(name: "$open", from: nil, form: form, late: late, detail: detail, notify: open.notify)
        return step
    }

    /// Makes the case, which somebody has opened already, one of its parent's.
    static func adopting(_ current: Case, definition: Definition, context: Context) -> Step {
        var step = Step(current, definition: definition, context: context)
        guard let parent = context.parent else { return step }
        step.after.parent = parent.current.id
        step.after.recurrence = parent.recurrence
        step.carry(.parent, from: parent.current)
        step.conclude(
            name: "$adopt", from: current.state,
            detail: ["parent": .string(parent.current.id), "recurrence": .string(parent.recurrence)])
        return step
    }

    /// Takes over what another case brings along.
    private mutating func carry(_ source: CarryDefinition.Source, from other: Case?) {
        guard let other else { return }
        let view = View(document: other.document, form: nil, current: other, definition: definition, context: context)
        for entry in definition.carry where entry.from == source {
            guard let value = view.value(entry.value) else { continue }
            guard let members = entry.members, let list = value.arrayValue else {
                after.document[entry.target] = value
                continue
            }
            after.document[entry.target] = .array(
                list.map { element in
                    .object(JSONObject(members.compactMap { name in element[name].map { (name, $0) } }) { $1 })
                })
        }
    }

    private func isLater(than due: Timestamp) -> Bool {
        context.calendar.date(at: context.now) > context.calendar.date(at: due)
    }

    // MARK: - Events

    mutating func send(_ name: String, form: JSON?, expectedVersion: Int?, reason: String?) throws(Refusal) {
        if let expectedVersion, expectedVersion != after.version {
            throw .versionConflict(expected: expectedVersion, actual: after.version)
        }
        guard let event = definition.event(name, in: after.state) else {
            throw .eventNotAccepted(
                event: name, state: after.state, accepted: definition.events(in: after.state).map(\.name))
        }
        try authorise(event)
        late = isLate(name)
        let form = try checked(form, of: event)
        let warnings = try require(event, form: form)
        if let ballot = event.casts { try cast(ballot, form: form ?? [:]) }
        if let ballot = event.closes { try close(ballot) }
        if let tally = event.tally { try enter(tally, form: form ?? [:]) }
        for operation in event.record { try record(operation, form: form) }
        let from = after.state
        var detail: JSONObject = warnings.isEmpty ? [:] : ["warnings": .array(warnings)]
        if let to = event.to {
            let passed = try enter(to, by: name)
            if !passed.isEmpty { detail["via"] = .array(passed.map(JSON.string)) }
        }
        conclude(
            name: name, from: from, form: form, reason: reason?.precomposed, late: late, detail: detail,
            notify: event.notify)
    }

    /// By what the case says, not by whether the timer has run yet.
    private func isLate(_ event: String) -> Bool {
        definition.states[after.state]?.deadlines.values.contains { deadline in
            guard deadline.events.contains(event), let due = due(deadline) else { return false }
            return context.now > due
        } ?? false
    }

    func due(_ deadline: DeadlineDefinition) -> Timestamp? {
        after.document["case"]?["due"]?[deadline.name]?.stringValue.flatMap(Timestamp.init)
    }

    func authorise(_ event: EventDefinition) throws(Refusal) {
        let roles = roles
        let persons = [context.actor.official, context.actor.onBehalfOf].compactMap { $0.map(Principal.official) }
        if context.actor.onBehalfOf != nil, persons.first == roles.subject {
            throw .excluded(event: event.name, role: "subject")
        }
        guard (roles.principals(event.by) + assignees(of: event)).contains(where: context.principals.contains) else {
            throw .notAllowed(event: event.name, roles: event.by)
        }
        for role in event.except {
            for principal in roles.principals([role])
            where context.principals.contains(principal) || persons.contains(principal) {
                throw .excluded(event: event.name, role: role)
            }
        }
    }

    /// The form as it will be kept: NFC, without members that are null, valid.
    func checked(_ form: JSON?, of event: EventDefinition) throws(Refusal) -> JSON? {
        guard let name = event.form, let schema = definition.forms[name] else {
            if form?.objectValue?.isEmpty ?? true { return nil }
            throw .formUnexpected(event: event.name)
        }
        guard let form, !(event.formIsOptional && form.objectValue?.isEmpty == true) else {
            if event.formIsOptional { return nil }
            throw .formMissing(event: event.name, form: name)
        }
        let normal = form.precomposed().droppingNulls
        let violations = schema.validate(normal)
        guard violations.isEmpty else { throw .invalidForm(form: name, violations: violations) }
        return normal
    }

    /// - Returns: What is to be said although the event is carried out.
    func require(_ event: EventDefinition, form: JSON?) throws(Refusal) -> [JSON] {
        guard !event.requires.isEmpty else { return [] }
        var warnings: [JSON] = []
        var view = view
        view.form = form
        for requirement in event.requires {
            if let condition = requirement.condition, !view.holds(condition) { continue }
            if view.holds(requirement.predicate) { continue }
            guard requirement.isWarning else {
                throw .requirementNotMet(event: event.name, message: requirement.message)
            }
            warnings.append(requirement.message.json)
        }
        return warnings
    }

    // MARK: - States

    /// Enters a state and goes on through automatic ones; returns the states that were passed.
    /// - Parameter event: The one that leads there.
    @discardableResult
    mutating func enter(_ target: String, by event: String? = nil) throws(Refusal) -> [String] {
        var target = target
        var passed: [String] = []
        while let state = definition.states[target], state.isAutomatic {
            passed.append(target)
            let view = view
            guard let next = state.automatic.first(where: { $0.condition.map(view.holds) ?? true }) else { break }
            target = next.to
        }
        guard let state = definition.states[target] else { return passed }
        leave()
        entered = target
        after.state = target
        after.stateSince = context.now
        after.closedAt = state.isFinal ? context.now : nil
        if let ballot = state.ballot { open(ballot) }
        for deadline in state.deadlines.values { set(deadline) }
        for recurrence in state.recurring.values { set(recurrence, after: nil) }
        invite(state, by: event)
        return passed
    }

    /// Ends what belongs to the present state.
    mutating func leave() {
        after.overdue = []
        after.timers = []
        after.document["case"]?["due"] = nil
        after.document["case"]?["assigned"] = nil
    }

    mutating func set(_ deadline: DeadlineDefinition) {
        let calendar = context.calendar
        let today = calendar.date(at: context.now)
        let wanted: LocalDate?
        switch deadline.due {
        case .after(let offset): wanted = calendar.date(today, offset: offset)
        case .at(let pointer, let otherwise):
            let text = after.document[pointer]?.stringValue
            let day = text.flatMap { LocalDate($0) ?? Timestamp($0).map(calendar.date(at:)) }
            let after = otherwise.map { calendar.date(today, offset: $0) }
            wanted = day.map { $0 < today ? after ?? $0 : $0 } ?? after
        }
        guard let wanted else { return }
        // A term that would end on a day off ends on the next working day (Civil Code 2015, article 148, clause 5).
        let day = calendar.date(wanted, offset: .init(days: 0, working: true))
        set(deadline, due: calendar.end(of: day))
    }

    /// Sets the timers that are still to come of a deadline with this end.
    mutating func set(_ deadline: DeadlineDefinition, due: Timestamp) {
        let calendar = context.calendar
        let isOverdue = after.overdue.contains(deadline.name)
        let day = calendar.date(at: due)
        for (index, offset) in deadline.remind.enumerated() {
            let time = calendar.morning(of: calendar.date(day, offset: offset, backwards: true))
            guard time > context.now, time < due else { continue }
            after.timers.append(
                CaseTimer(id: "\(deadline.name)/remind/\(index)", kind: .remind, name: deadline.name, due: time))
        }
        if !isOverdue {
            after.timers.append(
                CaseTimer(id: "\(deadline.name)/overdue", kind: .overdue, name: deadline.name, due: due))
        }
        for (index, step) in deadline.escalate.enumerated() {
            let time = max(calendar.morning(of: calendar.date(day, offset: step.after)), due)
            if isOverdue, time <= context.now { continue }
            after.timers.append(
                CaseTimer(id: "\(deadline.name)/escalate/\(index)", kind: .escalate, name: deadline.name, due: time))
        }
        after.document[JSONPointer(tokens: ["case", "due", deadline.name])] = JSON(due)
    }

    /// Sets the timer of the recurrence's first opening from today on, or of the one after a period.
    mutating func set(_ recurrence: RecurrenceDefinition, after period: LocalDate?) {
        guard let from = after.document[recurrence.from]?.stringValue.flatMap(LocalDate.init),
            let to = after.document[recurrence.to]?.stringValue.flatMap(LocalDate.init)
        else { return }
        let today = context.calendar.date(at: context.now)
        var month = period?.firstOfMonth.adding(months: 1) ?? max(from, today).firstOfMonth
        var day = context.calendar.day(recurrence.opens, inMonthOf: month)
        while day < from || (period == nil && day < today) {
            month = month.adding(months: 1)
            day = context.calendar.day(recurrence.opens, inMonthOf: month)
        }
        guard day <= to else { return }
        after.timers.append(
            CaseTimer(
                id: "\(recurrence.name)/\(month.period)", kind: .open, name: recurrence.name,
                due: context.calendar.morning(of: day), period: month.period))
    }

    // MARK: - Timers

    /// Carries out a timer; the case that it opened, if it did.
    mutating func fire(_ id: String) throws(Refusal) -> Transaction? {
        guard let timer = after.timers.first(where: { $0.id == id }), let state = definition.states[after.state] else {
            throw .timerNotFound(id)
        }
        after.timers.removeAll { $0.id == id }
        let late = isLater(than: timer.due)
        var detail: JSONObject = ["name": .string(timer.name), "due": JSON(timer.due)]
        switch timer.kind {
        case .remind, .overdue, .escalate:
            guard let deadline = state.deadlines[timer.name] else { throw .timerNotFound(id) }
            var recipients = deadline.notify
            var urgent = false
            if timer.kind == .overdue { after.overdue.append(timer.name) }
            if timer.kind == .escalate {
                let index = id.split(separator: "/").last.flatMap { Int($0) } ?? 0
                let escalation = deadline.escalate.indices.contains(index) ? deadline.escalate[index] : nil
                (recipients, urgent) = (escalation?.to ?? [], escalation?.urgent ?? false)
            }
            conclude(name: "$\(timer.kind.rawValue)", from: after.state, late: late, detail: detail)
            tell(principals(recipients), topic: timer.kind.rawValue, deadline: deadline.name, urgent: urgent)
            return nil
        case .open:
            guard let recurrence = state.recurring[timer.name], let period = timer.period,
                let month = LocalDate("\(period)-01"), let child = context.child
            else { throw .timerNotFound(id) }
            let childContext = Context(
                now: context.now, calendar: context.calendar, actor: .system,
                subjectPrincipals: child.subjectPrincipals, units: child.units,
                parent: .init(after, recurrence: recurrence.name, period: period), previous: child.previous)
            let opened: Step?
            if let existing = child.existing {
                // What another case has brought up stays with it.
                opened =
                    existing.parent == nil
                    ? .adopting(existing, definition: child.definition, context: childContext) : nil
            } else {
                let form = form(of: recurrence, period: period).merging(child.details ?? [:])
                opened = try Step.opening(
                    id: child.id, form: form, definition: child.definition, context: childContext)
            }
            set(recurrence, after: month)
            detail["period"] = .string(period)
            detail["case"] = .string(child.existing?.id ?? child.id)
            conclude(name: "$child", from: after.state, late: late, detail: detail)
            return opened?.transaction()
        }
    }

    /// The form with which the recurrence opens the case of a period.
    func form(of recurrence: RecurrenceDefinition, period: String) -> JSON {
        var view = view
        view.period = period
        return view.value(recurrence.form) ?? [:]
    }

    // MARK: - Conclusion

    /// Writes the event down, and brings what follows from it up to date.
    mutating func conclude(
        name: String, from: String?, form: JSON? = nil, reason: String? = nil, late: Bool = false,
        detail: JSONObject = [:], notify: [NotificationDefinition] = []
    ) {
        let event = Event(
            caseID: after.id, version: after.version + 1, name: name, at: context.now, actor: context.actor, from: from,
            to: after.state, form: form, changes: (before?.document ?? [:]).changes(to: after.document), reason: reason,
            late: late, detail: detail, previous: after.head)
        events.append(event)
        // The engine's own events do not count as somebody having acted: ``Predicate/unacted``.
        let unacted = after.stateVersion == after.version
        after.version = event.version
        after.updatedAt = context.now
        after.head = event.hash
        after.title = view.text(definition.caseTitle)
        if entered != nil || (unacted && name.hasPrefix("$")) { after.stateVersion = event.version }
        for (invitation, recipients, topic) in cancelled { tell(recipients, topic: topic, invitation: invitation) }
        for notification in notify { tell(notification) }
        if let entered, let state = definition.states[entered] {
            for notification in state.notify { tell(notification) }
        }
    }

    func transaction() -> Transaction {
        let readers = readers(of: after.document)
        let fields = fields(of: after.document)
        let isMigrated = before.map { $0.definition != after.definition } ?? false
        let limits = isMigrated || !definition.restricted.isEmpty || definition.readers.contains { $0.sees != nil }
        let change = CaseChange(
            expectedVersion: before?.version ?? 0, after: after, events: events, tasks: tasks(),
            // Always given: they also change with the posts of the subject, of which the case knows nothing.
            readers: readers.map(\.description),
            fields: !isMigrated && (before.map { self.fields(of: $0.document) == fields } ?? fields.isEmpty)
                ? nil : fields,
            hiddenFields: limits ? hiddenFields(from: readers) : nil)
        return Transaction(changes: [change], messages: messages)
    }

    private func fields(of document: JSON) -> [String: String] {
        var fields: [String: String] = [:]
        for (name, pointer) in definition.index {
            guard let value = document[pointer], !value.isNull else { continue }
            fields[name] = value.stringValue ?? value.description
        }
        return fields
    }

    func tasks() -> [CaseTask] {
        guard let state = definition.states[after.state] else { return [] }
        var tasks: [CaseTask] = []
        for event in state.events.values where event.isTask {
            let due = state.deadlines.values.first { $0.events.contains(event.name) }.flatMap(due)
            let assignees = event.casts.map { voters(missingIn: $0) } ?? self.assignees(of: event)
            for assignee in assignees {
                tasks.append(
                    CaseTask(event: event.name, assignee: assignee.description, since: after.stateSince, due: due))
            }
        }
        return tasks
    }
}
