import JSONCore
import OrderedCollections

extension Violation {
    /// The violation for a person, e.g. `/key_tasks/0/title (Task title): must not be empty`.
    /// - Parameter titles: The schema whose titles and hints are used: the one that found the violation, or one of the
    ///   whole document that the value is part of.
    public func message(_ language: Language, titles: Schema?) -> String { "" }
}
