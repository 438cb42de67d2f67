import DequeModule
import Logging
import PluginKit
import Systemd
import Workflow

/// Gathers the transactions of concurrent commands, so that they share one call and one fsync: while a batch is on its way to
/// the disk, the next one fills.
actor CommitPipeline {
    /// Transactions of one call.
    static let largestBatch = 256

    private let storage: StorageHandle
    private let onCommit: @Sendable ([Transaction]) -> Void
    private let logger: Logger
    /// Why the last batch was not committed; nil when it was.
    private var failure: StorageError?
    private typealias Entry = (
        transaction: Transaction, answer: CheckedContinuation<Result<Outcome, StorageError>, Never>
    )
    private var waiting: Deque<Entry> = []
    private var isRunning = false

    /// - Parameter onCommit: Called with what each batch committed.
    init(storage: StorageHandle, logger: Logger, onCommit: @escaping @Sendable ([Transaction]) -> Void) {
        self.storage = storage
        self.logger = logger
        self.onCommit = onCommit
    }

    /// Returns when the transaction is on disk, or was refused.
    func commit(_ transaction: Transaction) async throws(StorageError) -> Outcome {
        let result = await withCheckedContinuation { answer in
            waiting.append((transaction, answer))
            if !isRunning {
                isRunning = true
                Task(executorPreference: DaemonLoop.shared) { await self.run() }
            }
        }
        return try result.get()
    }

    private func run() async {
        while !waiting.isEmpty {
            let count = min(waiting.count, Self.largestBatch)
            let batch = Array(waiting.prefix(count))
            waiting.removeFirst(count)
            await commit(batch[...])
        }
        isRunning = false
    }

    private func commit(_ batch: ArraySlice<Entry>) async {
        do throws(StorageError) {
            let outcomes = try await storage.storage.commit(batch.map(\.transaction))
            failure = nil
            onCommit(
                zip(batch, outcomes).compactMap { entry, outcome in
                    if case .committed = outcome { entry.transaction } else { nil }
                })
            for (entry, outcome) in zip(batch, outcomes) { entry.answer.resume(returning: .success(outcome)) }
        } catch {
            // Large documents that are too many for one message go in several.
            if case .tooLarge = error, batch.count > 1 {
                let middle = batch.startIndex + batch.count / 2
                await commit(batch[..<middle])
                await commit(batch[middle...])
                return
            }
            // It may have been committed all the same, when only the answer was lost: whoever watches looks.
            onCommit([])
            report(error, count: batch.count)
            for entry in batch { entry.answer.resume(returning: .failure(error)) }
        }
    }

    /// Once for each spell of failures, not for each command that is tried in vain.
    private func report(_ error: StorageError, count: Int) {
        defer { failure = error }
        guard failure == nil else { return }
        logger.log(
            .commitFailed, "commands could not be committed: \(error)",
            metadata: ["count": "\(count)", "reason": "\(error)"])
    }
}
