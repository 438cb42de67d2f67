import JSONCore

/// A case as conditions and templates see it: its document with, at `/form`, the form that came in.
struct View {
    let document: JSON
    var form: JSON?
    let current: Case
    let definition: Definition
    let context: Context
    var period: String?
    var late = false

    private subscript(_ pointer: JSONPointer) -> JSON? {
        if pointer.tokens.first == "form" { return form?[JSONPointer(tokens: Array(pointer.tokens.dropFirst()))] }
        return document[pointer]
    }

    /// The template filled in; nil when the place that it names is empty. Members of an object that are empty are left out.
    func value(_ template: ValueTemplate) -> JSON? {
        switch template {
        case .constant(let json): json
        case .pointer(let pointer): self[pointer]
        case .digest(let pointer): self[pointer].map { .string(sha256($0.canonicalBytes())) }
        case .today: JSON(context.calendar.date(at: context.now))
        case .now: JSON(context.now)
        case .actor: context.actor.official.map(JSON.string)
        case .caseID: .string(current.id)
        case .period: period.map(JSON.string)
        case .late: .bool(late)
        case .object(let members):
            .object(JSONObject(members.compactMap { name, part in value(part).map { (name, $0) } }) { $1 })
        case .array(let elements): .array(elements.compactMap(value))
        }
    }

    /// Text with places such as `{/rotation/to_post}` filled in.
    func text(_ template: String) -> String {
        var text = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            text += rest[..<open]
            let place = JSONPointer(String(rest[rest.index(after: open)..<close]))
            let value = place.flatMap { self[$0] }
            text += value?.stringValue ?? value?.description ?? "…"
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }

    private var roles: RoleResolver { RoleResolver(definition: definition, document: document, context: context) }

    /// The members who are on the list there.
    private func present(_ place: JSONPointer, of members: Set<String>) -> Set<String> {
        members.intersection((self[place]?.arrayValue ?? []).compactMap(\.stringValue))
    }

    func holds(_ predicate: Predicate) -> Bool {
        switch predicate {
        case .schema(let schema):
            var whole = document
            if let form { whole["form"] = form }
            return schema.isValid(whole)
        case .valid(let place, let form):
            guard let value = self[place], let schema = definition.forms[form] else { return false }
            return schema.isValid(value)
        case .equal(let a, let b): return value(a) == value(b)
        case .different(let a, let b): return value(a) != value(b)
        case .oneOf(let template, let list, let by):
            guard let value = value(template) else { return false }
            return self[list]?.arrayValue?.contains { $0[by] == value } ?? false
        case .covers(let of, let key, let list, let by):
            let known = self[list]?.arrayValue?.compactMap { $0[by] } ?? []
            return (self[of]?.arrayValue ?? []).allSatisfy { element in element[key].map(known.contains) ?? false }
        case .atMost(let of, let key, let limits):
            let most = self[limits]?.objectValue ?? [:]
            return most.allSatisfy { name, limit in
                guard let number = self[of]?[name]?[key]?.numberValue, let limit = limit.numberValue else {
                    return true
                }
                return number <= limit
            }
        case .sum(let of, let key, let plus, let minus, let total):
            let parts = (self[of]?.objectValue ?? [:]).compactMap { $1[key]?.numberValue }
            let others = plus.compactMap { self[$0]?.numberValue } + minus.compactMap { self[$0]?.numberValue.map(-) }
            guard let whole = self[total]?.numberValue else { return parts.isEmpty }
            // Points may be tenths, which binary numbers only come near to.
            return abs((parts + others).reduce(0, +) - whole) < 1e-6
        case .ballot(let name, let outcomes):
            return document["ballots"]?[name]?["result"]?["outcome"]?.stringValue.map(outcomes.contains) ?? false
        case .quorum(let name, let place):
            guard let ballot = definition.ballots[name] else { return false }
            let members = roles.officials([ballot.electorate])
            return (ballot.quorum ?? Fraction.none).isExceeded(by: present(place, of: members).count, of: members.count)
        case .voters(let name, let place, let atLeast):
            guard let ballot = definition.ballots[name] else { return false }
            let voters = present(place, of: roles.officials([ballot.electorate]))
            return voters.subtracting(roles.officials(ballot.recused)).count >= atLeast
        case .unacted: return current.version == current.stateVersion
        case .within(let offset):
            let calendar = context.calendar
            let last = calendar.date(calendar.date(at: current.stateSince), offset: offset)
            return calendar.date(at: context.now) <= last
        case .all(let parts): return parts.allSatisfy(holds)
        case .any(let parts): return parts.contains(where: holds)
        case .not(let part): return !holds(part)
        }
    }
}
