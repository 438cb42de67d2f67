import JSONCore

/// The pure core: what a command makes of a case. It reads no clock, file or socket, and gives the same answer to the same
/// question for ever.
public enum Engine {
    /// What must become true when `command` is carried out, all of it or nothing.
    /// - Parameters:
    ///   - current: The case as it stands; nil for ``Command/open(id:form:)``.
    ///   - definition: The version of the definition that the case follows.
    /// - Throws: ``Refusal``: why it cannot be carried out.
    public static func decide(
        _ command: Command, on current: Case?, definition: Definition, context: Context
    ) throws(Refusal) -> Transaction {
        switch (command, current) {
        case (.open(let id, let form), _):
            return try Step.opening(id: id, form: form, definition: definition, context: context).transaction()
        case (.send(let event, let form, let expectedVersion, let reason), .some(let current)):
            var step = Step(current, definition: definition, context: context)
            try step.send(event, form: form, expectedVersion: expectedVersion, reason: reason)
            return step.transaction()
        case (.repair(let repair, let reason, let expectedVersion), .some(let current)):
            return try Step.repairing(
                current, repair, reason: reason, expectedVersion: expectedVersion, definition: definition,
                context: context
            ).transaction()
        case (.fire(let timer), .some(let current)):
            var step = Step(current, definition: definition, context: context)
            let child = try step.fire(timer)
            var transaction = step.transaction()
            if let child {
                transaction.changes += child.changes
                transaction.messages += child.messages
            }
            return transaction
        case (_, .none): throw .timerNotFound("")
        }
    }

    /// The roles whose holders must be in ``Context/electorates`` before `command` is decided.
    public static func electorates(
        of command: Command, on current: Case?, definition: Definition, context: Context
    ) -> Set<Principal> {
        guard let current else { return [] }
        var definition = definition
        var ballots: Set<String> = []
        var reached: [String] = []
        switch command {
        case .send(let name, form: _, expectedVersion: _, reason: _):
            guard let event = definition.event(name, in: current.state) else { return [] }
            ballots = Set(event.requires.flatMap { $0.predicate.quorumBallots + ($0.condition?.quorumBallots ?? []) })
            if let tally = event.tally { ballots.insert(tally.ballot) }
            reached = event.to.map { [$0] } ?? []
        case .repair(.move(let to), _, _): reached = [to]
        case .repair(.skip(let name), _, _): reached = definition.event(name, in: current.state)?.to.map { [$0] } ?? []
        case .repair(.migrate(let new, let states), _, _):
            definition = new
            reached = [states[current.state] ?? current.state]
        default: return []
        }
        while let state = reached.popLast().flatMap({ definition.states[$0] }) {
            if let ballot = state.ballot { ballots.insert(ballot) }
            reached.append(contentsOf: state.automatic.map(\.to))
        }
        let roles = RoleResolver(definition: definition, document: current.document, context: context)
        return Set(
            ballots.compactMap { definition.ballots[$0] }.flatMap { roles.principals([$0.electorate] + $0.recused) }
                .filter { if case .role = $0 { true } else { false } })
    }

    /// What waits for whom in a case.
    public static func tasks(of current: Case, definition: Definition, context: Context) -> [CaseTask] {
        Step(current, definition: definition, context: context).tasks()
    }

    /// Whether the context's actor may send this event to a case; a ballot or a condition may still refuse it.
    public static func maySend(
        _ event: EventDefinition, to current: Case, definition: Definition, context: Context
    ) -> Bool {
        do throws(Refusal) {
            try Step(current, definition: definition, context: context).authorise(event)
            return true
        } catch {
            return false
        }
    }

    /// The form with which the case's recurrence of that name opens the case of a period; nil when its state has none or
    /// the period lies outside.
    public static func form(
        of name: String, period: String, in current: Case, definition: Definition, context: Context
    ) -> JSON? {
        guard let recurrence = definition.states[current.state]?.recurring[name],
            let from = current.document[recurrence.from]?.stringValue.flatMap(LocalDate.init),
            let to = current.document[recurrence.to]?.stringValue.flatMap(LocalDate.init),
            (from.period...max(from.period, to.period)).contains(period)
        else { return nil }
        return Step(current, definition: definition, context: context).form(of: recurrence, period: period)
    }

    /// The official, the unit and the period that a case opened with `form` would be about: what the context must know of
    /// them.
    public static func subject(
        ofOpening form: JSON, definition: Definition
    ) -> (official: String?, unit: String?, period: String?) {
        var document: JSON = [:]
        for operation in definition.open.record where operation.kind == .put && operation.value == nil {
            document[operation.target] = form
        }
        return (
            document[definition.subject]?.stringValue, document[definition.unit]?.stringValue,
            definition.period.flatMap { document[$0]?.stringValue }
        )
    }
}

/// Turns the roles of a definition into principals, for one case.
struct RoleResolver {
    let definition: Definition
    let document: JSON
    let context: Context
    var subjectPrincipals: Set<Principal> { context.subjectPrincipals }

    var subject: Principal? { document[definition.subject]?.stringValue.map(Principal.official) }

    func principals(_ roles: [String]) -> [Principal] {
        var principals: [Principal] = []
        for name in roles {
            guard let role = definition.roles[name], let principal = principal(role), !principals.contains(principal)
            else { continue }
            principals.append(principal)
        }
        return principals
    }

    /// The officials who hold these roles, as far as ``Context/electorates`` knows.
    func officials(_ roles: [String]) -> Set<String> {
        Set(
            principals(roles).flatMap { principal in
                if case .official(let id) = principal { [id] } else { context.electorates[principal] ?? [] }
            })
    }

    private func principal(_ role: RoleDefinition) -> Principal? {
        guard let otherwise = role.otherwise else { return principal(role.holder) }
        let holders = [role.holder] + role.otherwiseFor.compactMap { definition.roles[$0]?.holder }
        let isAboutHolder = holders.compactMap { principal($0) }.contains(where: subjectPrincipals.contains)
        return principal(isAboutHolder ? otherwise : role.holder)
    }

    private func principal(_ holder: RoleDefinition.Holder) -> Principal? {
        guard case .role(let role, let scope) = holder else { return subject }
        let units = document["case"]?["units"]?.arrayValue ?? []
        let unit =
            switch scope {
            case .unit: units.first
            case .parent: units.dropFirst().first
            case .level(let level): units.first { $0["level"]?.stringValue == level }
            }
        return unit?["id"]?.stringValue.map { .role(role, unit: $0) }
    }
}
