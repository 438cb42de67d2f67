import Synchronization

/// A value that others are given before it is known or after it was replaced: the settings in force, the calendar.
final class Current<Value: Sendable>: Sendable {
    private let current: Mutex<Value>

    init(_ value: Value) { current = Mutex(value) }

    /// A part of it, without a copy of the rest.
    func read<Part>(_ part: (Value) -> Part) -> Part where Part: Sendable { current.withLock { part($0) } }

    var value: Value {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}
