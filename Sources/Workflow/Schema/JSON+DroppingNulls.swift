import JSONCore

extension JSON {
    /// The value without what a filled-in form leaves empty: members that are null, and nulls at the end of lists. What
    /// remains keeps its pointer.
    public var droppingNulls: JSON {
        switch self {
        case .object(let members): .object(members.filter { !$0.value.isNull }.mapValues(\.droppingNulls))
        case .array(let elements):
            .array(elements.prefix(1 + (elements.lastIndex { !$0.isNull } ?? -1)).map(\.droppingNulls))
        default: self
        }
    }
}
