import JSONCore
import OrderedCollections

/// A workflow as its file describes it, checked and ready to be followed.
///
/// ``DefinitionLoader`` makes it from YAML. A case follows the version that it began with for its whole life. It never
/// changes, and is a class because every look at a case refers to it: a copy of a struct would count each of its parts.
public final class Definition: Sendable {
    public let name: String
    public let version: Int
    public let title: LocalizedText
    public let description: LocalizedText?
    /// Where in the document the case says whom it is about, where it is handled, and for which period.
    public let subject: JSONPointer
    public let unit: JSONPointer
    public let period: JSONPointer?
    /// What a case is called: text with places such as `{/rotation/to_post}`.
    public let caseTitle: String
    /// What no other case of the workflow may have: text with places, filled in when a case is opened; nil when cases may
    /// be alike.
    public let unique: String?
    public let roles: OrderedDictionary<String, RoleDefinition>
    /// Who may read a case, beside the person whom it is about.
    public let readers: [ReaderDefinition]
    /// Roles whose holders may repair cases, beside the administrators of the server.
    public let repairers: [String]
    /// What only some of them see.
    public let restricted: [RestrictedPart]
    /// Places of the document that cases can be found by, under these names.
    public let index: OrderedDictionary<String, JSONPointer>
    public let ballots: OrderedDictionary<String, BallotDefinition>
    /// How a case begins, and what other cases bring along then.
    public let open: EventDefinition
    public let carry: [CarryDefinition]
    public let states: OrderedDictionary<String, StateDefinition>
    /// Events that every state accepts that is not final.
    public let anywhere: OrderedDictionary<String, EventDefinition>
    /// What people are told when something is sent to them, by topic.
    public let topics: OrderedDictionary<String, LocalizedText>
    /// The forms that it uses, by name.
    public let forms: [String: Schema]
    /// The text that it was made from, and the texts of its forms by name.
    public let source: String
    public let formSources: [String: String]

    init(
        name: String, version: Int, title: LocalizedText, description: LocalizedText?, subject: JSONPointer,
        unit: JSONPointer, period: JSONPointer?, caseTitle: String, unique: String?,
        roles: OrderedDictionary<String, RoleDefinition>, readers: [ReaderDefinition], repairers: [String],
        restricted: [RestrictedPart],
        index: OrderedDictionary<String, JSONPointer>, ballots: OrderedDictionary<String, BallotDefinition>,
        open: EventDefinition, carry: [CarryDefinition],
        states: OrderedDictionary<String, StateDefinition>, anywhere: OrderedDictionary<String, EventDefinition>,
        topics: OrderedDictionary<String, LocalizedText>, forms: [String: Schema], source: String,
        formSources: [String: String]
    ) {
        self.name = name
        self.version = version
        self.title = title
        self.description = description
        self.subject = subject
        self.unit = unit
        self.period = period
        self.caseTitle = caseTitle
        self.unique = unique
        self.roles = roles
        self.readers = readers
        self.repairers = repairers
        self.restricted = restricted
        self.index = index
        self.ballots = ballots
        self.open = open
        self.carry = carry
        self.states = states
        self.anywhere = anywhere
        self.topics = topics
        self.forms = forms
        self.source = source
        self.formSources = formSources
    }

    /// SHA-256 over the text and its forms: what makes two versions the same.
    public var digest: String {
        let forms = JSONObject(formSources.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }) { $1 }
        return sha256(JSON.object(["source": .string(source), "forms": .object(forms)]).canonicalBytes())
    }

    /// The event as `state` accepts it; nil when it does not.
    public func event(_ name: String, in state: String) -> EventDefinition? {
        guard let state = states[state] else { return nil }
        return state.events[name] ?? (state.isFinal || state.isAutomatic ? nil : anywhere[name])
    }

    /// The events that `state` accepts, its own first.
    public func events(in state: String) -> [EventDefinition] {
        guard let state = states[state] else { return [] }
        return Array(state.events.values) + (state.isFinal || state.isAutomatic ? [] : Array(anywhere.values))
    }

    /// The states of earlier cases that one carries on from; none when it carries nothing on.
    public var carriesOnFrom: [String] { carry.filter { $0.from == .previous }.flatMap(\.states) }

    /// Whether cases of it open cases of that workflow.
    public func opens(_ workflow: String) -> Bool {
        states.values.contains { $0.recurring.values.contains { $0.workflow == workflow } }
    }

    /// Every event of the definition with the states that accept it.
    public var allEvents: [EventDefinition] { [open] + states.values.flatMap(\.events.values) + Array(anywhere.values) }
}

/// One stage of the process.
public struct StateDefinition: Sendable {
    public let name: String
    public let title: LocalizedText
    public let description: LocalizedText?
    /// The process has ended. Events of a final state (a correction, an acknowledgement) may still come.
    public let isFinal: Bool
    public let events: OrderedDictionary<String, EventDefinition>
    /// Where the case goes on by itself at once: the first transition whose condition holds.
    public let automatic: [AutomaticTransition]
    /// The ballot that is opened when the state is entered.
    public let ballot: String?
    public let deadlines: OrderedDictionary<String, DeadlineDefinition>
    public let recurring: OrderedDictionary<String, RecurrenceDefinition>
    public let notify: [NotificationDefinition]

    public var isAutomatic: Bool { !automatic.isEmpty }
}

/// A step that the engine takes by itself.
public struct AutomaticTransition: Sendable {
    /// Always, when nil.
    public let condition: Predicate?
    public let to: String
}

/// Something that a person can send to a case.
public struct EventDefinition: Sendable {
    public let name: String
    public let title: LocalizedText
    public let description: LocalizedText?
    /// Roles that may send it.
    public let by: [String]
    /// Roles whose holders may not, whatever else they are.
    public let except: [String]
    /// The form that comes with it; nil when nothing does. An optional form may be left out.
    public let form: String?
    public let formIsOptional: Bool
    /// What must hold; the document and, at `/form`, the form are looked at.
    public let requires: [Requirement]
    /// What it writes into the document, in order.
    public let record: [RecordOperation]
    /// The ballot in which it is a vote, which it closes, or whose counted paper votes it brings.
    public let casts: String?
    public let closes: String?
    public let tally: Tally?
    /// The state that it leads to; nil when it stays.
    public let to: String?
    /// Whether the case waits for it: it appears in the inbox of those who may send it.
    public let isTask: Bool
    /// Who is told of it.
    public let notify: [NotificationDefinition]

    /// Votes that were counted on paper: where in the form each option's number stands, and that of invalid votes.
    public struct Tally: Sendable {
        public let ballot: String
        public let counts: OrderedDictionary<String, JSONPointer>
        public let invalid: JSONPointer?
    }
}

/// Who may do something, in terms of the directory.
public struct RoleDefinition: Sendable {
    public let name: String
    public let title: LocalizedText
    public let holder: Holder
    /// Who it is when the subject of the case is among the holders: nobody decides on himself.
    public let otherwise: Holder?
    /// Roles in whose holders' own cases it is ``otherwise`` too: who answers to the head does not enter the head's case.
    public let otherwiseFor: [String]

    public enum Holder: Sendable, Equatable {
        /// The person whom the case is about.
        case subject
        /// Holders of a role of the directory in the unit of the case, its parent, or the unit above it of a level.
        case role(String, in: Scope)
    }

    public enum Scope: Sendable, Equatable {
        case unit, parent
        case level(String)
    }
}

/// How a vote is held.
public struct BallotDefinition: Sendable {
    public let name: String
    public let title: LocalizedText
    /// The role whose holders are the members.
    public let electorate: String
    /// Roles whose holders may not vote in it.
    public let recused: [String]
    public let options: OrderedDictionary<String, LocalizedText>
    /// The member of the voter's form that holds the option.
    public let choice: String
    /// Where in the document the method of the vote stands. `secret` there: votes are counted on paper and never cast by name.
    public let method: JSONPointer?
    /// The list of the ids of those present; without, whoever votes is present.
    public let present: JSONPointer?
    /// More than this part of the members must be present.
    public let quorum: Fraction?
    /// An option wins with more than this part of the members or of the votes; without, with more than any other.
    public let majority: Majority?

    public struct Majority: Sendable, Equatable {
        public let moreThan: Fraction
        public let of: Base
        public enum Base: String, Sendable, CaseIterable { case members, votes }
    }
}

/// A part of a whole, such as 1/2.
public struct Fraction: Sendable, Equatable, CustomStringConvertible {
    public let numerator: Int, denominator: Int

    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let numerator = parts[0], let denominator = parts[1], numerator >= 0,
            denominator > 0, numerator <= denominator
        else { return nil }
        (self.numerator, self.denominator) = (numerator, denominator)
    }

    /// Whether `count` is more than this part of `whole`.
    public func isExceeded(by count: Int, of whole: Int) -> Bool { count * denominator > whole * numerator }

    static let none = Fraction(numerator: 0, denominator: 1)

    private init(numerator: Int, denominator: Int) {
        (self.numerator, self.denominator) = (numerator, denominator)
    }

    public var description: String { "\(numerator)/\(denominator)" }
}

/// By when the case must leave a state, and what happens around that moment.
public struct DeadlineDefinition: Sendable {
    public let name: String
    public let title: LocalizedText
    public let due: Moment
    /// The events that are waited for.
    public let events: [String]
    /// Reminders, so much before it is due.
    public let remind: [Offset]
    /// Who is reminded and told that it is overdue.
    public let notify: [NotificationDefinition.Recipient]
    /// Who is told, so much after it was due; what is urgent waits for no quiet hours and no digest.
    public let escalate: [(after: Offset, to: [NotificationDefinition.Recipient], urgent: Bool)]

    /// When it is due.
    public enum Moment: Sendable, Equatable {
        /// So long after the state was entered.
        case after(Offset)
        /// By the end of the day that stands in the document there, as a date or a time. When there is none, or the day
        /// has passed when the state is entered, so long after that.
        case at(JSONPointer, or: Offset?)
    }

    /// A number of days of the calendar, or of working days.
    public struct Offset: Sendable, Equatable {
        public let days: Int
        public let working: Bool
    }
}

/// Cases that a state opens again and again.
public struct RecurrenceDefinition: Sendable {
    public let name: String
    public let title: LocalizedText
    public let workflow: String
    /// The first and the last day of the time in which it recurs: dates in the document.
    public let from: JSONPointer
    public let to: JSONPointer
    /// On which day of the month.
    public let opens: Day
    /// The form that opens the case.
    public let form: ValueTemplate

    public enum Day: Sendable, Equatable {
        /// That day, or the month's last when it is shorter.
        case day(Int)
        /// The first working day, the second …, or the last when there are fewer.
        case workingDay(Int)
        case lastWorkingDay
    }
}

/// What another case brings along when a case is opened.
public struct CarryDefinition: Sendable {
    public let from: Source
    /// In one of which the earlier case must be.
    public let states: [String]
    /// Where it is written.
    public let target: JSONPointer
    /// What: places are those of the other case's document, `$case` is its id.
    public let value: ValueTemplate
    /// When the value is a list of objects: which of their members are taken.
    public let members: [String]?

    public enum Source: Sendable, Equatable {
        /// The newest case of the workflow that is about the same official and an earlier period.
        case previous
        /// The case whose recurrence it belongs to.
        case parent
    }
}

/// Who is told when a state is entered or an event has come.
public struct NotificationDefinition: Sendable {
    public let to: [Recipient]
    public let topic: String
    /// Waits for no quiet hours and no digest.
    public let urgent: Bool
    public let invite: InvitationDefinition?

    public enum Recipient: Sendable, Equatable {
        case role(String)
        /// The officials whose ids stand in the document there: one, or a list.
        case place(JSONPointer)
        /// Whoever the case then waits for.
        case waiting
    }
}

/// What comes into the calendars of those who are told.
public struct InvitationDefinition: Sendable, Equatable {
    public let time: Time
    /// Where in the document the place is named.
    public let location: JSONPointer?
    /// The events that say that it takes place; a case that leaves the state otherwise before its end cancels it.
    public let heldBy: [String]
    /// The topic under which it is cancelled; without, it is not.
    public let cancelled: String?

    public enum Time: Sendable, Equatable {
        /// Times in the document; without an end, so many minutes.
        case appointment(start: JSONPointer, end: JSONPointer?, minutes: Int)
        /// The day on which a deadline of the state is due.
        case deadline(String)
    }
}

/// A condition with what to say when it does not hold.
public struct Requirement: Sendable {
    /// Only looked at when this holds.
    public let condition: Predicate?
    public let predicate: Predicate
    public let message: LocalizedText
    /// When it does not hold, the event is carried out all the same, and the message goes on record and to the sender.
    public let isWarning: Bool
}
