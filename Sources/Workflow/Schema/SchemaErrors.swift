/// Everything that is wrong with a schema; at least one problem.
public struct SchemaErrors: Error, Equatable, CustomStringConvertible {
    public let problems: [SchemaProblem]

    public init(problems: [SchemaProblem]) { self.problems = problems }

    /// One line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
