import Foundation
import Logging
import PluginKit
import ServiceLifecycle
import Synchronization
import Systemd
import Varlink

/// Keeps one plugin at hand: starts or connects to it, asks who it is, opens it, and begins again when it is gone.
final class PluginHost: Service {
    let address: PluginAddress
    let kind: PluginDescription.Kind
    private let folder: String
    private let connections: Int
    private let logger: Logger
    private let status: Mutex<Status>
    private let changes = EventFeed()
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
        var fatal: (any Error)?
        /// It has said who it is and is being opened, which takes as long as its migrations do.
        var isOpening = false
        /// It is there and does not answer: what hangs, not what is gone.
        var isSilent = false
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

    /// Returns when the plugin is ready; throws when it never will be, or the task is cancelled.
    func whenReady() async throws {
        while true {
            let signals = changes.signals
            let status = snapshot
            if let fatal = status.fatal { throw fatal }
            if status.state == .ready { return }
            await changes.wait(after: signals)
            try Task.checkCancellation()
        }
    }

    private func change(_ change: (inout Status) -> Void) {
        status.withLock { change(&$0) }
        changes.signal()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = Self.shortestPause
            while !Task.isCancelled {
                let began = ContinuousClock.now
                let failure: (kind: JournalMessage, reason: String)
                var longest = Duration.seconds(30)
                do {
                    failure = (.pluginGone, try await self.session())
                } catch is CancellationError {
                    break
                } catch let error where Self.isFatal(error) {
                    self.change { $0.fatal = error }
                    failure = (.pluginUnusable, journalReason(error))
                    // Nothing but an administrator can help: look again now and then.
                    pause = longest
                } catch {
                    self.status.withLock { $0.isSilent = error is Silent || (error as? PluginEnded)?.error is Silent }
                    failure = (.pluginGone, journalReason(error))
                }
                if Task.isCancelled { break }
                // One that worked is missed by everybody who works: it is tried again sooner than one that never did.
                if self.isReady { longest = .seconds(1) }
                if ContinuousClock.now - began > .seconds(60) { pause = Self.shortestPause }
                self.report(failure.kind, failure.reason)
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

    private func report(_ kind: JournalMessage, _ reason: String) {
        let isNew = status.withLock { status in
            defer {
                status.state = .connecting
                status.reason = reason
                status.clients = []
                status.isOpening = false
            }
            return status.state != .connecting || status.reason != reason
        }
        // Once, not with every attempt that fails in the same way.
        guard isNew else { return }
        let what = kind == .pluginGone ? "is not there" : "cannot be used"
        log(kind, "the plugin \(address) \(what): \(reason)", reason)
    }

    private func log(_ kind: JournalMessage, _ message: String, _ reason: String) {
        logger.log(
            kind, "\(message)",
            metadata: ["plugin": "\(address)", "kind": "\(self.kind.rawValue)", "reason": "\(reason)"])
    }

    /// One life of the plugin, from the connection to its end.
    /// - Returns: How it ended.
    private func session() async throws -> String {
        var clients: [VarlinkClient] = []
        var process: PluginProcess?
        switch address {
        case .unix(let path):
            for _ in 0..<connections {
                clients.append(
                    try await VarlinkClient.connect(
                        path: path, group: DaemonLoop.shared.loop, limits: PluginLimits.client))
            }
        case .exec(let words):
            let started = try PluginProcess.start(words, folder: folder, connections: connections)
            process = started
            for descriptor in started.descriptors {
                clients.append(
                    try await VarlinkClient.connect(
                        descriptor: descriptor, endpoint: "\(address)", group: DaemonLoop.shared.loop,
                        limits: PluginLimits.client))
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
            if let ending, !(error is CancellationError) {
                throw PluginEnded(error: error, how: await Self.last(ending, pid))
            }
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
        let description = try await answer { try await plugin.describe(expecting: self.kind) }
        status.withLock { $0.description = description }
        var state = try await answer { try await plugin.probe() }
        while case .starting(let reason) = state {
            status.withLock { ($0.reason, $0.isOpening, $0.isSilent) = (reason, true, false) }
            try await Task.sleep(for: .milliseconds(100))
            state = try await answer { try await plugin.probe() }
        }
        status.withLock { ($0.isOpening, $0.isSilent) = (true, false) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.prepare(clients) }
            // Meanwhile, on the connection for that, it shows that it is alive and what it does.
            group.addTask {
                try await self.keepProbing(clients) { state, _ in
                    if case .starting(let reason) = state { self.status.withLock { $0.reason = reason } }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        change { status in
            status.state = .ready
            status.reason = nil
            status.fatal = nil
            status.isOpening = false
            status.clients = clients
        }
        logger.log(
            .pluginReady, "the plugin \(address) is ready",
            metadata: [
                "plugin": "\(address)", "kind": "\(kind.rawValue)", "name": "\(description.name)",
                "version": "\(description.version)",
            ])
    }

    /// Probes the plugin from time to time until its connection closes.
    private func watch(_ clients: [VarlinkClient]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in clients { group.addTask { _ = try await client.whenClosed } }
            group.addTask {
                try await self.keepProbing(clients) { state, took in
                    let change = self.status.withLock { status in
                        let before = status.state
                        status.latencyMilliseconds = took / .milliseconds(1)
                        switch state {
                        case .ready: (status.state, status.reason) = (.ready, nil)
                        case .starting(let reason), .failing(let reason):
                            (status.state, status.reason) = (.failing, reason)
                        }
                        return (isNew: before != status.state, status.reason)
                    }
                    guard change.isNew else { return }
                    if let reason = change.1 {
                        self.log(.pluginFailing, "the plugin \(self.address) cannot work: \(reason)", reason)
                    } else {
                        self.log(.pluginReady, "the plugin \(self.address) can work again", "")
                    }
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }
}

extension PluginHost {
    /// A plugin that does not answer is as good as gone: its connections are closed, which fails every call that waits.
    /// A notification plugin has one connection, on which the probe stands behind a delivery.
    private var patience: Duration { kind == .storage ? .seconds(10) : .seconds(60) }

    struct Silent: Error, CustomStringConvertible {
        let patience: Duration
        var description: String { "it has not answered for \(patience)" }
    }

    /// Probes it every five seconds until the task is cancelled or it does not answer.
    private func keepProbing(
        _ clients: [VarlinkClient], _ note: @Sendable (PluginState, _ took: Duration) -> Void
    ) async throws {
        let plugin = PluginClient(clients[clients.count - 1])
        while !Task.isCancelled {
            try await Task.sleep(for: .seconds(5))
            let began = ContinuousClock.now
            let state = try await answer { try await plugin.probe() }
            note(state, ContinuousClock.now - began)
        }
    }

    /// - Throws: ``Silent`` when the answer does not come in time.
    private func answer<Answer: Sendable>(_ ask: @escaping @Sendable () async throws -> Answer) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer.self) { [patience] group in
            group.addTask { try await ask() }
            group.addTask {
                try await Task.sleep(for: patience)
                throw Silent(patience: patience)
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
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
            // The last connection is for probes, which must not stand behind a long read.
            return StorageClient(
                writer: writer, readers: Array(clients.dropFirst().dropLast(2)), slow: clients.dropLast().last)
        }
    }
}
