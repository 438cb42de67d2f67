import Foundation
import PluginKit
import Synchronization
import Varlink
import Workflow

/// Says who a peer is: uid → login → official → posts today → roles. Whoever is not known is nobody.
final class Authoriser: Sendable {
    private let directory: DirectoryCache
    private let settings: Current<Settings>
    private let logins = Mutex(
        TwoGenerationCache<UInt32, (name: String, until: ContinuousClock.Instant)>(capacity: 500))

    enum Failure: Error {
        /// The login belongs to no official, or the person or absent official does not exist.
        case unknown(String)
        /// Only a gateway may say for whom it speaks.
        case notAGateway(login: String)
        case noDelegation(from: String)
    }

    /// - Parameter settings: Its administrators, logins (or uids) that may manage the daemon (root and the daemon's own user
    ///   always may), and its gateways, which may speak for officials whom they have authenticated.
    init(directory: DirectoryCache, settings: Current<Settings>) {
        self.directory = directory
        self.settings = settings
    }

    func caller(
        _ peer: Peer, person: String? = nil, onBehalfOf absent: String? = nil, on day: LocalDate
    ) async throws -> Caller {
        let login = login(of: peer.uid)
        let isGateway = isGateway(peer)
        let isAdministrator = isAdministrator(peer)
        let official: Official?
        if let person {
            guard isGateway else { throw Failure.notAGateway(login: login) }
            official = try await directory.official(person)
            if official == nil { throw Failure.unknown(person) }
        } else {
            official = try await directory.official(login: login)
        }
        var caller = Caller(
            uid: peer.uid, login: login, isAdministrator: isAdministrator, isGateway: isGateway, official: official)
        caller.speaksForAnother = person != nil
        guard let official else { return caller }
        guard let absent else {
            caller.principals = try await directory.principals(of: official.id, on: day)
            return caller
        }
        let delegation = try await directory.delegation(to: official.id, of: absent, on: day)
        guard delegation.held else { throw Failure.noDelegation(from: absent) }
        caller.absent = absent
        caller.principals = try await directory.principals(of: absent, on: day).filter { principal in
            guard let roles = delegation.roles, case .role(let role, _) = principal else {
                return delegation.roles == nil
            }
            return roles.contains(role)
        }
        return caller
    }

    /// Root, the daemon's own user, and those whom the configuration names.
    func isAdministrator(_ peer: Peer) -> Bool {
        peer.uid == 0 || peer.uid == geteuid() || isNamed(peer, in: settings.read { $0.administrators })
    }

    /// Who may speak for officials.
    func isGateway(_ peer: Peer) -> Bool { isNamed(peer, in: settings.read { $0.gateways }) }

    private func isNamed(_ peer: Peer, in list: [String]) -> Bool {
        !list.isEmpty && (list.contains(login(of: peer.uid)) || list.contains(String(peer.uid)))
    }

    private func login(of uid: UInt32) -> String {
        let now = ContinuousClock.now
        if let known = logins.withLock({ $0[uid] }), known.until > now { return known.name }
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        let isKnown = getpwuid_r(uid, &entry, &buffer, buffer.count, &result) == 0 && result != nil
        let login = isKnown ? String(cString: entry.pw_name) : String(uid)
        // Not for long, because a uid may be given to somebody else; and never that it has no name, which may pass.
        if isKnown { logins.withLock { $0[uid] = (login, now + .seconds(60)) } }
        return login
    }
}
