import JSONCore

/// What a decision depends on beside the case and its definition. The engine asks nobody: it is all handed in.
public struct Context: Sendable {
    public var now: Timestamp
    public var calendar: WorkCalendar
    public var actor: Actor
    /// The login of an administrator of the server who acts as such; only repairs ask for it.
    public var administrator: String?
    /// What the actor is: the official (the absent one, when the actor is a deputy) and the roles held today.
    public var principals: Set<Principal>
    /// The roles that the subject of the case holds today.
    public var subjectPrincipals: Set<Principal>
    /// For opening a case: its unit and the units above, nearest first.
    public var units: [UnitLevel]
    /// Who holds each role that ``Engine/electorates(of:on:definition:context:)`` asked for.
    public var electorates: [Principal: [String]]
    /// For a recurrence: the definition of the case that it opens, the id for it, and what belongs to its own opening.
    public var child: Child?

    public struct UnitLevel: Sendable, Equatable {
        public var id: String
        public var level: String

        public init(id: String, level: String) {
            self.id = id
            self.level = level
        }
    }

    public struct Child: Sendable {
        public var id: String
        public var definition: Definition
        public var units: [UnitLevel]
        public var subjectPrincipals: Set<Principal>

        public init(id: String, definition: Definition, units: [UnitLevel], subjectPrincipals: Set<Principal>) {
            self.id = id
            self.definition = definition
            self.units = units
            self.subjectPrincipals = subjectPrincipals
        }
    }

    public init(
        now: Timestamp, calendar: WorkCalendar, actor: Actor, principals: Set<Principal> = [],
        subjectPrincipals: Set<Principal> = [], units: [UnitLevel] = [], electorates: [Principal: [String]] = [:],
        child: Child? = nil
    ) {
        self.now = now
        self.calendar = calendar
        self.actor = actor
        self.principals = principals
        self.subjectPrincipals = subjectPrincipals
        self.units = units
        self.electorates = electorates
        self.child = child
    }
}

/// What somebody, or a timer, wants of a case.
public enum Command: Sendable {
    /// Begin a case with the form of the definition's `open`.
    case open(id: String, form: JSON)
    /// Send an event to it. `expectedVersion`: only if the case still has it.
    case send(event: String, form: JSON?, expectedVersion: Int?, reason: String?)
    /// Set it right, for a reason.
    case repair(Repair, reason: String, expectedVersion: Int?)
    /// Its timer is due.
    case fire(timer: String)
}
