import GRDB
import GRDBSQLite
import Synchronization

/// Moves the write-ahead log into the database beside the work, and keeps the log from growing without end.
///
/// A second connection copies the log's pages and syncs the file while commits go on. SQLite can begin the log anew only
/// at a moment when all of it has been copied, which never comes under steady load; so when the log is long, the writer
/// copies the few pages that were added meanwhile, between two batches.
final class Checkpointer: Sendable {
    /// Pages of the log (4 KiB each) from which it is copied, and from which the writer helps.
    private static let copyFrom = 2000
    private static let helpFrom = 8000

    private struct State {
        var copying = false
        var copiedSinceHelp = false
    }

    private let connection: DatabaseQueue
    private let pages = Atomic(0)
    private let state = Mutex(State())

    init(path: String) throws {
        var configuration = Configuration()
        configuration.label = "checkpoint"
        configuration.busyMode = .timeout(10)
        connection = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Takes the place of SQLite's own checkpoint, which would run within a commit.
    func watch(_ writer: Database) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            writer.sqliteConnection,
            { context, _, _, pages in
                // The store keeps the checkpointer for as long as the connection.
                if let context {
                    Unmanaged<Checkpointer>.fromOpaque(context).takeUnretainedValue().pages
                        .store(Int(pages), ordering: .relaxed)
                }
                return SQLITE_OK
            }, context)
    }

    /// To be called on the writer's queue after a batch.
    func batchWritten(_ writer: Database) {
        let pages = pages.load(ordering: .relaxed)
        guard pages >= Self.copyFrom else { return }
        let (copy, help) = state.withLock { state in
            if state.copying { return (false, false) }
            let help = state.copiedSinceHelp && pages >= Self.helpFrom
            state.copying = !help
            state.copiedSinceHelp = !help
            return (!help, help)
        }
        // A failure (the disk is full) leaves the log as it is; the next batch tries again.
        if help { _ = try? writer.checkpoint(.passive) }
        if copy {
            connection.asyncWriteWithoutTransaction { [self] db in
                _ = try? db.checkpoint(.passive)
                state.withLock { $0.copying = false }
            }
        }
    }

    func close() throws { try connection.close() }
}
