/// A part of a list. `cursor`, given again with the same filter, continues; nil when the list has ended.
public struct Page<Element: Sendable>: Sendable {
    public var elements: [Element]
    public var cursor: String?

    public init(_ elements: [Element], cursor: String?) {
        self.elements = elements
        self.cursor = cursor
    }
}

extension Page: Equatable where Element: Equatable {}
