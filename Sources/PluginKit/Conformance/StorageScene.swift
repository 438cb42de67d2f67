import JSONCore
import Workflow

/// What one check of the storage suite works with: the plugin, and names that no other check uses.
struct StorageScene: Sendable {
    let plugin: PluginClient
    /// One or more clients with connections of their own.
    let clients: [StorageClient]
    /// Begins every name that the check makes.
    let prefix: String

    var storage: StorageClient { clients[0] }
    var workflow: String { prefix + "workflow" }

    static let start = Timestamp(milliseconds: 1_659_060_000_000)  // 2022-07-29T02:00:00Z
    /// Later than every claim of the suite.
    static let never = Timestamp(milliseconds: 4_102_444_800_000)  // 2100-01-01T00:00:00Z

    /// The id of a case; ids sort by number.
    func id(_ number: Int) -> String { prefix + padded(number) }

    func padded(_ number: Int) -> String { String(String(100_000 + number).dropFirst()) }

    /// A new case in state "draft", opened at a second of its own.
    func newCase(_ number: Int, _ adjust: (inout Case) -> Void = { _ in }) -> Case {
        let time = Self.start + number * 1000
        var new = Case(
            id: id(number), workflow: workflow, definition: 1, state: "draft", version: 0, title: "Case \(number)",
            openedAt: time, updatedAt: time, stateSince: time, stateVersion: 1, document: [:], head: "")
        adjust(&new)
        return new
    }

    /// The change that adds one event to `before` (version 0: opens it). Everything else stays unless `adjust` changes it.
    func step(
        _ before: Case, _ name: String = "step", to state: String? = nil, tasks: [CaseTask] = [],
        readers: [String]? = nil, fields: [String: String]? = nil, form: JSON? = nil, changes: [Event.Change] = [],
        adjust: (inout Case) -> Void = { _ in }
    ) -> CaseChange {
        let event = Event(
            caseID: before.id, version: before.version + 1, name: name, at: before.updatedAt + 1,
            actor: Actor(official: "cb-01"), from: before.version == 0 ? nil : before.state, to: state ?? before.state,
            form: form, changes: changes, previous: before.head)
        var after = before
        after.version += 1
        after.state = event.to
        after.updatedAt = event.at
        after.head = event.hash
        if before.state != event.to || before.version == 0 {
            after.stateSince = event.at
            after.stateVersion = event.version
        }
        adjust(&after)
        return CaseChange(
            expectedVersion: before.version, after: after, events: [event], tasks: tasks, readers: readers,
            fields: fields)
    }

    /// Opens the cases, each in a transaction of its own, in one call.
    @discardableResult
    func open(_ cases: Case..., tasks: [CaseTask] = []) async throws -> [Case] {
        try await commit(cases.map { step($0, "$open", tasks: tasks) })
    }

    /// Commits each change in a transaction of its own and expects all to be committed.
    @discardableResult
    func commit(_ changes: [CaseChange]) async throws -> [Case] {
        for (change, outcome) in zip(changes, try await storage.commit(changes.map { Transaction(changes: [$0]) })) {
            guard case .committed = outcome else {
                throw ConformanceFailure(description: "commit of \(change.after.id): \(outcome)")
            }
        }
        return changes.map(\.after)
    }

    func load(_ id: String) async throws -> Case? { try await storage.loadCases(ids: [id]).first }

    func found(_ filter: CaseFilter) async throws -> [String] {
        try await storage.findCases(filter, newestFirst: false, cursor: nil, limit: 1000).elements.map(\.id)
    }

    func message(_ id: String, of case: Case, at time: Timestamp = start) -> OutboxMessage {
        OutboxMessage(
            id: id, caseID: `case`.id, version: max(1, `case`.version), recipient: "official:cb-01", topic: "remind",
            createdAt: time, data: ["title": "Nhắc việc", "count": 3])
    }
}
