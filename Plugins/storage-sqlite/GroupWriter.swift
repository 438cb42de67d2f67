import GRDB
import PluginKit
import Synchronization

/// Everything that writes goes through here. What waits while a batch is being synced to disk becomes the next batch: one
/// SQLite transaction and one sync for all of it, so that many callers cost hardly more than one.
final class GroupWriter: Sendable {
    /// More would only make the first of a batch wait.
    private static let batchLimit = 256

    private struct Queue {
        var jobs: [any WriteJob] = []
        var draining = false
    }

    private let pool: DatabasePool
    // Touched on the pool's writer queue only.
    private nonisolated(unsafe) var statements: CommitStatements?
    private let queue = Mutex(Queue())
    /// Called on the writer's queue between batches.
    private let afterBatch: @Sendable (Database) -> Void
    /// Nil, or why the newest batch could not be written.
    private let failure = Mutex<String?>(nil)
    /// When the batch began that is being written.
    private let began = Mutex<ContinuousClock.Instant?>(nil)

    init(pool: DatabasePool, afterBatch: @escaping @Sendable (Database) -> Void) throws {
        self.pool = pool
        self.afterBatch = afterBatch
        statements = try pool.writeWithoutTransaction { try CommitStatements($0) }
    }

    /// Lets go of the connection, after what is under way. Afterwards nothing can be written.
    func close() { pool.writeWithoutTransaction { _ in statements = nil } }

    var lastFailure: String? { failure.withLock { $0 } }

    /// How long the batch that is being written has taken so far.
    var busyFor: Duration { began.withLock { $0.map { .now - $0 } ?? .zero } }

    /// Runs `work` within a transaction; returns when its changes are on disk.
    /// - Parameter work: May throw a ``StorageError`` before it has changed anything; any other error takes back what it
    ///   changed. It runs again, from the start, when something else in its batch failed.
    func perform<Value: Sendable>(
        _ operation: String, _ work: @escaping @Sendable (Database, CommitStatements) throws -> Value
    ) async throws(StorageError) -> Value {
        let result: Result<Value, StorageError> = await withCheckedContinuation { continuation in
            enqueue(Job(operation: operation, work: work) { continuation.resume(returning: $0) })
        }
        return try result.get()
    }

    private func enqueue(_ job: any WriteJob) {
        let start = queue.withLock { queue in
            queue.jobs.append(job)
            defer { queue.draining = true }
            return !queue.draining
        }
        if start { pool.asyncWriteWithoutTransaction { [self] db in drain(db) } }
    }

    private func drain(_ db: Database) {
        while true {
            let batch = queue.withLock { queue -> [any WriteJob] in
                let batch = Array(queue.jobs.prefix(Self.batchLimit))
                queue.jobs.removeFirst(batch.count)
                queue.draining = !batch.isEmpty
                return batch
            }
            if batch.isEmpty { return }
            began.withLock { $0 = .now }
            write(batch, db)
            afterBatch(db)
            began.withLock { $0 = nil }
        }
    }

    private func write(_ batch: [any WriteJob], _ db: Database) {
        do {
            try db.inTransaction(.immediate) {
                guard let statements else {
                    throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the store is closed")
                }
                for job in batch { try job.run(db, statements) }
                return .commit
            }
            failure.withLock { $0 = nil }
            for job in batch { job.succeed() }
        } catch {
            if batch.count > 1, !StorageError.isDisk(error) {
                for job in batch { write([job], db) }
                return
            }
            failure.withLock { $0 = "\(StorageError(error, operation: "write"))" }
            for job in batch { job.fail(error) }
        }
    }
}

private protocol WriteJob: AnyObject, Sendable {
    func run(_ db: Database, _ statements: CommitStatements) throws
    func succeed()
    func fail(_ error: any Error)
}

private final class Job<Value: Sendable>: WriteJob {
    private let operation: String
    private let work: @Sendable (Database, CommitStatements) throws -> Value
    private let finish: @Sendable (Result<Value, StorageError>) -> Void
    private let result = Mutex<Result<Value, StorageError>?>(nil)

    init(
        operation: String, work: @escaping @Sendable (Database, CommitStatements) throws -> Value,
        finish: @escaping @Sendable (Result<Value, StorageError>) -> Void
    ) {
        self.operation = operation
        self.work = work
        self.finish = finish
    }

    func run(_ db: Database, _ statements: CommitStatements) throws {
        do {
            let value = try work(db, statements)
            result.withLock { $0 = .success(value) }
        } catch let refusal as StorageError {
            result.withLock { $0 = .failure(refusal) }
        }
    }

    func succeed() {
        finish(
            result.withLock { $0 } ?? .failure(.unavailable(operation: operation, reason: "the work was not run")))
    }

    func fail(_ error: any Error) { finish(.failure(StorageError(error, operation: operation))) }
}
