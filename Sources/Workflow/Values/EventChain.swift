/// One chain over the events of all cases, in the order in which they were committed. Whoever knows its head knows that no
/// event until there was altered, taken out or put in, although each case's own chain may have been made anew.
public struct EventChain: Sendable, Equatable {
    /// How many events it has: the position of the last one.
    public private(set) var position: Int
    /// SHA-256 (lower-case hexadecimal) over the text of the head before and the event's hash; the store's id at first.
    public private(set) var head: String

    /// The chain of a store without events.
    public init(store: String) { self.init(position: 0, head: store) }

    /// A chain to go on with.
    public init(position: Int, head: String) {
        self.position = position
        self.head = head
    }

    /// - Parameter hash: ``Event/hash`` of the next event.
    public mutating func append(_ hash: String) {
        head = sha256(Array((head + hash).utf8))
        position += 1
    }
}
