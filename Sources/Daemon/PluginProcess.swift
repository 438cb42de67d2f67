import Foundation
import Systemd

/// A plugin that the daemon has started itself: its process, and our ends of the sockets that it got.
///
/// The plugin finds its ends as file descriptors 3 and up, counted by LISTEN_FDS as in sd_listen_fds(3), without LISTEN_PID,
/// which cannot be known before the process is there. It must end when they close, so that none outlives the daemon.
struct PluginProcess: Sendable {
    let pid: pid_t
    let descriptors: [CInt]

    struct StartError: Error, CustomStringConvertible {
        let program: String
        let reason: String
        var description: String { "cannot start \(program): \(reason)" }
    }

    /// - Parameters:
    ///   - folder: Where a program without a `/` in its name is looked for.
    ///   - connections: How many sockets it gets.
    static func start(_ words: [String], folder: String, connections: Int) throws(StartError) -> PluginProcess {
        let program = words[0].contains("/") ? words[0] : folder + "/" + words[0]
        var ours: [CInt] = []
        var theirs: [CInt] = []
        defer { theirs.forEach { _ = close($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for index in 0..<connections {
            var pair: [CInt] = [-1, -1]
            guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
                ours.forEach { _ = close($0) }
                throw StartError(program: program, reason: String(cString: strerror(errno)))
            }
            // Far above the numbers that they get in the plugin, so that none is overwritten before it is copied.
            let far = fcntl(pair[1], F_DUPFD_CLOEXEC, 64)
            close(pair[1])
            ours.append(pair[0])
            theirs.append(far)
            posix_spawn_file_actions_adddup2(&actions, far, CInt(3 + index))
        }
        // A connection that is accepted at this moment is not marked yet as nobody else's.
        if let closeFrom { _ = closeFrom(&actions, CInt(3 + connections)) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: Ctrl-C on the terminal is for the daemon, which ends its plugins when it has finished.
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        posix_spawnattr_setpgroup(&attributes, 0)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&defaults, number) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)

        var environment = ProcessInfo.processInfo.environment.filter {
            !ServiceManager.privateVariables.contains($0.key)
        }
        environment["LISTEN_FDS"] = String(connections)
        environment["LISTEN_FDNAMES"] = Array(repeating: "varlink", count: connections).joined(separator: ":")
        let arguments = ([program] + words.dropFirst()).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            arguments.forEach { free($0) }
            variables.forEach { free($0) }
        }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, program, &actions, &attributes, arguments, variables)
        guard failure == 0 else {
            ours.forEach { _ = close($0) }
            throw StartError(program: program, reason: String(cString: strerror(failure)))
        }
        return PluginProcess(pid: pid, descriptors: ours)
    }

    private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt
    /// posix_spawn_file_actions_addclosefrom_np(3), which the headers only show to GNU sources.
    private static var closeFrom: CloseFrom? {
        dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map { unsafeBitCast($0, to: CloseFrom.self) }
    }

    /// Waits for its end and says how it was.
    func end() async -> String {
        await withCheckedContinuation { continuation in
            // waitpid blocks, so it gets a thread of its own for the plugin's life.
            Thread.detachNewThread {
                var status: CInt = 0
                while waitpid(pid, &status, 0) == -1, errno == EINTR {}
                let signal = status & 0x7F
                continuation.resume(
                    returning: signal == 0
                        ? "it exited with status \(status >> 8 & 0xFF)" : "it was ended by signal \(signal)")
            }
        }
    }
}
