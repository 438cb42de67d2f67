import JSONCore
import PluginKit
import Varlink
import Workflow

/// A repair as a client asks for it: see `type Repair` of org.rotationd.Workflow.
struct RepairRequest: Sendable {
    private enum Kind: Sendable {
        case repair(Repair)
        /// The newest version without one.
        case migrate(version: Int?, states: [String: String])
    }

    private let kind: Kind

    init(json: JSONObject) throws {
        func only(_ names: String...) throws {
            if let other = json.keys.first(where: { $0 != "kind" && !names.contains($0) && json[$0] != .null }) {
                throw VarlinkError.invalidParameter("repair." + other)
            }
        }
        func member<Value>(_ name: String, _ read: (String) -> Value?) throws -> Value {
            guard let text = try json.optionalString(name), let value = read(text) else {
                throw VarlinkError.invalidParameter("repair." + name)
            }
            return value
        }
        switch try json.string("kind") {
        case "reassign":
            try only("event", "assignee")
            kind = .repair(.reassign(event: try member("event") { $0 }, to: try member("assignee", Principal.init)))
        case "extend":
            try only("deadline", "due")
            kind = .repair(.extend(deadline: try member("deadline") { $0 }, to: try member("due", LocalDate.init)))
        case "move":
            try only("state")
            kind = .repair(.move(to: try member("state") { $0 }))
        case "skip":
            try only("event")
            kind = .repair(.skip(event: try member("event") { $0 }))
        case "cancel":
            try only()
            kind = .repair(.cancel)
        case "migrate":
            try only("version", "states")
            let states = try json.optionalObject("states") ?? [:]
            kind = .migrate(
                version: try json.optionalInt("version"),
                states: try Dictionary(uniqueKeysWithValues: states.keys.map { ($0, try states.string($0)) }))
        default: throw VarlinkError.invalidParameter("repair.kind")
        }
    }

    /// Whom a task would be given to.
    var assignee: Principal? {
        if case .repair(.reassign(_, let principal)) = kind { principal } else { nil }
    }

    /// The repair of this case.
    func repair(of current: Case, _ catalog: WorkflowCatalog) async throws -> Repair {
        switch kind {
        case .repair(let repair): return repair
        case .migrate(let version, let states):
            let name = current.workflow
            let definition =
                if let version { try await catalog.definition(name, version: version) } else { catalog.newest(name) }
            guard let definition else {
                throw CaseEngine.Failure.workflowNotFound(version.map { "\(name)@\($0)" } ?? name)
            }
            return .migrate(to: definition, states: states)
        }
    }
}

/// What a repair makes of a case, or would make of it.
struct RepairOutcome: Sendable {
    let json: JSONObject

    /// - Parameter misfits: Places of forms that the new definition would not take.
    init(_ before: Case, _ tasks: [CaseTask], _ change: CaseChange, misfits: [JSONPointer]) {
        let after = change.after
        func due(_ current: Case) -> JSONObject { current.document["case"]?["due"]?.objectValue ?? [:] }
        let (old, new) = (due(before), due(after))
        let names = old.keys + new.keys.filter { old[$0] == nil }
        func waiting(_ tasks: [CaseTask], but others: [CaseTask]) -> JSON {
            .array(
                tasks.filter { task in !others.contains { $0.event == task.event && $0.assignee == task.assignee } }
                    .map { ["event": .string($0.event), "assignee": .string($0.assignee)] })
        }
        json = [
            "case": .string(after.id), "title": .string(before.title), "status": "done", "version": .int(after.version),
            "definition": .int(after.definition), "from": .string(before.state), "to": .string(after.state),
            "tasksEnded": waiting(tasks, but: change.tasks), "tasksBegun": waiting(change.tasks, but: tasks),
            "deadlines": .array(
                names.filter { old[$0] != new[$0] }.map { name in
                    var deadline: JSONObject = ["name": .string(name)]
                    deadline["before"] = old[name]
                    deadline["after"] = new[name]
                    return .object(deadline)
                }), "misfits": .array(misfits.map { .string($0.description) }),
        ]
    }

    /// Of a command that was carried out before, under the same key.
    init(_ answer: CaseEngine.Answer) {
        json = Self.empty.merging([
            "case": .string(answer.caseID), "status": "done", "version": .int(answer.version),
            "to": .string(answer.state),
        ]) { $1 }
    }

    /// The case is as the repair would leave it.
    init(unchanged current: Case, _ message: LocalizedText) {
        json = Self.empty.merging([
            "case": .string(current.id), "title": .string(current.title), "status": "unchanged",
            "version": .int(current.version), "definition": .int(current.definition), "from": .string(current.state),
            "to": .string(current.state), "message": message.json,
        ]) { $1 }
    }

    init(refused caseID: String, _ error: VarlinkError) {
        let name = String(error.name.split(separator: ".").last ?? "")
        json = Self.empty.merging([
            "case": .string(caseID), "status": "refused", "error": .string(name),
            "message": error.parameters["message"] ?? LocalizedText(vi: name, en: name).json,
        ]) { $1 }
    }

    private static let empty: JSONObject = ["tasksEnded": [], "tasksBegun": [], "deadlines": [], "misfits": []]
}
