import JSONCore

/// One thing that an event writes into the document.
public struct RecordOperation: Sendable {
    public let kind: Kind
    /// Where.
    public let target: JSONPointer
    /// What; the form when nil.
    public let value: ValueTemplate?
    /// Members that are added to what is written, such as who asked and when.
    public let with: ValueTemplate?
    /// Only when this holds.
    public let condition: Predicate?

    public enum Kind: Sendable, Equatable {
        /// The value replaces what is there.
        case put
        /// The value's members replace those that are there.
        case merge
        /// The value becomes the last element of the list; with `number`, that member counts the elements from 1.
        case append(number: String?)
        /// The value's members replace those of the list's element that has the same value of this member.
        case update(key: String)
        /// As update; a value with a new key is appended.
        case upsert(key: String)
        /// One more than the number there.
        case increment
        /// The value replaces what is there, which goes to the end of the list `keep`; `supersedes` counts what it
        /// supersedes.
        case supersede(keep: JSONPointer)
        case remove
    }
}
