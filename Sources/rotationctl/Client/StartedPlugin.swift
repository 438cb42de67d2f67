import Glibc
import Varlink

/// A plugin that was started as the daemon would: with connected sockets as descriptors 3 and up, and LISTEN_FDS. It ends
/// when they close.
struct StartedPlugin {
    let connections: [VarlinkClient]
    private let pid: pid_t

    /// - Parameter words: The program, looked for in PATH, and its arguments.
    static func start(
        _ words: [String], connections count: Int, _ messages: Messages
    ) async throws -> StartedPlugin {
        let program = words.first ?? ""
        func failure(_ code: CInt) -> Failure {
            Failure(.unavailable, messages.cannotStart(program, String(cString: strerror(code))))
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var ours: [CInt] = []
        var theirs: [CInt] = []
        for index in 0..<CInt(count) {
            var pair: [CInt] = [-1, -1]
            guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
                throw failure(errno)
            }
            // Far above 3 and up, so that none is overwritten before it is copied there.
            theirs.append(fcntl(pair[1], F_DUPFD_CLOEXEC, 64))
            close(pair[1])
            ours.append(pair[0])
            posix_spawn_file_actions_adddup2(&actions, theirs[theirs.count - 1], 3 + index)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        setenv("LISTEN_FDS", String(count), 1)
        unsetenv("LISTEN_PID")
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, program, &actions, &attributes, arguments, environ)
        theirs.forEach { _ = close($0) }
        guard code == 0 else {
            ours.forEach { _ = close($0) }
            throw failure(code)
        }
        var clients: [VarlinkClient] = []
        for descriptor in ours { clients.append(try await .connect(descriptor: descriptor, endpoint: program)) }
        return StartedPlugin(connections: clients, pid: pid)
    }

    /// Closes its sockets and waits until it has ended.
    func end() async {
        for connection in connections { await connection.close() }
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }
}
