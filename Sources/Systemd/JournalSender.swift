import Dispatch
import Glibc
import Logging
import Synchronization

/// Hands entries to journald on a thread of its own: sd_journal_sendv(3) waits while journald's queue is full, for ever
/// when journald hangs, and an event loop that waits there answers nobody.
final class JournalSender: Sendable {
    /// The process's own. What it still holds when the process exits is sent then, for at most two seconds.
    static let shared: JournalSender = {
        atexit { JournalSender.shared.drain(within: 2) }
        return JournalSender()
    }()

    struct Entry: Sendable {
        let handler: JournalLogHandler
        let event: LogEvent
        let metadata: Logger.Metadata
    }

    private struct Contents {
        var waiting: [Entry] = []
        var isSending = false
        var lost = 0
        var whenIdle: DispatchSemaphore?
    }

    /// Entries that wait at most, some 15 MB; what comes on top is dropped and counted.
    private static let capacity = 16_384

    private let contents = Mutex(Contents())
    private let wake = DispatchSemaphore(value: 0)

    private init() {
        // No queue of Dispatch: the priority that it gives its threads is not allowed in a sandbox, and it says so each time.
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let failure = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<JournalSender>.fromOpaque(context).takeUnretainedValue().work() }
                return nil
            }, context)
        precondition(failure == 0, "no thread for the journal: \(String(cString: strerror(failure)))")
        pthread_detach(thread)
    }

    /// Returns at once.
    func send(_ entry: Entry) {
        let isIdle = contents.withLock { contents in
            guard contents.waiting.count < Self.capacity else {
                contents.lost += 1
                return false
            }
            contents.waiting.append(entry)
            defer { contents.isSending = true }
            return !contents.isSending
        }
        if isIdle { wake.signal() }
    }

    private func work() {
        while true {
            wake.wait()
            sendAll()
        }
    }

    private func sendAll() {
        while true {
            let (batch, lost) = contents.withLock { contents in
                defer { (contents.waiting, contents.lost) = ([], 0) }
                contents.isSending = !contents.waiting.isEmpty
                if !contents.isSending { contents.whenIdle?.signal() }
                return (contents.waiting, contents.lost)
            }
            if batch.isEmpty { return }
            for entry in batch { entry.write() }
            if lost > 0 {
                Logger(label: "journal").log(
                    .entriesLost, "the journal was stuck, \(lost) entries were dropped", metadata: ["count": "\(lost)"])
            }
        }
    }

    /// Returns when everything is sent, or the time is over.
    private func drain(within seconds: Int) {
        let idle = DispatchSemaphore(value: 0)
        let isSending = contents.withLock { contents in
            contents.whenIdle = idle
            return contents.isSending
        }
        if isSending { _ = idle.wait(timeout: .now() + .seconds(seconds)) }
    }
}

extension JournalSender.Entry {
    fileprivate func write() {
        // libsystemd reports success when there is no socket, so this is asked first.
        if access("/run/systemd/journal/socket", F_OK) != 0
            || handler.fields(of: event, metadata: metadata).send() < 0
        {
            // What journald does not take must not be lost: systemd reads standard error too.
            TerminalLogHandler().write(event, metadata: metadata)
        }
    }
}
