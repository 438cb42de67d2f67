import Logging

extension Logger.Level {
    /// The PRIORITY that syslog(3) gives a message of this level, as journald wants it: a decimal digit.
    var syslogPriority: String {
        switch self {
        case .trace, .debug: "7"
        case .info: "6"
        case .notice: "5"
        case .warning: "4"
        case .error: "3"
        case .critical: "2"
        }
    }
}
