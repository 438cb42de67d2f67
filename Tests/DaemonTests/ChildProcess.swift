import Foundation
import Synchronization

/// A process that a test has started; none outlives the test program, unless that one is killed itself.
final class ChildProcess: Sendable {
    let pid: pid_t
    private let ended = Mutex<(status: Int32?, waiting: [CheckedContinuation<Int32, Never>])>((nil, []))

    struct StartError: Error {
        let program: String
        let reason: String
    }

    private static let running: Mutex<Set<pid_t>> = {
        atexit { ChildProcess.killAll() }
        return Mutex([])
    }()

    private static func killAll() {
        for pid in running.withLock({ $0 }) { kill(pid, SIGKILL) }
    }

    private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt
    /// posix_spawn_file_actions_addclosefrom_np(3), which the headers only show to GNU sources.
    private static let closeFrom: CloseFrom = {
        unsafeBitCast(dlsym(nil, "posix_spawn_file_actions_addclosefrom_np")!, to: CloseFrom.self)
    }()

    /// - Parameters:
    ///   - output: The file that both its outputs are added to.
    ///   - environment: Put over that of the test program.
    init(_ program: String, _ arguments: [String], output: String, environment: [String: String] = [:]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // What other tests have open at this moment is not the child's: a socket held by it would never close.
        _ = Self.closeFrom(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The tasks' threads block signals, and children inherit that.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        let settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + settings).forEach { free($0) } }
        var pid: pid_t = 0
        let failure = posix_spawnp(&pid, program, &actions, &attributes, words, settings)
        guard failure == 0 else { throw StartError(program: program, reason: String(cString: strerror(failure))) }
        let child = pid
        self.pid = child
        Self.running.withLock { _ = $0.insert(child) }
        Thread.detachNewThread { [self] in
            var status: Int32 = 0
            while waitpid(child, &status, 0) == -1, errno == EINTR {}
            _ = Self.running.withLock { $0.remove(child) }
            let waiting = ended.withLock { ended in
                ended.status = status
                defer { ended.waiting = [] }
                return ended.waiting
            }
            for continuation in waiting { continuation.resume(returning: status) }
        }
    }

    var isRunning: Bool { ended.withLock { $0.status == nil } }

    func signal(_ number: Int32) { if isRunning { kill(pid, number) } }

    /// The exit status when it has ended, 128 and the signal's number when a signal ended it.
    var exitStatus: Int32 {
        get async {
            let status = await withCheckedContinuation { continuation in
                let status = ended.withLock { ended in
                    if ended.status == nil { ended.waiting.append(continuation) }
                    return ended.status
                }
                if let status { continuation.resume(returning: status) }
            }
            return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        }
    }

    /// The processes that this one has started, by the name of their program.
    func children(named name: String) -> [pid_t] { Self.children(of: pid, named: name) }

    static func children(of parent: pid_t, named name: String) -> [pid_t] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { pid_t($0) }.filter { pid in
            // PID (COMM) STATE PPID …; the name is cut to 15 bytes.
            guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")")
            else { return false }
            let fields = text[text.index(after: close)...].split(separator: " ")
            return text[text.index(after: open)..<close] == name.prefix(15) && fields.count > 1 && fields[0] != "Z"
                && pid_t(fields[1]) == parent
        }
    }
}
