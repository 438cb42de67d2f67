import JSONCore
import PluginKit
import Varlink
import Workflow

extension WorkflowService {
    /// Names that are told of a task's holders at most: a role may have many.
    private static let mostHolders = 5

    @Sendable func listTasks(_ call: Call) async throws -> JSONObject {
        let caller = try await caller(call)
        let now = clock.now
        var filter = TaskFilter()
        let unit = try call.parameters.optionalString("unit")
        let assignee = try call.parameters.optionalString("assignee")
        if let unit { filter.units = try await units(from: unit) }
        if let assignee { filter.assignees = try await principals(assignee) }
        let principals = caller.principals.map(\.description).sorted()
        if try unit != nil || assignee != nil || call.parameters.optionalBool("all") ?? false {
            // What waits for others is for those who may read the case.
            filter.readers = principals
        } else {
            filter.assignees = principals
        }
        if try call.parameters.optionalBool("overdue") ?? false { filter.dueBefore = now }
        let page = try await storage.storage.findTasks(
            filter, cursor: call.parameters.optionalString("cursor"), limit: call.limit)
        var tasks: [JSON] = []
        for found in page.elements { tasks.append(.object(try await json(found, at: now))) }
        let json: JSONObject = ["tasks": .array(tasks), "cursor": JSON(page.cursor)]
        return json.withoutNulls
    }

    private func json(_ found: FoundTask, at now: Timestamp) async throws -> JSONObject {
        let (task, summary) = (found.task, found.summary)
        let definition = try await catalog.definition(summary.workflow, version: summary.definition)
        let event = definition?.event(task.event, in: summary.state)
        let isOverdue = task.due.map { $0 < now } ?? false
        let json: JSONObject = [
            "case": .string(summary.id), "caseTitle": .string(summary.title), "workflow": .string(summary.workflow),
            "state": .string(summary.state), "unit": JSON(summary.unit), "event": .string(task.event),
            "title": (event?.title ?? LocalizedText(vi: task.event, en: task.event)).json,
            "assignee": .string(task.assignee), "holders": .array(try await holders(of: task.assignee)),
            "since": JSON(task.since), "due": JSON(task.due), "overdue": .bool(isOverdue),
            "daysLate": isOverdue ? .int(await engine.workingDays(since: task.due ?? now)) : .null,
        ]
        return json.withoutNulls
    }

    /// Who it is today that a task waits for.
    private func holders(of assignee: String) async throws -> [JSON] {
        guard let principal = Principal(assignee) else { return [] }
        var holders: [JSON] = []
        for id in try await directory.holders(of: principal, on: engine.today).prefix(Self.mostHolders) {
            let name = try await directory.official(id)?.fullName ?? id
            holders.append(["official": .string(id), "fullName": .string(name)])
        }
        return holders
    }

    /// A unit and all those below it today.
    private func units(from unit: String) async throws -> [String] {
        let today = await engine.today
        guard !(try await storage.storage.findUnits(ids: [unit], on: today).isEmpty) else {
            throw CaseEngine.Failure.unitNotFound(unit)
        }
        var units = [unit]
        var next = 0
        while next < units.count {
            let below = try await storage.storage.findUnits(parent: units[next], on: today).map(\.id)
            units += below.filter { !units.contains($0) }
            next += 1
        }
        return units
    }

    /// What an official is today, or the role that is named.
    private func principals(_ assignee: String) async throws -> [String] {
        if assignee.contains("@"), Principal(assignee) != nil { return [assignee] }
        guard try await directory.official(assignee) != nil else {
            throw CaseEngine.Failure.personNotFound(assignee)
        }
        return try await directory.principals(of: assignee, on: engine.today).map(\.description).sorted()
    }
}
