import Foundation
import PluginKit
import Synchronization
import Varlink

/// A plugin as a real process, started with its sockets from descriptor 3 on.
final class PluginProcess: Sendable {
    struct Exit: Equatable {
        /// Nil when a signal ended it.
        var code: Int32?
        var signal: Int32?
    }

    let pid: pid_t
    private let errors: Task<String, Never>
    private let output: Task<String, Never>
    private let exit: Task<Exit, Never>

    /// The folder of the executables: that of the test bundle.
    static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .path

    /// - Parameter wrapper: A command that runs the plugin as its own last arguments.
    init(
        _ name: String, _ arguments: [String] = [], sockets: [Int32] = [], wrapper: [String] = []
    ) throws {
        let command = wrapper + ["\(Self.folder)/\(name)"] + arguments
        let (errors, output) = (try Self.pipe(), try Self.pipe())
        defer { [errors.write, output.write].forEach { close($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output.write, 1)
        posix_spawn_file_actions_adddup2(&actions, errors.write, 2)
        // First out of the way of each other.
        let copies = sockets.map { fcntl($0, F_DUPFD_CLOEXEC, 100) }
        defer { copies.forEach { close($0) } }
        for (index, socket) in copies.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, socket, Int32(3 + index))
        }
        // Other plugins' pipes, whose end would otherwise not be seen; what this process itself was given unawares.
        let inherited = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
        for descriptor in inherited where descriptor >= 3 + copies.count {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var environment = ProcessInfo.processInfo.environment
        for name in ["LISTEN_PID", "NOTIFY_SOCKET", "JOURNAL_STREAM"] { environment[name] = nil }
        environment["LISTEN_FDS"] = "\(sockets.count)"
        var argv = command.map { strdup($0) } + [nil]
        var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, command[0], &actions, nil, &argv, &envp)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL) }
        self.pid = pid
        self.errors = Self.text(from: errors.read)
        self.output = Self.text(from: output.read)
        let started = pid
        exit = Self.inThread {
            var status: Int32 = 0
            while waitpid(started, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7F
            return Exit(code: signal == 0 ? status >> 8 & 0xFF : nil, signal: signal == 0 ? nil : signal)
        }
    }

    deinit { kill(pid, SIGKILL) }

    /// What `body` gives, which may wait for long.
    private static func inThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Task<Value, Never> {
        Task.detached {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: body()) }
            }
        }
    }

    /// Read all the time, for a plugin waits when nobody reads what it writes.
    private static func text(from descriptor: Int32) -> Task<String, Never> {
        inThread {
            let data = try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).readToEnd()
            return String(decoding: data ?? Data(), as: UTF8.self)
        }
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        return (ends[0], ends[1])
    }

    func signal(_ signal: Int32) { kill(pid, signal) }

    /// Waits for its end.
    func ended() async -> Exit { await exit.value }

    /// Everything that it wrote until its end.
    var written: (errors: String, output: String) {
        get async { (await errors.value, await output.value) }
    }
}

/// A plugin that was started as the daemon starts it: with one end of socket pairs.
struct ConnectedPlugin {
    let process: PluginProcess
    let clients: [VarlinkClient]

    static func start(
        _ name: String, _ arguments: [String] = [], connections: Int = 1, wrapper: [String] = []
    ) async throws -> ConnectedPlugin {
        var ours: [Int32] = []
        var theirs: [Int32] = []
        for _ in 0..<connections {
            var pair: [Int32] = [0, 0]
            guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
                throw POSIXError(.EMFILE)
            }
            ours.append(pair[0])
            theirs.append(pair[1])
        }
        defer { theirs.forEach { Foundation.close($0) } }
        let process = try PluginProcess(name, arguments, sockets: theirs, wrapper: wrapper)
        var clients: [VarlinkClient] = []
        for descriptor in ours {
            clients.append(
                try await .connect(descriptor: descriptor, endpoint: name, limits: PluginLimits.client))
        }
        return ConnectedPlugin(process: process, clients: clients)
    }

    var storage: StorageClient { StorageClient(writer: clients[0], readers: Array(clients.dropFirst())) }

    func close() async { for client in clients { await client.close() } }
}

/// A folder that is removed with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/rotationd-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXError(.EACCES) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
