/// A place in a text, counted from 1; columns in code points.
public struct YAMLPosition: Sendable, Hashable, CustomStringConvertible {
    public let line: Int, column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// `line:column`, as compilers write it.
    public var description: String { "\(line):\(column)" }
}
