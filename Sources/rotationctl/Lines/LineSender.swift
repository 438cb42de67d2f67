import JSONCore
import Varlink
import Workflow

/// Sends the lines of a file, each to its case.
final class LineSender {
    /// What became of a line.
    struct Outcome {
        enum Status: String, CaseIterable {
            case sent
            case alreadySent = "already_sent"
            /// It would be sent: a dry run found nothing against it.
            case valid
            case refused
            /// It was not tried, because the daemon could not be reached before.
            case notSent = "not_sent"
        }

        var status: Status
        var caseID: String?
        var official: String?
        var state: String?
        var stateTitle: String?
        var version: Int?
        var warnings: [JSON] = []
        var failure: Failure?
    }

    /// Where lines go that name no case.
    struct Scope {
        var workflow: String?
        var unit: String?
        var period: String?
    }

    /// Who sends the lines.
    enum Acting {
        /// With these parameters of the call.
        case one(JSONObject)
        /// Each the official whom it is about, for whom a gateway speaks.
        case subjects
    }

    private let session: Session
    private let event: String
    private let acting: Acting
    private let scope: Scope
    private let isDryRun: Bool
    private let formats: Formats
    private var definitions: [String: Definition] = [:]

    init(
        session: Session, event: String, acting: Acting, scope: Scope, isDryRun: Bool = false
    ) async throws {
        self.session = session
        self.event = event
        self.acting = acting
        self.scope = scope
        self.isDryRun = isDryRun
        formats = try await session.formats()
    }

    private var messages: Messages { session.messages }

    /// Sends every line; one that fails does not keep back the others, unless the daemon has gone.
    /// - Parameters:
    ///   - common: What all lines have in common, put over that of the file.
    ///   - report: Gets each line as soon as it is known what became of it.
    func send(
        _ file: LineFile, common: [(path: [String], text: String)], _ report: (LineFile.Line, Outcome) throws -> Void
    ) async throws {
        var hasGone: Failure?
        for (index, line) in file.lines.enumerated() {
            var outcome = Outcome(status: .notSent, caseID: line.keys[.case], official: line.keys[.official])
            if hasGone == nil {
                session.console.progress("\(index + 1)/\(file.lines.count)")
                do {
                    try await send(line, file.common, common, &outcome)
                } catch {
                    let failure = session.failure(error)
                    let isGone = [.temporary, .unavailable].contains(failure.status)
                    if isGone { hasGone = failure }
                    outcome.status = isGone ? .notSent : .refused
                    outcome.failure = failure
                }
                session.console.clearProgress()
            } else {
                outcome.failure = hasGone
            }
            try report(line, outcome)
        }
    }

    private func send(
        _ line: LineFile.Line, _ shared: JSON, _ common: [(path: [String], text: String)], _ outcome: inout Outcome
    ) async throws {
        let target = try await target(of: line)
        outcome.caseID = target.id
        outcome.official = target.summary?["subject"]?.stringValue ?? outcome.official
        let form = try form(of: line, shared, common, of: target.event, target.definition)
        var parameters = parameters(line)
        parameters["case"] = .string(target.id)
        parameters["event"] = .string(event)
        if form.objectValue?.isEmpty == false { parameters["form"] = form }
        parameters["key"] = .string(Self.key(of: parameters, line))
        if isDryRun { parameters["dryRun"] = true }
        let reply = try await session.call("Workflow.SendEvent", parameters)
        let state = try reply.string("state")
        outcome.state = state
        outcome.stateTitle = target.definition.states[state]?.title[session.language]
        outcome.version = try reply.int("version")
        outcome.warnings = reply["warnings"]?.arrayValue ?? []
        guard reply["repeated"] == true else {
            outcome.status = isDryRun ? .valid : .sent
            return
        }
        // Sent before, and yet the case waits for it: it was taken back since, and an old line must not undo that.
        if target.isWaiting, target.event?.to != nil { throw Failure(.data, messages.sentAndTakenBack) }
        outcome.status = .alreadySent
    }

    /// Opens a case of the workflow for each line; one that is there already is left alone.
    /// - Returns: How many were opened.
    func open(_ workflow: String, _ file: LineFile, common: JSON) async throws -> Int {
        let definition = try await definition(workflow, version: nil)
        var opened = 0
        for line in file.lines {
            var parameters = parameters(line)
            parameters["workflow"] = .string(workflow)
            parameters["form"] = try form(of: line, common, [], of: definition.open, definition)
            parameters["key"] = .string(Self.key(of: parameters, line))
            do {
                _ = try await session.call("Workflow.OpenCase", parameters)
                opened += 1
            } catch let error as VarlinkError where error.name.hasSuffix(".CaseExists") {
                continue
            } catch {
                throw session.failure(error).at("\(file.name):\(line.number)")
            }
        }
        return opened
    }

    private func parameters(_ line: LineFile.Line) -> JSONObject {
        switch acting {
        case .one(let parameters): parameters
        case .subjects: line.keys[.official].map { ["person": .string($0)] } ?? [:]
        }
    }

    /// From what is to be done alone, so that the same line sent again is known as the same.
    private static func key(of parameters: JSONObject, _ line: LineFile.Line) -> String {
        var asked = parameters
        asked["sheetVersion"] = line.keys[.version].map(JSON.string)
        return "line-" + sha256(JSON.object(asked).canonicalBytes())
    }

    /// What all lines have in common, with what the line says put over it.
    private func form(
        of line: LineFile.Line, _ shared: JSON, _ common: [(path: [String], text: String)],
        of event: EventDefinition?, _ definition: Definition
    ) throws -> JSON {
        let schema = event?.form.flatMap { definition.forms[$0] }
        var form = shared
        func fill(_ cells: [(path: [String], text: String)]) throws {
            for cell in cells {
                let value = FormCell(column: schema?.column(at: cell.path, session.language), formats: formats)
                    .value(cell.text)
                do throws(FormAssignment.Problem) {
                    try FormAssignment(path: cell.path, value: value).apply(to: &form)
                } catch {
                    throw error.failure(messages)
                }
            }
        }
        try fill(common)
        form = form.merging(line.form)
        try fill(line.cells)
        return form.droppingNulls
    }

    // MARK: The case

    private struct Target {
        let id: String
        /// Nil when the caller may not read it.
        let summary: JSONObject?
        let definition: Definition
        let event: EventDefinition?
        /// It stands where the event is accepted.
        let isWaiting: Bool
    }

    private func target(of line: LineFile.Line) async throws -> Target {
        let id: String
        if let named = line.keys[.case] { id = named } else { id = try await find(line) }
        do {
            var parameters = parameters(line)
            parameters["case"] = .string(id)
            parameters["withoutDocument"] = true
            return try await target(id, session.call("Workflow.GetCase", parameters).object("case"))
        } catch let error as VarlinkError where error.name.hasSuffix(".CaseNotFound") && scope.workflow != nil {
            // Who may send something need not be one who may read the case.
            let definition = try await definition(scope.workflow ?? "", version: nil)
            return Target(
                id: id, summary: nil, definition: definition,
                event: definition.allEvents.first { $0.name == event }, isWaiting: false)
        }
    }

    private func target(_ id: String, _ summary: JSONObject) async throws -> Target {
        let definition = try await definition(summary.string("workflow"), version: summary.int("definition"))
        let accepted = definition.event(event, in: try summary.string("state"))
        return Target(
            id: id, summary: summary, definition: definition,
            event: accepted ?? definition.allEvents.first { $0.name == event }, isWaiting: accepted != nil)
    }

    /// The case about the line's official: the only one, or the only one that waits for the event.
    private func find(_ line: LineFile.Line) async throws -> String {
        guard let official = line.keys[.official] else { throw Failure(.data, messages.lineNeedsCase) }
        var filter: JSONObject = ["subject": .string(official)]
        filter["workflow"] = scope.workflow.map(JSON.string)
        filter["unit"] = scope.unit.map(JSON.string)
        let period = line.keys[.period].map(Self.period) ?? scope.period
        filter["period"] = period.map(JSON.string)
        var parameters = parameters(line)
        parameters["filter"] = .object(filter)
        var found: [JSONObject] = []
        try await session.pages("Workflow.ListCases", parameters, member: "cases", limit: nil) { found += $0 }
        var waiting: [JSONObject] = []
        for summary in found {
            if try await target(summary.string("id"), summary).isWaiting { waiting.append(summary) }
        }
        let candidates = waiting.count == 1 ? waiting : found
        guard let only = candidates.first, candidates.count == 1 else {
            throw Failure(
                .data, found.isEmpty ? messages.noCaseOf(official, period) : messages.casesOf(official, found.count),
                hint: found.isEmpty ? nil : messages.nameTheCase)
        }
        return try only.string("id")
    }

    /// `2022-07` for `07/2022`, as a person or a spreadsheet may write it.
    private static func period(_ text: String) -> String {
        let parts = text.split(separator: "/")
        return parts.count == 2 && parts[1].count == 4
            ? "\(parts[1])-\(parts[0].count == 1 ? "0" : "")\(parts[0])" : text
    }

    private func definition(_ name: String, version: Int?) async throws -> Definition {
        let key = "\(name)@\(version ?? 0)"
        if let known = definitions[key] { return known }
        let loaded = try await DefinitionSource.load(name, version: version, forms: nil, session)
        definitions[key] = loaded
        return loaded
    }
}

extension JSON {
    /// With the other's members put over its own, group by group.
    func merging(_ other: JSON) -> JSON {
        guard case .object(let mine) = self, case .object(let others) = other else { return other }
        return .object(mine.merging(others) { $0.merging($1) })
    }
}
