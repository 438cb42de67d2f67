import Synchronization

/// Tells those who wait that something has changed. What it is they read where it is kept, so that nothing is missed.
final class EventFeed: Sendable {
    private struct Contents {
        var signals = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var next = 0
    }

    private let contents = Mutex(Contents())

    /// Counts the changes; ``wait(after:)`` takes it.
    var signals: Int { contents.withLock { $0.signals } }

    func signal() {
        let waiting = contents.withLock { contents in
            contents.signals += 1
            defer { contents.waiting = [:] }
            return contents.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when there has been a signal after the count was `signals`, or the task is cancelled.
    func wait(after signals: Int) async {
        let id = contents.withLock { contents in
            contents.next += 1
            return contents.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isLate = contents.withLock { contents in
                    if contents.signals != signals || Task.isCancelled { return true }
                    contents.waiting[id] = continuation
                    return false
                }
                if isLate { continuation.resume() }
            }
        } onCancel: {
            contents.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }
}
