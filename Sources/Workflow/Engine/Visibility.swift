import JSONCore

/// What somebody may see of a case. ``Engine/visibility(of:definition:context:)`` says it; whatever leaves the daemon passes
/// through it.
public struct Visibility: Sendable {
    /// Places that are seen; nil: all.
    let sees: [JSONPointer]?
    /// Places that are not seen, whatever else is.
    let hidden: [JSONPointer]
    /// Restricted places that are seen all the same: reading them is put on record.
    let granted: [JSONPointer]

    /// Whether nothing is withheld.
    public var isWhole: Bool { sees == nil && hidden.isEmpty }

    /// Whether all that stands at a place is seen.
    public func shows(_ place: JSONPointer) -> Bool {
        (sees?.contains { $0.covers(place.tokens) } ?? true) && !hidden.contains { $0.overlaps(place.tokens) }
    }

    /// The document as far as it is seen.
    public func document(_ document: JSON) -> JSON { seen(document, at: []) ?? [:] }

    private func seen(_ value: JSON, at path: [String]) -> JSON? {
        var value = value
        if let sees {
            guard let part = value.only(sees, at: path) else { return nil }
            value = part
        }
        return value.without(hidden, at: path)
    }

    /// The event as far as it is seen. `withheld` names the members that are missing or not whole; with it, the event's hash
    /// cannot be computed from what is left.
    /// - Parameter definition: Of the event; nil when it is not known any more.
    public func json(_ event: Event, _ definition: EventDefinition?) -> JSONObject {
        var json = event.json
        if isWhole { return json }
        var withheld: [JSON] = []
        func withhold(_ member: String, _ rest: JSON? = nil) {
            json[member] = rest
            withheld.append(.string(member))
        }
        if let form = event.form {
            let places = definition.map { definition in hidden.flatMap { definition.formPlaces(of: $0) } }
            if sees != nil || places == nil {
                withhold("form")
            } else if let rest = form.without(places ?? []), rest != form {
                withhold("form", rest)
            } else if places?.contains(where: \.tokens.isEmpty) == true {
                withhold("form")
            }
        }
        let changes = event.changes.compactMap { change -> Event.Change? in
            let path = change.path.tokens
            let (old, new) = (change.old.flatMap { seen($0, at: path) }, change.new.flatMap { seen($0, at: path) })
            return old == nil && new == nil ? nil : Event.Change(path: change.path, old: old, new: new)
        }
        if changes != event.changes { withhold("changes", .array(changes.map { .object($0.json) })) }
        if event.reason != nil, sees != nil || !withheld.isEmpty { withhold("reason") }
        if sees != nil, !event.detail.isEmpty { withhold("detail") }
        if !withheld.isEmpty { json["withheld"] = .array(withheld) }
        return json
    }

    /// Restricted places that a document shows.
    public func restricted(in document: JSON) -> Set<String> {
        Set(granted.filter { document.only([$0]) != nil }.map(\.description))
    }

    /// Restricted places of which an event shows something.
    public func restricted(in event: Event, _ definition: EventDefinition?) -> Set<String> {
        let shown = granted.filter { place in
            event.changes.contains { change in
                [change.old, change.new].contains { $0?.only([place], at: change.path.tokens) != nil }
            } || (event.form.map { $0.only(definition?.formPlaces(of: place) ?? []) != nil } ?? false)
        }
        return Set(shown.map(\.description))
    }
}

extension EventDefinition {
    /// Where in the form that comes with the event stands what is written to a place of the document. No tokens: all of it.
    func formPlaces(of place: JSONPointer) -> [JSONPointer] {
        guard form != nil else { return [] }
        var places: [JSONPointer] = []
        for operation in record {
            let target = operation.path
            if let value = operation.value {
                guard place.overlaps(target) else { continue }
                for pointer in value.pointers where pointer.tokens.first == "form" {
                    places.append(JSONPointer(tokens: Array(pointer.tokens.dropFirst())))
                }
            } else if operation.kind.writes {
                if place.covers(target) { places.append(JSONPointer()) }
                if place.isWithin(target) { places.append(JSONPointer(tokens: place.below(target))) }
            }
        }
        // A vote is its form; counted votes are what a result is made of.
        if let casts, place.overlaps(["ballots", casts, "votes", "*"]) { places.append(JSONPointer()) }
        if let tally, place.overlaps(["ballots", tally.ballot, "result"]) { places.append(JSONPointer()) }
        return places
    }
}

extension RecordOperation {
    /// Where what it writes comes to stand: its target, or an element of the list there.
    var path: [String] {
        switch kind {
        case .append, .update, .upsert: target.tokens + ["*"]
        default: target.tokens
        }
    }
}

extension RecordOperation.Kind {
    var writes: Bool { self != .increment && self != .remove }
}

extension Engine {
    /// What the context's actor may see of a case; nil when he may not read it at all. Whoever acts in a case about himself,
    /// for himself or for another, sees what the person sees whom the case is about.
    public static func visibility(of current: Case, definition: Definition, context: Context) -> Visibility? {
        Step(current, definition: definition, context: context).visibility
    }
}

extension Step {
    var visibility: Visibility? {
        let persons = [context.actor.official, context.actor.onBehalfOf].compactMap { $0.map(Principal.official) }
        return visibility(for: context.principals, persons: persons)
    }

    private func visibility(for principals: Set<Principal>, persons: [Principal]) -> Visibility? {
        let roles = roles
        func holds(_ names: [String]) -> Bool {
            (roles.principals(names) + substitutes(for: names)).contains(where: principals.contains)
        }
        let isSubject = roles.subject.map { principals.contains($0) || persons.contains($0) } ?? false
        let grades = definition.readers.filter { $0.isOpen(in: after.state) && holds([$0.role]) }
        // Who was given a task sees what those see whose task it was.
        let standsIn = substitutes(for: Array(definition.roles.keys)).contains(where: principals.contains)
        guard isSubject || standsIn || !grades.isEmpty else { return nil }
        let seesAll = isSubject || standsIn || grades.contains { $0.sees == nil }
        let (granted, hidden) = definition.restricted.reduce(into: ([JSONPointer](), [JSONPointer]())) { places, part in
            let readers = isSubject ? part.readers.filter { definition.roles[$0]?.holder == .subject } : part.readers
            if isSubject ? !readers.isEmpty : holds(readers) {
                places.0 += part.places
            } else {
                places.1 += part.places
            }
        }
        return Visibility(sees: seesAll ? nil : grades.flatMap { $0.sees ?? [] }, hidden: hidden, granted: granted)
    }

    func readers(of document: JSON) -> [Principal] {
        let roles = RoleResolver(definition: definition, document: document, context: context)
        var readers = roles.principals(definition.readers.filter { $0.isOpen(in: after.state) }.map(\.role))
        for reader in substitutes(for: Array(definition.roles.keys)) + [roles.subject].compactMap({ $0 })
        where !readers.contains(reader) { readers.append(reader) }
        return readers
    }

    /// For each reader the fields that he may not see, and so must not find the case by.
    func hiddenFields(from readers: [Principal]) -> [CaseChange.HiddenField] {
        readers.flatMap { reader in
            let visibility = visibility(for: [reader], persons: [])
            return definition.index.filter { visibility?.shows($0.value) != true }
                .map { CaseChange.HiddenField(reader: reader.description, field: $0.key) }
        }
    }
}

extension ReaderDefinition {
    func isOpen(in state: String) -> Bool { states?.contains(state) ?? true }
}
