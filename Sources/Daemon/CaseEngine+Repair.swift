import JSONCore
import PluginKit
import Workflow

extension CaseEngine {
    /// Repairs a case, or says what that would make of it.
    /// - Parameter request: The client's key for this case; nil for trying only.
    func repair(
        _ asked: RepairRequest, of id: String, reason: String, caller: Caller, request: Transaction.Request?
    ) async throws -> RepairOutcome {
        await begin(id)
        defer { end(id) }
        for _ in 0..<5 {
            guard let current = try await load(id) else { throw Failure.caseNotFound(id) }
            let definition = try await definition(of: current)
            var context = try await context(caller, for: current)
            context.administrator = caller.administrator
            do {
                let repair = try await asked.repair(of: current, catalog)
                try await checkThere(asked.assignee, on: context)
                let command = Command.repair(repair, reason: reason, expectedVersion: nil)
                try await resolve(command, on: current, definition, &context)
                var transaction = try Engine.decide(command, on: current, definition: definition, context: context)
                let change = transaction.changes[0]
                let outcome = RepairOutcome(
                    current, Engine.tasks(of: current, definition: definition, context: context), change,
                    misfits: repair.misfits(in: change.after.document))
                guard let request else { return outcome }
                transaction.request = request
                switch try await commit(transaction) {
                case .committed: return outcome
                case .duplicate(let recorded): return RepairOutcome(try Self.answer(recorded, to: request))
                case .exists(let other): throw Failure.caseExists(other, workflow: current.workflow)
                case .conflict: forget(id)
                }
            } catch let error where error is Refusal || error is Failure {
                if let request, let recorded = try await recorded(request) {
                    return RepairOutcome(try Self.answer(recorded, to: request))
                }
                guard context.administrator != nil || mayKnow(of: current, definition, context) else {
                    throw Failure.caseNotFound(id)
                }
                if case Refusal.repairRefused(.nothingToDo) = error, let refusal = error as? Refusal {
                    return RepairOutcome(unchanged: current, refusal.message)
                }
                throw error
            }
        }
        throw Failure.busy(id)
    }

    /// A task that is given to nobody would wait for ever.
    private func checkThere(_ assignee: Principal?, on context: Context) async throws {
        guard let assignee else { return }
        let isThere =
            switch assignee {
            case .official(let id): try await directory.official(id) != nil
            case .role:
                try await !directory.holders(of: assignee, on: context.calendar.date(at: context.now)).isEmpty
            }
        if !isThere { throw Failure.personNotFound(assignee.description) }
    }
}

extension Repair {
    fileprivate func misfits(in document: JSON) -> [JSONPointer] {
        if case .migrate(let new, _) = self { Engine.misfits(in: document, definition: new) } else { [] }
    }
}
