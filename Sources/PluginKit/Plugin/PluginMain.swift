import Glibc
import Logging
import Systemd
import Varlink

/// What a plugin's `main` does once it knows its options.
public enum PluginMain {
    /// Serves the plugin's interfaces on the sockets that it was started with (see sd_listen_fds(3)) and on `socket`.
    /// Returns when it was told to end by SIGTERM or SIGINT, or when a connection that it was started with has closed:
    /// then its daemon is gone and nobody would end it. Calls under way are answered first.
    ///
    /// Standard output becomes standard error, so that a stray print disturbs nobody. Under systemd it says when it is
    /// ready and stopping, and feeds the watchdog (`WatchdogSec=`) while its event loops turn and `probe` answers.
    /// - Parameters:
    ///   - interfaces: What the plugin serves besides `org.rotationd.Plugin`.
    ///   - socket: For running it by hand: where to listen.
    ///   - probe: Whether the plugin can work now.
    public static func run(
        _ description: PluginDescription, serving interfaces: [ServedInterface], socket: String? = nil,
        probe: @escaping @Sendable () async -> PluginState = { .ready }
    ) async throws {
        dup2(STDERR_FILENO, STDOUT_FILENO)
        signal(SIGPIPE, SIG_IGN)
        let signals = EndSignals()
        let logger = Logger(label: "plugin")
        let server = VarlinkServer(
            identity: ServiceIdentity(
                vendor: "rotationd", product: "\(description.kind.rawValue)-\(description.name)",
                version: description.version, url: ""),
            interfaces: [PluginService.interface(description, probe: probe)] + interfaces, limits: PluginLimits.server,
            onUnexpectedError: { error, call in
                // By its type: an error's own words may quote what somebody has written.
                logger.log(
                    .callFailed, "a call of \(call.method) failed: \(type(of: error))",
                    metadata: ["method": "\(call.method)", "reason": "\(type(of: error))"])
                return VarlinkError("org.rotationd.Plugin.InternalError", ["reason": "\(error)"])
            })
        let sockets = ServiceManager.listenDescriptors()
        guard !sockets.isEmpty || socket != nil else { throw NoSocket() }
        for socket in sockets where socket.kind == .listening {
            try await server.listen(descriptor: socket.descriptor)
        }
        if let socket { try await server.listen(path: socket, mode: 0o600) }
        let watchdog = Task {
            await ServiceManager.feedWatchdog {
                await server.eventLoopsTurn()
                _ = await probe()
                return true
            }
        }
        defer { watchdog.cancel() }
        try await withThrowingTaskGroup(of: String.self) { group in
            for socket in sockets where socket.kind == .connected {
                group.addTask {
                    try await server.serve(connected: socket.descriptor)
                    return "the connection to the daemon has closed"
                }
            }
            group.addTask { "received \(await signals.next())" }
            ServiceManager.notify(.ready)
            logger.log(
                .pluginServing, "the plugin \(description.name) serves",
                metadata: ["plugin": "\(description.name)", "version": "\(description.version)"])
            let reason = try await group.next() ?? ""
            ServiceManager.notify(.stopping)
            logger.log(
                .pluginEnding, "the plugin \(description.name) ends: \(reason)",
                metadata: ["plugin": "\(description.name)", "reason": "\(reason)"])
            // Before what serves a connection is cancelled, which closes it.
            await server.shutdown()
            group.cancelAll()
        }
    }

    struct NoSocket: Error, CustomStringConvertible {
        var description: String {
            "started without a socket; let rotationd or systemd start this plugin, or give --socket PATH to try it by hand"
        }
    }
}
