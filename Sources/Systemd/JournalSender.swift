import Dispatch
import Glibc
import Logging
import Synchronization

/// Hands entries to journald beside the threads that log: sd_journal_sendv(3) waits while journald's queue is full, for
/// ever when journald hangs, and an event loop that waits there answers nobody.
final class JournalSender: Sendable {
    /// The process's own. What it still holds when the process exits is sent then, for at most two seconds.
    static let shared: JournalSender = {
        atexit { JournalSender.shared.drain(within: 2) }
        return JournalSender { $0.send() }
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
    }

    /// Entries that wait at most, some 15 MB; what comes on top is dropped and counted.
    static let capacity = 16_384

    private let contents = Mutex(Contents())
    private let queue = DispatchQueue(label: "journal")
    private let write: @Sendable (Entry) -> Void

    /// - Parameter write: Sends one entry; it may block.
    init(write: @escaping @Sendable (Entry) -> Void) { self.write = write }

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
        if isIdle { queue.async { self.sendAll() } }
    }

    private func sendAll() {
        while true {
            let (batch, lost) = contents.withLock { contents in
                defer { (contents.waiting, contents.lost) = ([], 0) }
                contents.isSending = !contents.waiting.isEmpty
                return (contents.waiting, contents.lost)
            }
            if batch.isEmpty { return }
            for entry in batch { write(entry) }
            if lost > 0 {
                Logger(label: "journal").log(
                    .entriesLost, "the journal was stuck, \(lost) entries were dropped", metadata: ["count": "\(lost)"])
            }
        }
    }

    /// Returns when everything is sent, or the time is over.
    func drain(within seconds: Int) {
        let group = DispatchGroup()
        queue.async(group: group) {}
        _ = group.wait(timeout: .now() + .seconds(seconds))
    }
}

extension JournalSender.Entry {
    fileprivate func send() {
        // libsystemd reports success when there is no socket, so this is asked first.
        if access("/run/systemd/journal/socket", F_OK) != 0 || handler.fields(of: event, metadata: metadata).send() < 0
        {
            // What journald does not take must not be lost: systemd reads standard error too.
            TerminalLogHandler().write(event, metadata: metadata)
        }
    }
}
