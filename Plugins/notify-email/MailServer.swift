import Foundation
import NIOPosix
import PluginKit
import Synchronization

/// The server that takes the mail: a few connections side by side, each worked by one thread at a time.
final class MailServer: Sendable {
    private let settings: EmailSettings
    private let password: String?
    private let threads: NIOThreadPool
    private let state = Mutex(State())

    private struct State {
        /// Connections that nobody uses; the last was used last.
        var idle: [SMTPConnection] = []
        /// Why nothing can be sent, and until when that is not tried again.
        var fault: (reason: String, until: ContinuousClock.Instant)?
        /// When the server answered last.
        var answered: ContinuousClock.Instant?
        var probe: Task<Void, Never>?
    }

    /// How long the server's last answer stands for the next.
    private static let trust = Duration.seconds(60)
    /// After which a connection without work is closed; servers close theirs after some minutes.
    private static let idleTime = Duration.seconds(30)
    /// Pauses so many times as long after a refused login, for servers lock accounts that fail again and again.
    private static let loginPauses = 10

    init(_ settings: EmailSettings, password: String?) {
        self.settings = settings
        self.password = password
        threads = NIOThreadPool(numberOfThreads: settings.connections)
        threads.start()
        guard settings.username != nil, password == nil else { return }
        let reason = """
            username is set, but there is no credential "\(NotifyEmail.credential)"; store the password in \
            \(NotifyEmail.passwordFile) and restart rotationd-notify-email.service
            """
        // Credentials are handed over when the service starts, so this does not mend itself.
        state.withLock { $0.fault = (reason, .now + .seconds(1 << 40)) }
    }

    func send(_ message: MailMessage) async -> SMTPVerdict { await work(message) }

    /// Whether the server can be reached and takes the login: from what happened in the last minute, or by asking it. Answers
    /// soon, because the watchdog asks too: a server that takes its time is `starting` until it has answered.
    func probe() async -> PluginState {
        let asked = state.withLock { state -> Task<Void, Never>? in
            if let answered = state.answered, .now - answered < Self.trust, state.fault == nil { return nil }
            if let fault = state.fault, fault.until > .now { return nil }
            if state.probe == nil {
                state.probe = Task {
                    _ = await self.work(nil)
                    self.state.withLock { $0.probe = nil }
                }
            }
            return state.probe
        }
        if let asked { _ = await asked.value(within: .seconds(3)) }
        return state.withLock { state in
            if let fault = state.fault { return .failing(fault.reason) }
            return state.answered == nil
                ? .starting("\(settings.server):\(settings.port) has not answered yet") : .ready
        }
    }

    /// Closes connections that have had no work for a while, until the task is cancelled.
    func closeIdleConnections() async {
        while (try? await Task.sleep(for: Self.idleTime)) != nil {
            let old = state.withLock { state in
                let count = state.idle.count { .now - $0.lastUse > Self.idleTime }
                defer { state.idle.removeFirst(count) }
                return Array(state.idle.prefix(count))
            }
            // Saying good-bye waits for the server.
            if !old.isEmpty { try? await threads.runIfActive { withExtendedLifetime(old) {} } }
        }
    }

    /// Takes no more work.
    func close() { threads.shutdownGracefully { _ in } }

    private func work(_ message: MailMessage?) async -> SMTPVerdict {
        do {
            return try await threads.runIfActive { self.perform(message) }
        } catch {
            return .unavailable("the plugin is ending")
        }
    }

    private func perform(_ message: MailMessage?) -> SMTPVerdict {
        let (fault, idle) = state.withLock { state -> (String?, SMTPConnection?) in
            if let fault = state.fault, fault.until > .now { return (fault.reason, nil) }
            return (nil, state.idle.popLast())
        }
        if let fault { return .unavailable(fault) }
        let connection = idle ?? SMTPConnection(settings, password: password)
        let (verdict, stage) = connection.send(message)
        state.withLock { state in
            state.idle.append(connection)
            if case .unavailable(let reason) = verdict {
                let pauses = stage == .login ? Self.loginPauses : 1
                state.fault = (reason, .now + .seconds(settings.retrySeconds * pauses))
            } else {
                (state.fault, state.answered) = (nil, .now)
            }
        }
        return verdict
    }
}

extension Task where Failure == Never {
    /// What the task gives, or nil when it takes longer; it goes on then.
    func value(within limit: Duration) async -> Success? {
        let (values, continuation) = AsyncStream.makeStream(of: Success?.self)
        Task<Void, Never> { continuation.yield(await value) }
        let alarm = Task<Void, Never> {
            try? await Task<Never, Never>.sleep(for: limit)
            continuation.yield(nil)
        }
        defer { alarm.cancel() }
        for await value in values { return value }
        return nil
    }
}
