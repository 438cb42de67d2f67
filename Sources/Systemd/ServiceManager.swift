import CSystemd
import Glibc

/// What a service and its service manager tell each other: sd_notify(3), the watchdog and the process's environment.
///
/// Every function does nothing, and says so, in a process that no service manager started.
public enum ServiceManager {
    /// Variables that are meant for this process alone: a program that starts children leaves them out of theirs.
    public static let privateVariables: Set<String> = [
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES",
    ]

    /// Tells the service manager the states, in one message.
    ///
    /// - Returns: whether it was sent; false without NOTIFY_SOCKET in the environment.
    @discardableResult
    public static func notify(_ states: NotifyState...) -> Bool {
        let monotonic = monotonicMicroseconds()
        let message = states.map { $0.assignments(monotonicMicroseconds: monotonic) }.joined(separator: "\n")
        return sd_notify(0, message) > 0
    }

    /// How often ``NotifyState/watchdog`` is due, else the service manager kills this process (`WatchdogSec=`).
    /// Nil when no watchdog runs or it is meant for another process. Send it twice as often as this.
    public static var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds))
    }

    /// The folders of this kind that the service manager made, in the order of the unit; empty without any.
    public static func directories(_ kind: ServiceDirectory) -> [String] {
        variable(kind.rawValue)?.split(separator: ":").map(String.init) ?? []
    }

    static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static func monotonicMicroseconds() -> UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
    }
}
