import Foundation
import JSONCore
import OrderedCollections
import Yams

/// Makes a ``Definition`` from the text of its file, or says everything that is wrong with it.
public struct DefinitionLoader {
    let reader: YAMLReader
    private let source: String
    private let formSources: [String: String]
    private var forms: [String: Schema] = [:]
    private var usedForms: Set<String> = []
    /// Where things are named, to report them once all is read: role, state, ballot, form, topic names with their nodes.
    var references: [(kind: String, name: String, node: Node)] = []
    /// Places that readers are told of, with where they stand in the file.
    var places: [(place: JSONPointer, node: Node)] = []
    private var stateNodes: [String: Node] = [:]

    /// - Parameters:
    ///   - source: The definition's YAML.
    ///   - file: Its name, for error messages.
    ///   - forms: The texts of the form schemas by name (the file's name without `.schema.json`).
    /// - Throws: ``DefinitionProblems``, all at once.
    public static func load(_ source: String, file: String, forms: [String: String]) throws(DefinitionProblems)
        -> Definition
    {
        var loader = DefinitionLoader(reader: YAMLReader(file: file), source: source, formSources: forms)
        let definition = loader.definition()
        let problems = loader.reader.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        guard let definition, problems.isEmpty else { throw DefinitionProblems(problems: problems) }
        return definition
    }

    private init(reader: YAMLReader, source: String, formSources: [String: String]) {
        self.reader = reader
        self.source = source
        self.formSources = formSources
    }

    private mutating func definition() -> Definition? {
        guard let root = reader.root(source), let map = reader.mapping(root, "the workflow") else { return nil }
        let name = map.string("workflow")
        let version = map.int("version")
        if let version, version < 1 {
            reader.report("\"version\" must be 1 or more", at: map.required("version") ?? root)
        }
        let title = map.text("title")
        let description = map.optionalText("description")

        var subject: JSONPointer?, unit: JSONPointer?, period: JSONPointer?, caseTitle: String?, unique: String?
        if let node = map.required("case"), let about = reader.mapping(node, "\"case\"") {
            subject = about.pointer("subject")
            unit = about.pointer("unit")
            period = about.optionalPointer("period")
            caseTitle = about.string("title")
            unique = about.optionalString("unique")
            about.refuseOthers()
        }
        let roles = named(map, "roles") { Self.role(&$0, $1, $2) }
        let readers = readers(map)
        let restricted = restricted(map)
        let repairers = roleNames(map, "repairers")
        var index = OrderedDictionary<String, JSONPointer>()
        if let node = map.optional("index"), let places = reader.mapping(node, "\"index\"") {
            for member in places.members {
                index[member.key] = reader.pointer(member.value, "\"\(member.key)\"")
            }
        }
        var topics = OrderedDictionary<String, LocalizedText>()
        if let node = map.optional("topics"), let texts = reader.mapping(node, "\"topics\"") {
            for member in texts.members { topics[member.key] = texts.text(member.key) }
        }
        let ballots = named(map, "ballots") { Self.ballot(&$0, $1, $2) }
        let open = map.required("open").flatMap { event("open", $0) }
        var carry: [CarryDefinition] = []
        if let node = map.optional("carry") {
            carry = reader.sequence(node, "\"carry\"").compactMap { self.carry($0) }
        }
        let states = named(map, "states") { Self.state(&$0, $1, $2) }
        if states.isEmpty, let node = map.required("states") { reader.report("there must be a state", at: node) }
        let anywhere = named(map, "anywhere") { $0.event($1, $2) }
        map.refuseOthers()

        for (kind, name, node) in references {
            let (names, where_): ([String], String) =
                switch kind {
                case "role": (Array(roles.keys), "roles")
                case "state": (Array(states.keys), "states")
                case "ballot": (Array(ballots.keys), "ballots")
                case "topic": (Array(topics.keys), "topics")
                default: ([], "")
                }
            if !names.contains(name) {
                let hint = names.min { distance($0, name) < distance($1, name) }
                let close = hint.flatMap { distance($0, name) <= 3 ? "; did you mean \"\($0)\"?" : nil } ?? ""
                reader.report("there is no \(kind) \"\(name)\" under \"\(where_)\"\(close)", at: node)
            }
        }
        guard let name, let version, let title, let subject, let unit, let caseTitle, let open else { return nil }
        let definition = Definition(
            name: name, version: version, title: title, description: description, subject: subject, unit: unit,
            period: period, caseTitle: caseTitle, unique: unique, roles: roles, readers: readers, repairers: repairers,
            restricted: restricted, index: index, ballots: ballots, open: open, carry: carry, states: states,
            anywhere: anywhere, topics: topics, forms: forms, source: source,
            formSources: formSources.filter { usedForms.contains($0.key) })
        if reader.problems.isEmpty {
            for problem in definition.structuralProblems() {
                reader.report(problem.message, at: stateNodes[problem.state] ?? root)
            }
            reportPlaces(definition)
        }
        return definition
    }

    // MARK: - Parts

    private mutating func named<Value>(
        _ map: YAMLMapping, _ key: String, _ read: (inout DefinitionLoader, String, Node) -> Value?
    ) -> OrderedDictionary<String, Value> {
        var values = OrderedDictionary<String, Value>()
        guard let node = map.optional(key), let members = reader.mapping(node, "\"\(key)\"") else { return values }
        for member in members.members {
            if member.key.wholeMatch(of: /[a-z][a-z0-9_]*/) == nil {
                reader.report("a name under \"\(key)\" is written in a-z, 0-9 and _", at: member.keyNode)
            }
            if key == "states" { stateNodes[member.key] = member.keyNode }
            values[member.key] = read(&self, member.key, member.value)
        }
        return values
    }

    private mutating func roleNames(_ map: YAMLMapping, _ key: String) -> [String] {
        refer("role", map, key)
    }

    mutating func refer(_ kind: String, _ map: YAMLMapping, _ key: String) -> [String] {
        guard let node = map.optional(key) else { return [] }
        let names = reader.strings(node, "\"\(key)\"")
        let nodes = node.sequence.map(Array.init) ?? [node]
        for (name, node) in zip(names, nodes) { references.append((kind, name, node)) }
        return names
    }

    private static func role(_ loader: inout DefinitionLoader, _ name: String, _ node: Node) -> RoleDefinition? {
        guard let map = loader.reader.mapping(node, "role \"\(name)\""), let title = map.text("title") else {
            return nil
        }
        let holder = loader.holder(map, name)
        var otherwise: RoleDefinition.Holder?
        var otherwiseFor: [String] = []
        if let node = map.optional("otherwise"), let other = loader.reader.mapping(node, "\"otherwise\"") {
            otherwise = loader.holder(other, name)
            otherwiseFor = loader.roleNames(other, "for")
            other.refuseOthers()
        }
        map.refuseOthers()
        return holder.map {
            RoleDefinition(name: name, title: title, holder: $0, otherwise: otherwise, otherwiseFor: otherwiseFor)
        }
    }

    private func holder(_ map: YAMLMapping, _ name: String) -> RoleDefinition.Holder? {
        if let node = map.optional("is") {
            if reader.string(node, "\"is\"") == "subject" { return .subject }
            reader.report("\"is\" can only be \"subject\"", at: node)
            return nil
        }
        guard let scope = map.string("in") else { return nil }
        let role = map.optionalString("role") ?? name
        switch scope {
        case "unit": return .role(role, in: .unit)
        case "parent": return .role(role, in: .parent)
        default: return .role(role, in: .level(scope))
        }
    }

    private static func ballot(_ loader: inout DefinitionLoader, _ name: String, _ node: Node) -> BallotDefinition? {
        guard let map = loader.reader.mapping(node, "ballot \"\(name)\"") else { return nil }
        let title = map.text("title")
        _ = map.required("electorate")
        let electorate = loader.refer("role", map, "electorate").first
        let recused = loader.roleNames(map, "recused")
        var options = OrderedDictionary<String, LocalizedText>()
        if let node = map.required("options"), let members = loader.reader.mapping(node, "\"options\"") {
            for member in members.members { options[member.key] = members.text(member.key) }
            if options.count < 2 { loader.reader.report("a ballot needs at least two options", at: node) }
        }
        let choice = map.optionalString("choice") ?? "choice"
        let method = map.optionalPointer("method")
        let present = map.optionalPointer("present")
        let quorum = map.optional("quorum").flatMap { loader.fraction($0, "\"quorum\"") }
        var majority: BallotDefinition.Majority?
        if let node = map.optional("majority"), let parts = loader.reader.mapping(node, "\"majority\"") {
            let moreThan = parts.required("more_than").flatMap { loader.fraction($0, "\"more_than\"") }
            let base = parts.string("of").flatMap(BallotDefinition.Majority.Base.init(rawValue:))
            if base == nil { loader.reader.report("\"of\" must be members or votes", at: node) }
            parts.refuseOthers()
            if let moreThan, let base { majority = .init(moreThan: moreThan, of: base) }
        }
        map.refuseOthers()
        guard let title, let electorate else { return nil }
        return BallotDefinition(
            name: name, title: title, electorate: electorate, recused: recused, options: options, choice: choice,
            method: method, present: present, quorum: quorum, majority: majority)
    }

    private func fraction(_ node: Node, _ what: String) -> Fraction? {
        guard let text = reader.string(node, what) else { return nil }
        guard let fraction = Fraction(text) else {
            reader.report("\(what) must be a part such as 1/2", at: node)
            return nil
        }
        return fraction
    }

    private static func state(_ loader: inout DefinitionLoader, _ name: String, _ node: Node) -> StateDefinition? {
        guard let map = loader.reader.mapping(node, "state \"\(name)\"") else { return nil }
        let title = map.text("title")
        let description = map.optionalText("description")
        let isFinal = map.bool("final")
        let events = loader.named(map, "events") { $0.event($1, $2) }
        var automatic: [AutomaticTransition] = []
        if let node = map.optional("automatic") {
            for step in loader.reader.sequence(node, "\"automatic\"") {
                guard let parts = loader.reader.mapping(step, "an automatic transition") else { continue }
                let condition = parts.optional("if").flatMap { loader.predicate($0) }
                _ = parts.required("to")
                if let to = loader.refer("state", parts, "to").first {
                    automatic.append(AutomaticTransition(condition: condition, to: to))
                }
                parts.refuseOthers()
            }
        }
        let ballot = loader.refer("ballot", map, "ballot").first
        let deadlines = loader.named(map, "deadlines") { Self.deadline(&$0, $1, $2, events: Array(events.keys)) }
        let recurring = loader.named(map, "recurring") { Self.recurrence(&$0, $1, $2) }
        let notify = loader.notifications(map, deadlines: Array(deadlines.keys))
        map.refuseOthers()
        guard let title else { return nil }
        return StateDefinition(
            name: name, title: title, description: description, isFinal: isFinal, events: events, automatic: automatic,
            ballot: ballot, deadlines: deadlines, recurring: recurring, notify: notify)
    }

    private mutating func event(_ name: String, _ node: Node) -> EventDefinition? {
        guard let map = reader.mapping(node, "event \"\(name)\"") else { return nil }
        let title = map.text("title")
        let description = map.optionalText("description")
        if map.required("by") == nil { return nil }
        let by = roleNames(map, "by")
        let except = roleNames(map, "except")
        var form: String?
        var optional = false
        if let node = map.optional("form") {
            if node.mapping != nil, let parts = reader.mapping(node, "\"form\"") {
                optional = true
                form = parts.string("optional")
                parts.refuseOthers()
            } else {
                form = reader.string(node, "\"form\"")
            }
            if let form { use(form: form, at: node) }
        }
        var requires: [Requirement] = []
        if let node = map.optional("requires") {
            requires = reader.sequence(node, "\"requires\"").compactMap { requirement($0) }
        }
        var record: [RecordOperation] = []
        if let node = map.optional("record") {
            record = reader.sequence(node, "\"record\"").compactMap { operation($0, hasForm: form != nil) }
        }
        let casts = refer("ballot", map, "casts").first
        if casts != nil, form == nil { reader.report("a vote needs a form that holds the choice", at: map.node) }
        let closes = refer("ballot", map, "closes").first
        let tally = map.optional("tally").flatMap { self.tally($0) }
        let to = refer("state", map, "to").first
        let isTask = map.bool("task")
        let notify = notifications(map)
        map.refuseOthers()
        guard let title else { return nil }
        return EventDefinition(
            name: name, title: title, description: description, by: by, except: except, form: form,
            formIsOptional: optional, requires: requires, record: record, casts: casts, closes: closes, tally: tally,
            to: to, isTask: isTask, notify: notify)
    }

    // MARK: - Notifications

    /// - Parameter deadlines: Those of the state, whose days can come into calendars.
    private mutating func notifications(_ map: YAMLMapping, deadlines: [String]? = nil) -> [NotificationDefinition] {
        guard let node = map.optional("notify") else { return [] }
        var notify: [NotificationDefinition] = []
        for entry in reader.sequence(node, "\"notify\"") {
            guard let parts = reader.mapping(entry, "a notification") else { continue }
            _ = parts.required("to")
            let to = recipients(parts, "to")
            _ = parts.required("topic")
            let urgent = parts.bool("urgent")
            let invite = parts.optional("invite").flatMap { invitation($0, deadlines: deadlines) }
            if let topic = refer("topic", parts, "topic").first {
                notify.append(NotificationDefinition(to: to, topic: topic, urgent: urgent, invite: invite))
            }
            parts.refuseOthers()
        }
        return notify
    }

    /// Roles, places of the document, or `waiting`.
    private mutating func recipients(_ map: YAMLMapping, _ key: String) -> [NotificationDefinition.Recipient] {
        guard let node = map.optional(key) else { return [] }
        let nodes = node.sequence.map(Array.init) ?? [node]
        var recipients: [NotificationDefinition.Recipient] = []
        for (name, node) in zip(reader.strings(node, "\"\(key)\""), nodes) {
            if name == "waiting" {
                recipients.append(.waiting)
            } else if name.hasPrefix("/") {
                if let place = reader.pointer(node, "\"\(key)\"") { recipients.append(.place(place)) }
            } else {
                references.append(("role", name, node))
                recipients.append(.role(name))
            }
        }
        return recipients
    }

    private mutating func invitation(_ node: Node, deadlines: [String]?) -> InvitationDefinition? {
        guard let map = reader.mapping(node, "\"invite\"") else { return nil }
        defer { map.refuseOthers() }
        guard let deadlines else {
            reader.report("\"invite\" belongs to what is told when a state is entered", at: node)
            return nil
        }
        let location = map.optionalPointer("location")
        if let name = map.optionalString("deadline") {
            if !deadlines.contains(name) { reader.report("the state has no deadline \"\(name)\"", at: node) }
            return InvitationDefinition(time: .deadline(name), location: location, heldBy: [], cancelled: nil)
        }
        guard let start = map.pointer("start") else { return nil }
        let minutes = map.optional("minutes").flatMap { reader.int($0, "\"minutes\"") } ?? 60
        if !(1...10_080).contains(minutes) { reader.report("\"minutes\" must be 1 to 10080", at: node) }
        return InvitationDefinition(
            time: .appointment(start: start, end: map.optionalPointer("end"), minutes: minutes), location: location,
            heldBy: map.strings("held_by"), cancelled: refer("topic", map, "cancelled").first)
    }

    private mutating func use(form: String, at node: Node) {
        guard usedForms.insert(form).inserted else { return }
        guard let text = formSources[form] else {
            reader.report("there is no form \"\(form)\" (\(form).schema.json)", at: node)
            return
        }
        do {
            forms[form] = try Schema(try JSON(parsing: text))
        } catch let error as JSONSyntaxError {
            reader.report("form \(form).schema.json:\(error)", at: node)
        } catch let errors as SchemaErrors {
            for problem in errors.problems {
                reader.report("form \(form).schema.json\(problem.pointer): \(problem.reason)", at: node)
            }
        } catch {
            reader.report("form \(form).schema.json: \(error)", at: node)
        }
    }

    private mutating func tally(_ node: Node) -> EventDefinition.Tally? {
        guard let map = reader.mapping(node, "\"tally\"") else { return nil }
        _ = map.required("ballot")
        let ballot = refer("ballot", map, "ballot").first
        var counts = OrderedDictionary<String, JSONPointer>()
        if let node = map.required("counts"), let members = reader.mapping(node, "\"counts\"") {
            for member in members.members { counts[member.key] = reader.pointer(member.value, "\"\(member.key)\"") }
        }
        let invalid = map.optionalPointer("invalid")
        map.refuseOthers()
        return ballot.map { EventDefinition.Tally(ballot: $0, counts: counts, invalid: invalid) }
    }

    private mutating func requirement(_ node: Node) -> Requirement? {
        guard let map = reader.mapping(node, "a requirement") else { return nil }
        let condition = map.optional("if").flatMap { self.predicate($0) }
        let message = map.text("message")
        let predicate = self.predicate(in: map)
        let isWarning = map.bool("warn")
        map.refuseOthers()
        guard let message, let predicate else { return nil }
        return Requirement(condition: condition, predicate: predicate, message: message, isWarning: isWarning)
    }

    private mutating func predicate(_ node: Node) -> Predicate? {
        guard let map = reader.mapping(node, "a condition") else { return nil }
        defer { map.refuseOthers() }
        return predicate(in: map)
    }

    private static let predicates = [
        "schema", "valid", "equal", "different", "one_of", "covers", "at_most", "sum", "ballot", "quorum", "voters",
        "unacted", "within", "all", "any", "not",
    ]

    private mutating func predicate(in map: YAMLMapping) -> Predicate? {
        let named = Self.predicates.filter { map.optional($0) != nil }
        guard named.count == 1, let name = named.first, let node = map.optional(name) else {
            let problem = named.isEmpty ? "no condition" : "more than one condition (\(named.joined(separator: ", ")))"
            reader.report(
                "\(map.what) has \(problem); one of: \(Self.predicates.joined(separator: ", "))", at: map.node)
            return nil
        }
        switch name {
        case "schema":
            do throws(SchemaErrors) { return .schema(try Schema(reader.json(node))) } catch {
                for problem in error.problems {
                    reader.report("\"schema\"\(problem.pointer): \(problem.reason)", at: node)
                }
                return nil
            }
        case "equal", "different":
            let nodes = reader.sequence(node, "\"\(name)\"")
            let values = nodes.compactMap { template($0) }
            guard values.count == 2, nodes.count == 2 else {
                if nodes.count != 2 { reader.report("\"\(name)\" compares two values", at: node) }
                return nil
            }
            return name == "equal" ? .equal(values[0], values[1]) : .different(values[0], values[1])
        case "unacted": return .unacted
        case "all", "any":
            let parts = reader.sequence(node, "\"\(name)\"").compactMap { predicate($0) }
            return name == "all" ? .all(parts) : .any(parts)
        case "not": return predicate(node).map(Predicate.not)
        case "within": return offset(node).map(Predicate.within)
        default:
            guard let parts = reader.mapping(node, "\"\(name)\"") else { return nil }
            defer { parts.refuseOthers() }
            switch name {
            case "valid":
                guard let at = parts.pointer("at"), let form = parts.string("as") else { return nil }
                use(form: form, at: node)
                return .valid(at: at, as: form)
            case "one_of":
                guard let value = parts.required("value").flatMap({ template($0) }), let list = parts.pointer("in"),
                    let by = parts.string("by")
                else { return nil }
                return .oneOf(value, in: list, by: by)
            case "covers":
                guard let of = parts.pointer("of"), let key = parts.string("key"), let list = parts.pointer("in"),
                    let by = parts.string("by")
                else { return nil }
                return .covers(of: of, key: key, in: list, by: by)
            case "at_most":
                guard let of = parts.pointer("of"), let key = parts.string("key"), let limits = parts.pointer("in")
                else {
                    return nil
                }
                return .atMost(of: of, key: key, in: limits)
            case "sum":
                guard let of = parts.pointer("of"), let key = parts.string("key"), let total = parts.pointer("is")
                else {
                    return nil
                }
                return .sum(
                    of: of, key: key, plus: parts.pointers("plus"), minus: parts.pointers("minus"), total: total)
            case "quorum":
                _ = parts.required("ballot")
                guard let ballot = refer("ballot", parts, "ballot").first, let present = parts.pointer("present") else {
                    return nil
                }
                return .quorum(ballot: ballot, present: present)
            case "voters":
                _ = parts.required("ballot")
                guard let ballot = refer("ballot", parts, "ballot").first, let present = parts.pointer("present"),
                    let atLeast = parts.int("at_least")
                else { return nil }
                return .voters(ballot: ballot, present: present, atLeast: atLeast)
            default:
                guard let member = parts.members.first, parts.members.count == 1 else {
                    reader.report("\"ballot\" names one ballot and its outcomes", at: node)
                    return nil
                }
                references.append(("ballot", member.key, member.keyNode))
                return .ballot(member.key, outcomes: parts.strings(member.key))
            }
        }
    }

    private func template(_ node: Node) -> ValueTemplate? {
        do throws(TemplateProblem) { return try ValueTemplate(reader.json(node)) } catch {
            reader.report(
                "\"\(error.text)\" is no place; one of $/place/in/document, $actor, $today, $now, $case, $period, $late, "
                    + "$sha256/place", at: node)
            return nil
        }
    }

    private mutating func operation(_ node: Node, hasForm: Bool) -> RecordOperation? {
        guard let map = reader.mapping(node, "a record") else { return nil }
        let names = ["put", "merge", "append", "update", "upsert", "increment", "supersede", "remove"]
        let named = names.filter { map.optional($0) != nil }
        guard named.count == 1, let name = named.first, let target = map.pointer(name) else {
            reader.report("a record is one of: \(names.joined(separator: ", "))", at: node)
            return nil
        }
        if ["case", "ballots", "form"].contains(target.tokens[0]) {
            reader.report("/\(target.tokens[0]) is kept by the engine and cannot be written", at: node)
        }
        let kind: RecordOperation.Kind
        switch name {
        case "put": kind = .put
        case "merge": kind = .merge
        case "append": kind = .append(number: map.optionalString("number"))
        case "update", "upsert":
            guard let key = map.string("key") else { return nil }
            kind = name == "update" ? .update(key: key) : .upsert(key: key)
        case "increment": kind = .increment
        case "supersede":
            guard let keep = map.pointer("keep") else { return nil }
            kind = .supersede(keep: keep)
        default: kind = .remove
        }
        let value = map.optional("value").flatMap { template($0) }
        let with = map.optional("with").flatMap { template($0) }
        let condition = map.optional("if").flatMap { predicate($0) }
        map.refuseOthers()
        if value == nil, !hasForm, kind != .increment, kind != .remove {
            reader.report("the event has no form, so \"\(name)\" needs a \"value\"", at: node)
        }
        return RecordOperation(kind: kind, target: target, value: value, with: with, condition: condition)
    }

    private mutating func carry(_ node: Node) -> CarryDefinition? {
        guard let map = reader.mapping(node, "what is carried over") else { return nil }
        let source = map.string("from")
        if let source, !["previous", "parent"].contains(source) {
            reader.report("\"from\" must be previous or parent", at: map.required("from") ?? node)
        }
        let states = refer("state", map, "state")
        if source == "previous", states.isEmpty {
            reader.report("\"state\" must say how the earlier case ended", at: node)
        }
        let target = map.pointer("put")
        if let target, ["case", "ballots", "form"].contains(target.tokens[0]) {
            reader.report("/\(target.tokens[0]) is kept by the engine and cannot be written", at: node)
        }
        let value = map.required("value").flatMap { template($0) }
        let members = map.optional("members").map { reader.strings($0, "\"members\"") }
        map.refuseOthers()
        guard let source, let target, let value else { return nil }
        return CarryDefinition(
            from: source == "parent" ? .parent : .previous, states: states, target: target, value: value,
            members: members)
    }

    private static func deadline(
        _ loader: inout DefinitionLoader, _ name: String, _ node: Node, events: [String]
    ) -> DeadlineDefinition? {
        guard let map = loader.reader.mapping(node, "deadline \"\(name)\"") else { return nil }
        let title = map.text("title")
        var due: DeadlineDefinition.Moment?
        if let node = map.required("due") {
            if let parts = node.mapping, parts["at"] != nil, let at = loader.reader.mapping(node, "\"due\"") {
                let otherwise = at.optional("or").flatMap { loader.offset($0) }
                due = at.pointer("at").map { .at($0, or: otherwise) }
                at.refuseOthers()
            } else {
                due = loader.offset(node).map(DeadlineDefinition.Moment.after)
            }
        }
        let awaited = map.strings("event")
        for event in awaited where !events.contains(event) {
            loader.reader.report("the state has no event \"\(event)\"", at: map.optional("event") ?? node)
        }
        var remind: [DeadlineDefinition.Offset] = []
        if let node = map.optional("remind") {
            remind = loader.reader.sequence(node, "\"remind\"").compactMap { loader.offset($0) }
        }
        let notify = loader.recipients(map, "notify")
        var escalate: [(after: DeadlineDefinition.Offset, to: [NotificationDefinition.Recipient], urgent: Bool)] = []
        if let node = map.optional("escalate") {
            for step in loader.reader.sequence(node, "\"escalate\"") {
                guard let parts = loader.reader.mapping(step, "an escalation") else { continue }
                let after = parts.required("after").flatMap { loader.offset($0) }
                _ = parts.required("to")
                let to = loader.recipients(parts, "to")
                let urgent = parts.bool("urgent")
                parts.refuseOthers()
                if let after { escalate.append((after, to, urgent)) }
            }
        }
        map.refuseOthers()
        guard let title, let due else { return nil }
        return DeadlineDefinition(
            name: name, title: title, due: due, events: awaited, remind: remind, notify: notify, escalate: escalate)
    }

    private func offset(_ node: Node) -> DeadlineDefinition.Offset? {
        guard let map = reader.mapping(node, "a length of time") else { return nil }
        defer { map.refuseOthers() }
        let working = map.optional("working_days").flatMap { reader.int($0, "\"working_days\"") }
        let days = map.optional("days").flatMap { reader.int($0, "\"days\"") }
        guard let count = working ?? days, (working == nil) != (days == nil), (0...3660).contains(count) else {
            reader.report("a length of time is {working_days: 3} or {days: 3}", at: node)
            return nil
        }
        return DeadlineDefinition.Offset(days: count, working: working != nil)
    }

    private static func recurrence(
        _ loader: inout DefinitionLoader, _ name: String, _ node: Node
    ) -> RecurrenceDefinition? {
        guard let map = loader.reader.mapping(node, "recurrence \"\(name)\"") else { return nil }
        let title = map.text("title")
        let workflow = map.string("workflow")
        if let every = map.string("every"), every != "month" {
            loader.reader.report("\"every\" can only be month", at: map.required("every") ?? node)
        }
        let from = map.pointer("from")
        let to = map.pointer("to")
        var opens: RecurrenceDefinition.Day?
        if let node = map.required("opens") {
            if node.scalar?.string == "last_working_day" {
                opens = .lastWorkingDay
            } else if let parts = loader.reader.mapping(node, "\"opens\"") {
                opens = loader.reader.monthDay(parts)
                parts.refuseOthers()
            }
        }
        let form = map.required("form").flatMap { loader.template($0) }
        map.refuseOthers()
        guard let title, let workflow, let from, let to, let opens, let form else { return nil }
        return RecurrenceDefinition(
            name: name, title: title, workflow: workflow, from: from, to: to, opens: opens, form: form)
    }
}
