import PluginKit
import Workflow

/// The units of the organisation with the rows of all their days.
struct RosterUnits {
    private let rows: [String: [Unit]]

    init(_ storage: StorageClient) async throws(StorageError) {
        var rows: [String: [Unit]] = [:]
        var cursor: String?
        repeat {
            let page = try await storage.findUnits(
                ids: nil, parent: nil, text: nil, on: nil, cursor: cursor, limit: 1000)
            for unit in page.elements { rows[unit.id, default: []].append(unit) }
            cursor = page.cursor
        } while cursor != nil
        self.rows = rows
    }

    var ids: [String] { rows.keys.sorted() }

    /// The month in which a unit begins; nil when it always was.
    func beginning(of id: String) -> LocalDate? {
        let days = (rows[id] ?? []).map(\.from)
        return days.contains(nil) ? nil : days.compactMap(\.self).min()?.firstOfMonth
    }

    /// The unit as it is on a day, or as it last was.
    func row(_ id: String, on day: LocalDate) -> Unit? { valid(id, on: day) ?? last(id) }

    /// The unit, or the one that has taken its place; nil when it has ended and none has.
    func standing(_ id: String, on day: LocalDate) -> String? {
        var id = id
        for _ in 0..<10 {
            if valid(id, on: day) != nil { return id }
            guard let next = last(id)?.successor else { return nil }
            id = next
        }
        return nil
    }

    private func valid(_ id: String, on day: LocalDate) -> Unit? {
        rows[id]?.first { ($0.from ?? day) <= day && day <= ($0.to ?? day) }
    }

    private func last(_ id: String) -> Unit? {
        rows[id]?.max { ($0.to?.daysSinceEpoch ?? .max) < ($1.to?.daysSinceEpoch ?? .max) }
    }
}
