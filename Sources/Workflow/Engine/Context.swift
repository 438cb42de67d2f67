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
    /// For opening a case: the one whose recurrence it belongs to, the roster that has it opened, and the earlier case that
    /// it carries on from (``Definition/carriesOnFrom``).
    public var parent: Parent?
    public var roster: Roster?
    public var previous: Case?
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

    public struct Parent: Sendable {
        public var current: Case
        /// The name of the recurrence in its definition, and the period that it is for.
        public var recurrence: String
        public var period: String

        public init(_ current: Case, recurrence: String, period: String) {
            self.current = current
            self.recurrence = recurrence
            self.period = period
        }
    }

    /// What has a case opened that nobody asked for.
    public struct Roster: Sendable {
        public var name: String
        /// When the case was to be opened.
        public var due: Timestamp

        public init(name: String, due: Timestamp) {
            self.name = name
            self.due = due
        }
    }

    public struct Child: Sendable {
        public var id: String
        public var definition: Definition
        public var units: [UnitLevel]
        public var subjectPrincipals: Set<Principal>
        /// What the form is to say beside what the recurrence puts into it.
        public var details: JSON?
        public var previous: Case?
        /// The case that somebody else has opened for the same: the recurrence goes on with it.
        public var existing: Case?

        public init(
            id: String, definition: Definition, units: [UnitLevel], subjectPrincipals: Set<Principal>,
            details: JSON? = nil, previous: Case? = nil, existing: Case? = nil
        ) {
            self.id = id
            self.definition = definition
            self.units = units
            self.subjectPrincipals = subjectPrincipals
            self.details = details
            self.previous = previous
            self.existing = existing
        }
    }

    public init(
        now: Timestamp, calendar: WorkCalendar, actor: Actor, principals: Set<Principal> = [],
        subjectPrincipals: Set<Principal> = [], units: [UnitLevel] = [], electorates: [Principal: [String]] = [:],
        parent: Parent? = nil, roster: Roster? = nil, previous: Case? = nil, child: Child? = nil
    ) {
        self.now = now
        self.calendar = calendar
        self.actor = actor
        self.principals = principals
        self.subjectPrincipals = subjectPrincipals
        self.units = units
        self.electorates = electorates
        self.parent = parent
        self.roster = roster
        self.previous = previous
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
