import JSONCore
import PluginKit
import Varlink
import Workflow

extension WorkflowService {
    /// Cases that one call repairs at most.
    private static let mostRepairs = 200

    @Sendable func repairCases(_ call: Call) async throws -> JSONObject {
        // An administrator of the server need not be in the directory; who speaks for a person has that person's rights.
        let caller = try await authoriser.caller(
            call.peer, person: call.parameters.optionalString("person"),
            onBehalfOf: call.parameters.optionalString("onBehalfOf"), on: await engine.today)
        if caller.official == nil, caller.administrator == nil { throw errors.unknownPerson(caller.login) }
        let asked = try RepairRequest(json: call.parameters.object("repair"))
        let reason = try call.parameters.string("reason")
        if reason.allSatisfy(\.isWhitespace) || reason.utf8.count > 10_000 {
            throw VarlinkError.invalidParameter("reason")
        }
        let isTried = try call.parameters.optionalBool("dryRun") ?? false
        let request = try request(call, caller)
        let (ids, cursor) = try await cases(call, caller)
        var outcomes: [JSON] = []
        for id in ids {
            let key = Transaction.Request(
                scope: request.scope, key: "\(request.key)/\(id)",
                digest: sha256(
                    JSON.object(["repair": call.parameters["repair"] ?? .null, "case": .string(id)])
                        .canonicalBytes()))
            do {
                let outcome = try await engine.repair(
                    asked, of: id, reason: reason, caller: caller, request: isTried ? nil : key)
                outcomes.append(.object(outcome.json))
            } catch {
                // What none of them would survive ends the call; with the same key it can be sent again.
                guard !(error is StorageError), !(error is CancellationError),
                    let answer = errors.translate(error, operation: "RepairCases", caseID: id) as? VarlinkError
                else { throw error }
                refusals.record(call, operation: "RepairCases", answer: answer)
                outcomes.append(.object(RepairOutcome(refused: id, answer).json))
            }
        }
        let json: JSONObject = ["outcomes": .array(outcomes), "cursor": JSON(cursor)]
        return json.withoutNulls
    }

    /// The cases that are named, or a page of those that the filter finds.
    private func cases(_ call: Call, _ caller: Caller) async throws -> (ids: [String], cursor: String?) {
        let named = try call.parameters.optionalStrings("cases")
        let asked = try call.parameters.optionalObject("filter")
        if let named {
            guard (1...Self.mostRepairs).contains(named.count), Set(named).count == named.count else {
                throw VarlinkError.invalidParameter("cases")
            }
            if asked != nil { throw VarlinkError.invalidParameter("filter") }
            return (named, nil)
        }
        guard let asked else { throw VarlinkError.invalidParameter("cases") }
        var filter = try CaseFilter(json: asked)
        if caller.administrator == nil {
            filter.readers = caller.principals.map(\.description).sorted()
            filter.hiddenFrom = caller.persons
        } else if filter.field != nil {
            // He may repair what he may not read, and must not find out by a filter what it says.
            throw VarlinkError.invalidParameter("filter.field")
        }
        let page = try await storage.storage.findCases(
            filter, newestFirst: false, cursor: call.parameters.optionalString("cursor"),
            limit: min(try call.limit, Self.mostRepairs))
        return (page.elements.map(\.id), page.cursor)
    }
}
