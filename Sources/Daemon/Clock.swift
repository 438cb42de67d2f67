import Foundation
import Synchronization
import Workflow

/// What time it is. Handed in wherever time matters.
public protocol Clock: Sendable {
    var now: Timestamp { get }
}

/// The machine's clock.
struct WallClock: Clock {
    var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
    }
}

/// A clock that is moved by hand, for trying a workflow of months in minutes. It never goes back.
final class RehearsalClock: Clock {
    private let time: Mutex<Timestamp>

    init(start: Timestamp) { time = Mutex(start) }

    var now: Timestamp { time.withLock { $0 } }

    func move(to target: Timestamp) { time.withLock { $0 = max($0, target) } }
}
