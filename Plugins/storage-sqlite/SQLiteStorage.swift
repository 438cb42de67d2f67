import Foundation
import GRDB
import PluginKit
import Workflow

/// Keeps everything in one SQLite file.
actor SQLiteStorage: Storage {
    static let version = "1.0.0"
    static let maximumLimit = 1000
    /// Bytes on the disk below which a store that could not be written is not tried again.
    static let leastRoom = 1 << 20

    private let path: String
    private var current: OpenStore?
    private var isOpening = false
    var isBackingUp = false

    /// - Parameter path: The database file, made by ``open(clock:)`` when it is not there.
    init(path: String) { self.path = path }

    func open(clock: StoreClock) async throws(StorageError) -> OpenedStore {
        if let store = current {
            if store.clock != clock { throw .clockMismatch(storeClock: store.clock) }
            try await store.writer.perform("Open") { db, _ in try db.forgetStaged() }
            return OpenedStore(storeID: store.storeID, created: false, position: try await position(in: store))
        }
        guard !isOpening else { throw .unavailable(operation: "Open", reason: "the store is being opened already") }
        isOpening = true
        defer { isOpening = false }
        let store: OpenStore
        let created: Bool
        do {
            // Not on the actor, which answers probes while a migration takes its time.
            (store, created) = try await Task.detached { [path] in
                try OpenStore.open(
                    path: path, clock: clock, newID: UUID().uuidString.lowercased(), now: Self.now.description)
            }.value
        } catch {
            throw StorageError(error, operation: "Open")
        }
        current = store
        return OpenedStore(storeID: store.storeID, created: created, position: try await position(in: store))
    }

    /// Closes the store after what is under way.
    func close() throws {
        defer { current = nil }
        try current?.close()
    }

    /// No batch, not even an import of half a million officials, takes longer than this: the disk hangs.
    private static let longestBatch = Duration.seconds(120)

    /// Whether the store can be written. While the disk hangs there is no answer, which a watchdog notices. After a failure
    /// the room on the disk and a small write tell whether it lasts: the write alone would find room where a form does not.
    func probe() async -> PluginState {
        if isOpening { return .starting("opening \(path), which takes longer when a new version changes its tables") }
        guard let store = current else { return .ready }
        if store.writer.busyFor > Self.longestBatch {
            _ = try? await store.writer.perform("Probe") { _, _ in }
        }
        guard let failure = store.writer.lastFailure else { return .ready }
        if let free = Self.freeBytes(beside: store.path), free < Self.leastRoom {
            return .failing(failure)
        }
        do throws(StorageError) {
            try await store.writer.perform("Probe") { db, _ in try db.run("UPDATE totals SET cases = cases") }
            return .ready
        } catch {
            return .failing("\(error)")
        }
    }

    func store(_ operation: String) throws(StorageError) -> OpenStore {
        guard let current else {
            throw .unavailable(operation: operation, reason: "the store has not been opened; call Open first")
        }
        return current
    }

    func read<Value: Sendable>(
        _ operation: String, _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(StorageError) -> Value {
        let pool = try store(operation).pool
        do { return try await pool.read(work) } catch { throw StorageError(error, operation: operation) }
    }

    func write<Value: Sendable>(
        _ operation: String, _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(StorageError) -> Value {
        try await store(operation).writer.perform(operation) { db, _ in try work(db) }
    }

    static func check(limit: Int) throws(StorageError) {
        guard (1...maximumLimit).contains(limit) else { throw .invalidParameter("limit") }
    }

    static func check(count: Int, of parameter: String) throws(StorageError) {
        guard count <= maximumLimit else { throw .invalidParameter(parameter) }
    }

    private func position(in store: OpenStore) async throws(StorageError) -> Int {
        do { return try await store.pool.read { try $0.lastPosition } } catch {
            throw StorageError(error, operation: "Open")
        }
    }

    static var now: Timestamp {
        Timestamp(milliseconds: Int((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }
}
