import JSONCore
import Workflow

/// What is checked: the machine, and what the daemon on it answers.
struct Installation: Sendable {
    /// What came of asking the daemon how it is.
    enum Daemon: Sendable {
        case answers(JSONObject)
        /// This account may not ask.
        case refuses(String)
        case unreachable(String, hint: String?)
        /// The files of another machine were given.
        case notAsked
    }

    let machine: Machine
    let socket: String
    let daemon: Daemon
    let messages: Messages
    let formats: Formats
    let now: Timestamp

    /// The daemon's status, where it was given.
    var status: JSONObject? { if case .answers(let status) = daemon { status } else { nil } }

    func say(_ vi: String, _ en: String) -> String { messages.pick(vi, en) }

    /// Every check, in the order in which a person would go.
    static let checks: [any Check] = [
        AccountsCheck(), UnitsCheck(), SocketCheck(), DaemonCheck(), VersionsCheck(), ConfigurationCheck(),
        CredentialsCheck(), BackupCheck(), DiskCheck(), MemoryCheck(), ClockCheck(), StaleSocketsCheck(),
        JournalCheck(),
    ]
}
