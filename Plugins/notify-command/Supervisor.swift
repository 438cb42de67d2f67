import Foundation

/// A process between the plugin and the administrator's program, this same executable: when the plugin dies, of whatever, or
/// the time is up, it kills the program and all that this has started, for which the plugin itself may be too dead.
enum Supervisor {
    /// As the first argument it makes a supervisor of the executable.
    static let word = "supervise"
    /// How the plugin sees that the time was up.
    static let timeIsUp = SIGALRM

    /// What follows ``word``.
    /// - Parameter parent: The plugin, which may be dead before anybody could ask for it.
    static func arguments(parent: pid_t, seconds: Int, program: String, arguments: [String]) -> [String] {
        [word, "\(parent)", "\(seconds)", program] + arguments
    }

    /// Runs the program with this process's own input, output, environment and folder, and ends as it did.
    static func run(_ arguments: [String]) -> Never {
        guard arguments.count >= 4, let parent = pid_t(arguments[1]), let seconds = Int(arguments[2]) else {
            exit(EX_USAGE)
        }
        var children = sigset_t()
        sigemptyset(&children)
        sigaddset(&children, SIGCHLD)
        sigprocmask(SIG_BLOCK, &children, nil)
        let end = ContinuousClock.now + .seconds(seconds)
        let group = start(arguments[3], Array(arguments[3...]))
        while true {
            var status: CInt = 0
            if waitpid(group, &status, WNOHANG) == group {
                // What it has left behind.
                kill(-group, SIGKILL)
                let signal = status & 0x7F
                signal == 0 ? exit(status >> 8 & 0xFF) : endBy(signal)
            }
            if getppid() != parent || ContinuousClock.now >= end {
                kill(-group, SIGKILL)
                endBy(timeIsUp)
            }
            // Woken by its end; else soon enough to see what nobody announces.
            var pause = timespec(tv_sec: 0, tv_nsec: 100_000_000)
            sigtimedwait(&children, nil, &pause)
        }
    }

    private static func start(_ program: String, _ words: [String]) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        posix_spawnattr_setpgroup(&attributes, 0)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let argv = words.map { strdup($0) } + [nil]
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, program, nil, &attributes, argv, environ)
        guard failure == 0 else {
            FileHandle.standardError.write(Data("\(program): \(String(cString: strerror(failure)))\n".utf8))
            // The program may be put there or mended.
            exit(EX_TEMPFAIL)
        }
        return pid
    }

    private static func endBy(_ number: CInt) -> Never {
        signal(number, SIG_DFL)
        var set = sigset_t()
        sigfillset(&set)
        sigprocmask(SIG_UNBLOCK, &set, nil)
        kill(getpid(), number)
        exit(128 + number)
    }
}
