/// What one check of a conformance suite found.
public struct ConformanceResult: Sendable, Equatable, CustomStringConvertible {
    public enum Outcome: Sendable, Equatable {
        case passed
        /// The plugin breaks its contract; the text says in what.
        case failed(String)
        /// Not tried; the text says why. A skipped check says nothing of the plugin.
        case skipped(String)
    }

    /// The promise that was checked.
    public var name: String
    public var outcome: Outcome

    public init(name: String, outcome: Outcome) {
        self.name = name
        self.outcome = outcome
    }

    public var description: String {
        switch outcome {
        case .passed: "passed   \(name)"
        case .failed(let reason): "FAILED   \(name): \(reason)"
        case .skipped(let reason): "skipped  \(name): \(reason)"
        }
    }
}
