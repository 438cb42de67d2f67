import PluginKit
import Workflow

/// Who is who on a day, with what was asked lately kept at hand.
actor DirectoryCache {
    private let storage: StorageHandle
    private var officials = TwoGenerationCache<String, Official?>(capacity: 2000)
    private var logins = TwoGenerationCache<String, Official?>(capacity: 2000)
    private var principals = TwoGenerationCache<DayKey, Set<Principal>>(capacity: 2000)
    private var holders = TwoGenerationCache<DayKey, [String]>(capacity: 500)
    private var paths = TwoGenerationCache<DayKey, [Context.UnitLevel]>(capacity: 500)
    private var preferences = TwoGenerationCache<DayKey, Preferences>(capacity: 2000)
    /// Goes up when the cache is emptied, so that an answer asked for before is not kept after.
    private var generation = 0
    /// Another number after each import.
    var edition: Int { generation }

    private struct DayKey: Hashable {
        let name: String
        let day: LocalDate
    }

    init(storage: StorageHandle) { self.storage = storage }

    /// Levels of the organisation at most.
    static let deepest = 10

    /// Forgets everything, after an import.
    func removeAll() {
        generation += 1
        officials.removeAll()
        logins.removeAll()
        principals.removeAll()
        holders.removeAll()
        paths.removeAll()
        preferences.removeAll()
    }

    func official(_ id: String) async throws(StorageError) -> Official? {
        if let known = officials[id] { return known }
        let asked = generation
        let found = try await storage.storage.findOfficials(ids: [id], logins: nil, text: nil, cursor: nil, limit: 1)
        if asked == generation { officials[id] = .some(found.elements.first) }
        return found.elements.first
    }

    func official(login: String) async throws(StorageError) -> Official? {
        if let known = logins[login] { return known }
        let asked = generation
        let found = try await storage.storage.findOfficials(ids: nil, logins: [login], text: nil, cursor: nil, limit: 1)
        if asked == generation { logins[login] = .some(found.elements.first) }
        return found.elements.first
    }

    /// The official and the roles that the official's posts give on a day.
    func principals(of official: String, on day: LocalDate) async throws(StorageError) -> Set<Principal> {
        let key = DayKey(name: official, day: day)
        if let known = principals[key] { return known }
        let asked = generation
        var found: Set<Principal> = [.official(official)]
        for post in try await storage.storage.findPosts(official: official, unit: nil, role: nil, on: day) {
            for role in post.roles { found.insert(.role(role, unit: post.unit)) }
        }
        if asked == generation { principals[key] = found }
        return found
    }

    /// The officials that a principal stands for on a day.
    func holders(of principal: Principal, on day: LocalDate) async throws(StorageError) -> [String] {
        guard case .role(let role, let unit) = principal else {
            if case .official(let id) = principal { return [id] }
            return []
        }
        let key = DayKey(name: principal.description, day: day)
        if let known = holders[key] { return known }
        let asked = generation
        let posts = try await storage.storage.findPosts(official: nil, unit: unit, role: role, on: day)
        let found = Set(posts.map(\.official)).sorted()
        if asked == generation { holders[key] = found }
        return found
    }

    /// A unit and those above it, nearest first; empty when there is no such unit.
    func path(of unit: String, on day: LocalDate) async throws(StorageError) -> [Context.UnitLevel] {
        let key = DayKey(name: unit, day: day)
        if let known = paths[key] { return known }
        let asked = generation
        var path: [Context.UnitLevel] = []
        var next: String? = unit
        while let id = next, path.count < Self.deepest, !path.contains(where: { $0.id == id }) {
            guard let found = try await storage.storage.findUnits(ids: [id], on: day).first else { break }
            path.append(Context.UnitLevel(id: found.id, level: found.level))
            next = found.parent
        }
        if asked == generation { paths[key] = path }
        return path
    }

    /// Whether `deputy` may act for an official on a day, and for which roles (nil: all).
    func delegation(
        to deputy: String, of official: String, on day: LocalDate
    ) async throws(StorageError) -> (held: Bool, roles: Set<String>?) {
        let delegations = try await storage.storage.findDelegations(deputy: deputy, on: day)
            .filter { $0.official == official && $0.isInForce }
        if delegations.isEmpty { return (false, []) }
        return (true, delegations.contains { $0.role == nil } ? nil : Set(delegations.compactMap(\.role)))
    }

    /// Who stands in for an official on a day, for a role or (nil) as the person that he is.
    func deputies(of official: String, role: String?, on day: LocalDate) async throws(StorageError) -> [String] {
        let delegations = try await storage.storage.findDelegations(deputy: nil, official: official, on: day)
        return delegations.filter { $0.isInForce && ($0.role == nil || $0.role == role) }.map(\.deputy)
    }

    /// How an official wants to be told, with what the unit of the main post and those above it say where he says nothing.
    func preferences(of official: String, on day: LocalDate) async throws(StorageError) -> Preferences {
        let key = DayKey(name: official, day: day)
        if let known = preferences[key] { return known }
        let asked = generation
        var wishes = try await self.official(official)?.preferences ?? Preferences()
        let posts = try await storage.storage.findPosts(official: official, unit: nil, role: nil, on: day)
        var unit = (posts.first { $0.main } ?? posts.first)?.unit
        var left = 10
        while let id = unit, left > 0 {
            guard let found = try await storage.storage.findUnits(ids: [id], on: day).first else { break }
            wishes.channel = wishes.channel ?? found.preferences.channel
            wishes.language = wishes.language ?? found.preferences.language
            wishes.quietHours = wishes.quietHours ?? found.preferences.quietHours
            wishes.digest = wishes.digest ?? found.preferences.digest
            unit = found.parent
            left -= 1
        }
        if asked == generation { preferences[key] = wishes }
        return wishes
    }
}
