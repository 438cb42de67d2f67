import JSONCore

/// A case's events gone through again: checks the chain and gives the document that they make.
public struct Replay: Sendable {
    public private(set) var version = 0
    public private(set) var state = ""
    public private(set) var head = ""
    public private(set) var document: JSON = [:]

    public init() {}

    /// Why an event cannot follow the ones before.
    public enum Problem: Error, Sendable, Equatable, CustomStringConvertible {
        case gap(version: Int, expected: Int)
        /// The event was altered after it was written.
        case hash(version: Int)
        /// The event before was altered, removed or put in.
        case chain(version: Int)
        /// It leaves a state in which the case was not.
        case state(version: Int)
        /// It changes a value that was not there.
        case change(version: Int, path: JSONPointer)

        public var description: String {
            switch self {
            case .gap(let version, let expected): "event \(version) stands where \(expected) should"
            case .hash(let version): "event \(version) is not what was written: its hash does not match"
            case .chain(let version): "event \(version) does not follow the event before it: the chain is broken"
            case .state(let version): "event \(version) leaves a state in which the case was not"
            case .change(let version, let path): "event \(version) changes a value at \(path) that was not there"
            }
        }
    }

    public mutating func apply(_ event: Event) throws(Problem) {
        guard event.version == version + 1 else { throw .gap(version: event.version, expected: version + 1) }
        guard event.hash == event.computedHash else { throw .hash(version: event.version) }
        guard event.previous == head else { throw .chain(version: event.version) }
        guard event.from ?? "" == state else { throw .state(version: event.version) }
        for change in event.changes where document[change.path] != change.old {
            throw .change(version: event.version, path: change.path)
        }
        document = document.applying(event.changes)
        version = event.version
        state = event.to
        head = event.hash
    }
}
