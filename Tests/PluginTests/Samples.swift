import JSONCore
import PluginKit
import Workflow

/// Transactions for the process-level tests.
enum Samples {
    static let start = Timestamp(milliseconds: 1_659_060_000_000)

    /// Opens the case with a request whose key is the id.
    static func opening(_ id: String, bytes: Int = 500, formBytes: Int = 0) -> Transaction {
        let form: JSON? = formBytes == 0 ? nil : ["text": .string(String(repeating: "y", count: formBytes))]
        let event = Event(
            caseID: id, version: 1, name: "$open", at: start, actor: Actor(official: "cb-01"), from: nil, to: "draft",
            form: form, previous: "")
        let new = Case(
            id: id, workflow: "w", definition: 1, state: "draft", version: 1, title: "Đánh giá \(id)", openedAt: start,
            updatedAt: start, stateSince: start, stateVersion: 1,
            document: ["text": .string(String(repeating: "x", count: bytes))], head: event.hash)
        return Transaction(
            changes: [CaseChange(expectedVersion: 0, after: new, events: [event], tasks: [])],
            request: Transaction.Request(scope: "test", key: id, digest: event.hash))
    }
}

extension Outcome {
    var isCommitted: Bool { if case .committed = self { true } else { false } }
}

extension StorageClient {
    /// The ids of all events' cases, in the store's order.
    func eventCases() async throws -> [String] {
        var ids: [String] = []
        while true {
            let page = try await readEvents(after: ids.count, limit: 1000)
            if page.events.isEmpty { return ids }
            ids += page.events.map(\.caseID)
        }
    }
}
