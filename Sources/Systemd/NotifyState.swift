import Glibc

/// One thing that a service tells the service manager; see sd_notify(3).
public enum NotifyState: Sendable, Equatable {
    /// Start-up, or the reload announced with ``reloading``, is finished: clients can work now.
    case ready
    /// The configuration is being read again; ``ready`` must follow.
    case reloading
    /// The service is ending in an orderly way.
    case stopping
    /// One line for `systemctl status`. Line breaks become spaces.
    case status(String)
    /// Still alive; due at least once in every ``ServiceManager/watchdogInterval``.
    case watchdog
    /// The service found itself broken: treat it as if the watchdog had expired.
    case watchdogTrigger
    /// Start, stop or reload takes this much longer, counted from now.
    case extendTimeout(Duration)
    /// The process that the service manager should regard as the service.
    case mainPID(pid_t)
    /// The `errno` value that made the service fail.
    case errorNumber(CInt)

    /// The assignments that go on the wire. `monotonicMicroseconds` is CLOCK_MONOTONIC, read when a reload begins:
    /// with it systemd ≥ 253 tells this reload's READY=1 from an earlier one's.
    func assignments(monotonicMicroseconds: UInt64) -> String {
        switch self {
        case .ready: "READY=1"
        case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds)"
        case .stopping: "STOPPING=1"
        case .status(let text):
            // A line break would begin another assignment, e.g. a MAINPID= that came in with a client's text.
            "STATUS=" + String(text.map { $0.isNewline || $0 == "\0" ? " " : $0 })
        case .watchdog: "WATCHDOG=1"
        case .watchdogTrigger: "WATCHDOG=trigger"
        case .extendTimeout(let duration): "EXTEND_TIMEOUT_USEC=\(duration.microseconds)"
        case .mainPID(let pid): "MAINPID=\(pid)"
        case .errorNumber(let number): "ERRNO=\(number)"
        }
    }
}
