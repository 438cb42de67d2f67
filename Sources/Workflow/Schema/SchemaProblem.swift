import JSONCore

/// One reason why a schema is refused.
public struct SchemaProblem: Sendable, Equatable, CustomStringConvertible {
    /// The place in the schema, not in a value that it describes.
    public let pointer: JSONPointer
    /// What is wrong there, in English, without the place.
    public let reason: String

    public init(pointer: JSONPointer, reason: String) {
        self.pointer = pointer
        self.reason = reason
    }

    public var description: String { "\(pointer.tokens.isEmpty ? "/" : pointer.description): \(reason)" }
}
