import Foundation
import Logging
import PluginKit
import ServiceLifecycle
import Synchronization
import Varlink

/// Keeps one plugin at hand: starts or connects to it, asks who it is, opens it, and begins again when it is gone.
final class PluginHost: Service {
    let address: PluginAddress
    let kind: PluginDescription.Kind
    private let folder: String
    private let connections: Int
    private let logger: Logger
    private let status: Mutex<Status>
    /// What must be done with a new connection before it is ready.
    private let prepare: @Sendable ([VarlinkClient]) async throws -> Void

    struct Status: Sendable {
        enum State: String { case connecting, ready, failing }
        var state = State.connecting
        var reason: String?
        var description: PluginDescription?
        var latencyMilliseconds: Double?
        var restarts = 0
        var clients: [VarlinkClient] = []
        var pid: pid_t?
        var waiting: [CheckedContinuation<Void, any Error>] = []
        var fatal: (any Error)?
    }

    init(
        _ address: PluginAddress, kind: PluginDescription.Kind, folder: String, connections: Int, logger: Logger,
        prepare: @escaping @Sendable ([VarlinkClient]) async throws -> Void = { _ in }
    ) {
        self.address = address
        self.kind = kind
        self.folder = folder
        self.connections = connections
        self.logger = logger
        self.prepare = prepare
        status = Mutex(Status())
    }

    var snapshot: Status { status.withLock { $0 } }

    /// The connections of a plugin that is ready, or nil.
    var clients: [VarlinkClient]? { status.withLock { $0.state == .connecting ? nil : $0.clients } }

    /// Returns when the plugin is ready for the first time; throws when it never will be.
    func whenReady() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let result: Result<Void, any Error>? = status.withLock { status in
                if let fatal = status.fatal { return .failure(fatal) }
                if status.state == .ready { return .success(()) }
                status.waiting.append(continuation)
                return nil
            }
            if let result { continuation.resume(with: result) }
        }
    }

    private func settle(_ change: @Sendable (inout Status) -> Void, error: (any Error)? = nil) {
        let waiting = status.withLock { status in
            change(&status)
            guard status.state == .ready || error != nil else { return [CheckedContinuation<Void, any Error>]() }
            status.fatal = error
            defer { status.waiting = [] }
            return status.waiting
        }
        for continuation in waiting {
            if let error { continuation.resume(throwing: error) } else { continuation.resume() }
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = Self.shortestPause
            while !Task.isCancelled {
                let began = ContinuousClock.now
                let failure: (message: String, reason: String)
                var longest = Duration.seconds(30)
                do {
                    failure = ("the plugin is gone", try await self.session())
                } catch is CancellationError {
                    break
                } catch let error where Self.isFatal(error) {
                    self.settle({ $0.reason = "\(error)" }, error: error)
                    failure = ("the plugin cannot be used", "\(error)")
                    // Nothing but an administrator can help: look again now and then.
                    pause = longest
                } catch {
                    failure = (self.isReady ? "the plugin is gone" : "the plugin is not there", "\(error)")
                }
                if Task.isCancelled { break }
                // One that worked is missed by everybody who works: it is tried again sooner than one that never did.
                if self.isReady { longest = .seconds(1) }
                if ContinuousClock.now - began > .seconds(60) { pause = Self.shortestPause }
                self.report(failure.message, failure.reason)
                self.status.withLock { $0.restarts += 1 }
                try? await Task.sleep(for: min(pause, longest))
                pause = min(pause * 2, longest)
            }
        }
    }

    private static let shortestPause = Duration.milliseconds(100)
    private var isReady: Bool { status.withLock { $0.state != .connecting } }

    /// A plugin of another kind or contract, or a store that belongs elsewhere, stays so however often it is asked.
    static func isFatal(_ error: any Error) -> Bool {
        if let ended = error as? PluginEnded { return isFatal(ended.error) }
        if error is PluginMismatch { return true }
        switch error as? StorageError {
        case .clockMismatch, .unreadable: return true
        default: return false
        }
    }

    private func report(_ message: String, _ reason: String) {
        status.withLock { status in
            status.state = .connecting
            status.reason = reason
            status.clients = []
        }
        logger.warning("\(message)", metadata: ["plugin": "\(address)", "reason": "\(reason)"])
    }

    /// One life of the plugin, from the connection to its end.
    /// - Returns: How it ended.
    private func session() async throws -> String {
        var clients: [VarlinkClient] = []
        var process: PluginProcess?
        switch address {
        case .unix(let path):
            for _ in 0..<connections {
                clients.append(try await VarlinkClient.connect(path: path, limits: PluginLimits.client))
            }
        case .exec(let words):
            let started = try PluginProcess.start(words, folder: folder, connections: connections)
            process = started
            for descriptor in started.descriptors {
                clients.append(
                    try await VarlinkClient.connect(
                        descriptor: descriptor, endpoint: "\(address)", limits: PluginLimits.client))
            }
        }
        let running = clients
        let pid = process?.pid
        let ending = process.map { process in Task { await process.end() } }
        status.withLock { $0.pid = pid }
        defer { status.withLock { $0.pid = nil } }
        do {
            try await withTaskCancellationHandler {
                try await open(running)
                try await watch(running)
            } onCancel: {
                Task { for client in running { await client.close() } }
            }
        } catch {
            for client in running { await client.close() }
            if let ending, !(error is CancellationError) { throw PluginEnded(error: error, how: await Self.last(ending, pid)) }
            if let ending { _ = await Self.last(ending, pid) }
            throw error
        }
        for client in running { await client.close() }
        guard let ending else { return "its connection has closed" }
        return "its connection has closed; \(await Self.last(ending, pid))"
    }

    struct PluginEnded: Error, CustomStringConvertible {
        let error: any Error
        let how: String
        var description: String { "\(error); \(how)" }
    }

    /// Waits for a process whose sockets are closed; one that stays is killed after five seconds.
    private static func last(_ ending: Task<String, Never>, _ pid: pid_t?) async -> String {
        let killer = Task {
            try await Task.sleep(for: .seconds(5))
            if let pid { kill(pid, SIGKILL) }
        }
        let how = await ending.value
        killer.cancel()
        return how
    }

    private func open(_ clients: [VarlinkClient]) async throws {
        let plugin = PluginClient(clients[0])
        let description = try await plugin.describe(expecting: kind)
        status.withLock { $0.description = description }
        var state = try await plugin.probe()
        while case .starting(let reason) = state {
            status.withLock { $0.reason = reason }
            try await Task.sleep(for: .milliseconds(100))
            state = try await plugin.probe()
        }
        try await prepare(clients)
        settle { status in
            status.state = .ready
            status.reason = nil
            status.clients = clients
        }
        logger.info(
            "the plugin is ready",
            metadata: ["plugin": "\(address)", "name": "\(description.name)", "version": "\(description.version)"])
    }

    /// Probes the plugin from time to time until its connection closes.
    private func watch(_ clients: [VarlinkClient]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in clients { group.addTask { _ = try await client.whenClosed } }
            group.addTask {
                let plugin = PluginClient(clients[clients.count - 1])
                while !Task.isCancelled {
                    try await Task.sleep(for: .seconds(5))
                    let began = ContinuousClock.now
                    let state = try await plugin.probe()
                    let took = ContinuousClock.now - began
                    self.status.withLock { status in
                        status.latencyMilliseconds =
                            Double(took.components.seconds) * 1000 + Double(took.components.attoseconds) / 1e15
                        switch state {
                        case .ready: (status.state, status.reason) = (.ready, nil)
                        case .starting(let reason), .failing(let reason): (status.state, status.reason) = (.failing, reason)
                        }
                    }
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }
}

/// The storage plugin, as everything in the daemon reaches it.
struct StorageHandle: Sendable {
    let host: PluginHost

    /// - Throws: ``StorageError/unreachable(operation:reason:)`` while the plugin is gone.
    var storage: StorageClient {
        get throws(StorageError) {
            guard let clients = host.clients, let writer = clients.first else {
                throw .unreachable(operation: "storage", reason: host.snapshot.reason ?? "the plugin is not there yet")
            }
            return StorageClient(writer: writer, readers: Array(clients.dropFirst()))
        }
    }
}
