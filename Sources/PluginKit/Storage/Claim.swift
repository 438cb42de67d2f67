import Workflow

/// What was leased, and when there may be more.
public struct Claim<Element: Sendable>: Sendable {
    public var elements: [Element]
    /// When the first after these is due or its lease ends; nil when nothing waits.
    public var next: Timestamp?

    public init(_ elements: [Element], next: Timestamp?) {
        self.elements = elements
        self.next = next
    }
}

extension Claim: Equatable where Element: Equatable {}
