import PluginKit
import Workflow

/// Somebody at the daemon's socket, known by the operating system.
struct Caller: Sendable {
    let uid: UInt32
    /// The account's name; the uid in digits when it has none.
    let login: String
    let isAdministrator: Bool
    let isGateway: Bool
    /// A gateway named the official.
    var speaksForAnother = false
    /// The official of the login, or the one for whom the gateway speaks.
    let official: Official?
    /// The absent official for whom the caller acts, and the roles that the delegation is limited to.
    var absent: String?
    /// What the caller is today, on behalf of the absent official when there is one.
    var principals: Set<Principal> = []

    /// The login of an administrator of the server who speaks for himself: with a person's name he has that person's rights.
    var administrator: String? { isAdministrator && !speaksForAnother ? login : nil }

    /// Officials who must not find out what is hidden from them, whatever their roles see.
    var persons: [String] { [official?.id, absent].compactMap { $0.map { "\(Principal.official($0))" } } }

    var actor: Actor {
        Actor(official: official?.id, onBehalfOf: absent, gateway: isGateway && official != nil ? login : nil)
    }
}
