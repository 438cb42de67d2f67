/// Something wrong in a definition's text, with its place.
public struct DefinitionProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file's name as it was given to the loader.
    public let file: String
    /// Counted from 1.
    public let line: Int, column: Int
    public let message: String

    /// `file:line:column: message`, as compilers write it.
    public var description: String { "\(file):\(line):\(column): \(message)" }
}

/// Everything that is wrong in a definition.
public struct DefinitionProblems: Error, Sendable, CustomStringConvertible {
    public let problems: [DefinitionProblem]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
