/// Why a text is not a Varlink interface description, and where.
public struct InterfaceSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, in English, without the place.
    public let reason: String
    /// Line and column (in bytes), counted from 1.
    public let line: Int, column: Int

    public var description: String { "\(line):\(column): \(reason)" }
}
