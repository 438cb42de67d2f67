import JSONCore

/// What can be asked of a case: a JSON Schema that the document and, at `/form`, the form must satisfy, and the few things
/// that a schema cannot say.
public indirect enum Predicate: Sendable {
    case schema(Schema)
    /// The value there satisfies the form of that name.
    case valid(at: JSONPointer, as: String)
    case equal(ValueTemplate, ValueTemplate)
    case different(ValueTemplate, ValueTemplate)
    /// The value is that of `by` in an element of the list.
    case oneOf(ValueTemplate, in: JSONPointer, by: String)
    /// Every element of the list `of` has, under `key`, a value that an element of the list `in` has under `by`.
    case covers(of: JSONPointer, key: String, in: JSONPointer, by: String)
    /// No member of the object `of` has, under `key`, a number above the one of the member's name in the object `in`.
    case atMost(of: JSONPointer, key: String, in: JSONPointer)
    /// When the members of the object `of` have numbers under `key`, then their sum, with those at `plus` and without those
    /// at `minus`, is the number at `total`; without any there is no total either.
    case sum(of: JSONPointer, key: String, plus: [JSONPointer], minus: [JSONPointer], total: JSONPointer)
    /// The closed ballot ended with one of these outcomes.
    case ballot(String, outcomes: [String])
    /// Enough members of the ballot's electorate are on the list of those present there.
    case quorum(ballot: String, present: JSONPointer)
    /// So many of those present there may vote in the ballot: members who are not recused.
    case voters(ballot: String, present: JSONPointer, atLeast: Int)
    /// Nobody has sent anything since the present state was entered.
    case unacted
    /// No more time has passed since the present state was entered.
    case within(DeadlineDefinition.Offset)
    case all([Predicate])
    case any([Predicate])
    case not(Predicate)

    /// The ballots whose electorate must be known to answer it.
    var quorumBallots: [String] {
        switch self {
        case .quorum(let ballot, _), .voters(let ballot, _, _): [ballot]
        case .all(let parts), .any(let parts): parts.flatMap(\.quorumBallots)
        case .not(let part): part.quorumBallots
        default: []
        }
    }
}
