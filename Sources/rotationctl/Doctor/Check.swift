/// One thing that an installation needs.
protocol Check: Sendable {
    /// A word for `--json` and the first column.
    var name: String { get }

    /// What was found; nothing when there is nothing to say.
    func findings(_ installation: Installation) async -> [Finding]
}
