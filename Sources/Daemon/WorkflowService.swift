import JSONCore
import PluginKit
import Varlink
import Workflow

/// Serves `org.rotationd.Workflow`.
struct WorkflowService: Sendable {
    let engine: CaseEngine
    let catalog: WorkflowCatalog
    let directory: DirectoryCache
    let authoriser: Authoriser
    let storage: StorageHandle
    let feed: EventFeed
    let clock: any Clock
    /// Bytes of a form. An event carries the form and what it changes, old and new, and must fit a reply.
    let formBytes: Int
    let refusals: RefusalJournal
    let reads: ReadJournal
    /// Events that are read at once for a watcher.
    private static let watchedEvents = 200
    let errors = ServiceErrors(interface: "org.rotationd.Workflow")

    init(
        engine: CaseEngine, catalog: WorkflowCatalog, directory: DirectoryCache, authoriser: Authoriser,
        storage: StorageHandle, feed: EventFeed, clock: any Clock, formBytes: Int, refusals: RefusalJournal,
        reads: ReadJournal
    ) {
        self.engine = engine
        self.catalog = catalog
        self.directory = directory
        self.authoriser = authoriser
        self.storage = storage
        self.feed = feed
        self.clock = clock
        self.formBytes = formBytes
        self.refusals = refusals
        self.reads = reads
    }

    var interface: ServedInterface {
        func unary(
            _ name: String, _ body: @escaping @Sendable (Call) async throws -> JSONObject
        ) -> (String, MethodHandler) {
            (name, .unary { call in try await answered(name, call) { try await body(call) } })
        }
        return ServedInterface(
            DaemonInterfaces.workflow,
            handlers: Dictionary(
                uniqueKeysWithValues: [
                    unary("OpenCase", openCase), unary("SendEvent", sendEvent), unary("GetCase", getCase),
                    unary("ListCases", listCases), unary("GetHistory", getHistory), unary("ListTasks", listTasks),
                    unary("ListWorkflows", listWorkflows), unary("GetWorkflow", getWorkflow),
                    unary("CheckWorkflow", checkWorkflow), unary("RepairCases", repairCases),
                    (
                        "Watch",
                        .stream { call, replies in try await answered("Watch", call) { try await watch(call, replies) }
                        }
                    ),
                ]))
    }

    /// Carries the call out and turns what goes wrong into the interface's errors; refusals for want of a right are journaled.
    private func answered(
        _ name: String, _ call: Call, _ body: () async throws -> JSONObject
    ) async throws -> JSONObject {
        do {
            return try await body()
        } catch {
            let caseID = call.parameters["case"]?.stringValue ?? ""
            let operation = call.parameters["event"]?.stringValue ?? name
            let answer = errors.translate(error, operation: operation, caseID: caseID)
            refusals.record(call, operation: operation, answer: answer)
            throw answer
        }
    }

    func caller(_ call: Call) async throws -> Caller {
        let caller = try await authoriser.caller(
            call.peer, person: call.parameters.optionalString("person"),
            onBehalfOf: call.parameters.optionalString("onBehalfOf"), on: await engine.today)
        if caller.official == nil { throw errors.unknownPerson(caller.login) }
        return caller
    }

    // MARK: - Commands

    /// Who asks is part of the key's scope, and what is asked is part of its digest.
    func request(_ call: Call, _ caller: Caller) throws -> Transaction.Request {
        let key = try call.parameters.string("key")
        guard (1...200).contains(key.utf8.count) else { throw VarlinkError.invalidParameter("key") }
        if let path = JSON.object(call.parameters).pathOfNUL { throw VarlinkError.invalidParameter(path) }
        var asked = call.parameters
        asked["key"] = nil
        asked["dryRun"] = nil
        asked["method"] = .string(call.method)
        let canonical = JSON.object(asked).canonicalBytes()
        guard canonical.count <= formBytes else { throw VarlinkError.invalidParameter("form") }
        return Transaction.Request(
            scope: "\(caller.uid)/\(caller.official?.id ?? "")", key: key,
            digest: sha256(canonical))
    }

    private func answer(_ answer: CaseEngine.Answer) -> JSONObject {
        var json: JSONObject = [
            "case": .string(answer.caseID), "version": .int(answer.version), "state": .string(answer.state),
        ]
        if answer.isRepeated { json["repeated"] = true }
        if !answer.warnings.isEmpty { json["warnings"] = .array(answer.warnings) }
        return json
    }

    @Sendable private func openCase(_ call: Call) async throws -> JSONObject {
        let caller = try await caller(call)
        return answer(
            try await engine.open(
                workflow: call.parameters.string("workflow"), form: .object(call.parameters.object("form")),
                caller: caller, request: request(call, caller)))
    }

    @Sendable private func sendEvent(_ call: Call) async throws -> JSONObject {
        let caller = try await caller(call)
        return answer(
            try await engine.send(
                call.parameters.string("event"), to: call.parameters.string("case"),
                form: call.parameters.optionalObject("form").map(JSON.object),
                expectedVersion: call.parameters.optionalInt("expectedVersion"),
                reason: call.parameters.optionalString("reason"),
                isDryRun: call.parameters.optionalBool("dryRun") ?? false, caller: caller,
                request: request(call, caller)))
    }

    // MARK: - Cases

    private func json(_ summary: CaseSummary) async throws -> JSON {
        var json = summary.json
        let definition = try await catalog.definition(summary.workflow, version: summary.definition)
        json["stateTitle"] = stateTitle(summary.state, definition)
        return .object(json)
    }

    func stateTitle(_ state: String, _ definition: Definition?) -> JSON {
        let title = state == Case.cancelled ? Case.cancelledTitle : definition?.states[state]?.title
        return (title ?? LocalizedText(vi: state, en: state)).json
    }

    @Sendable private func getCase(_ call: Call) async throws -> JSONObject {
        let caller = try await caller(call)
        let (current, definition, context, visibility) = try await engine.view(
            call.parameters.string("case"), caller: caller)
        let document = try call.parameters.optionalBool("withoutDocument") == true ? [:] : current.document
        reads.record(call, by: caller, of: current, parts: visibility.restricted(in: document))
        let accepts = definition.events(in: current.state).map { event -> JSON in
            var json: JSONObject = [
                "event": .string(event.name), "title": event.title.json,
                "allowed": .bool(Engine.maySend(event, to: current, definition: definition, context: context)),
                "optional": .bool(event.formIsOptional), "task": .bool(event.isTask),
            ]
            json["form"] = event.form.map(JSON.string)
            return .object(json)
        }
        var reply: JSONObject = [
            "case": try await json(CaseSummary(current)), "document": visibility.document(document),
            "head": .string(current.head), "accepts": .array(accepts),
        ]
        if !visibility.isWhole { reply["partial"] = true }
        return reply
    }

    @Sendable private func listCases(_ call: Call) async throws -> JSONObject {
        var filter = try CaseFilter(json: call.parameters.optionalObject("filter") ?? [:])
        let caller = try await caller(call)
        filter.readers = caller.principals.map(\.description).sorted()
        filter.hiddenFrom = caller.persons
        reads.record(call, by: caller, foundBy: catalog.restrictedFields(filter))
        let page = try await storage.storage.findCases(
            filter, newestFirst: call.parameters.optionalBool("newestFirst") ?? false,
            cursor: call.parameters.optionalString("cursor"), limit: call.limit)
        var cases: [JSON] = []
        for summary in page.elements { cases.append(try await json(summary)) }
        let json: JSONObject = ["cases": .array(cases), "cursor": JSON(page.cursor)]
        return json.withoutNulls
    }

    @Sendable private func getHistory(_ call: Call) async throws -> JSONObject {
        let id = try call.parameters.string("case")
        let after = try call.parameters.optionalInt("after") ?? 0
        guard after >= 0 else { throw VarlinkError.invalidParameter("after") }
        let caller = try await caller(call)
        let (current, definition, _, visibility) = try await engine.view(id, caller: caller)
        var parts: Set<String> = []
        var events: [JSON] = []
        var (last, bytes) = (after, 0)
        let limit = try call.limit
        reading: while events.count < limit, last < current.version {
            let read = try await storage.storage.readHistory(
                caseID: id, after: last, limit: min(limit - events.count, 50))
            if read.isEmpty { break }
            for event in read {
                let (described, restricted) = try await describe(event, definition, visibility)
                let json = JSON.object(described)
                bytes += json.bytes().count
                // What fits a reply, and always one.
                if bytes > formBytes * 6, !events.isEmpty { break reading }
                events.append(json)
                parts.formUnion(restricted)
                last = event.version
            }
        }
        reads.record(call, by: caller, of: current, parts: parts)
        return ["events": .array(events), "more": .bool(last < current.version)]
    }

    /// The event as somebody may see it, and which restricted parts are in it.
    private func describe(
        _ event: Event, _ definition: Definition, _ visibility: Visibility
    ) async throws -> (json: JSONObject, restricted: Set<String>) {
        let defined =
            event.name == "$open" ? definition.open : definition.event(event.name, in: event.from ?? event.to)
        var json = visibility.json(event, defined)
        json["title"] = defined?.title.json
        json["toTitle"] = stateTitle(event.to, definition)
        if let official = event.actor.official {
            json["actorName"] = try await directory.official(official).map { .string($0.fullName) }
        }
        return (json, visibility.restricted(in: event, defined))
    }

    // MARK: - Watching

    private func watch(_ call: Call, _ replies: ReplyStream) async throws -> JSONObject {
        let caller = try await caller(call)
        let only = try call.parameters.optionalString("case")
        if let only { _ = try await engine.view(only, caller: caller) }
        var cursor: WatchCursor
        if let text = try call.parameters.optionalString("cursor") {
            guard let given = WatchCursor(text) else { throw VarlinkError.invalidParameter("cursor") }
            guard try await self.cursor(at: given.position) == given else { throw errors.cursorLost(text) }
            cursor = given
        } else {
            let position = try await storage.storage.statistics().position
            cursor = try await self.cursor(at: position) ?? .beginning
            try await replies.send(["events": [], "cursor": .string("\(cursor)")])
        }
        var limit = Self.watchedEvents
        var shown: [String: Set<String>] = [:]
        while true {
            let signals = feed.signals
            let page = try await storage.storage.readEvents(after: cursor.position, limit: limit)
            guard let last = page.events.last else {
                await feed.wait(after: signals)
                try Task.checkCancellation()
                continue
            }
            var visible: [JSON] = []
            var bytes = 0
            for event in page.events where only == nil || event.caseID == only {
                // The rights are those of now: a caller whose post has ended sees nothing more.
                let now = try await self.caller(call)
                do {
                    let (current, definition, _, visibility) = try await engine.view(event.caseID, caller: now)
                    let (json, parts) = try await describe(event, definition, visibility)
                    bytes += JSON.object(json).bytes().count
                    visible.append(.object(json))
                    // A stream may go on for months: a case's parts are put on record when first shown.
                    if !parts.isSubset(of: shown[event.caseID, default: []]) {
                        reads.record(call, by: now, of: current, parts: parts)
                        if shown.count >= Self.watchedEvents { shown.removeAll() }
                        shown[event.caseID, default: []].formUnion(parts)
                    }
                } catch CaseEngine.Failure.caseNotFound {
                    continue
                }
            }
            // Too much for one reply: the same again in smaller pieces.
            if bytes > formBytes * 4, page.events.count > 1 {
                limit = max(1, page.events.count / 2)
                continue
            }
            limit = min(Self.watchedEvents, limit * 2)
            cursor = WatchCursor(position: page.position, hash: last.hash)
            if !visible.isEmpty {
                try await replies.send(["events": .array(visible), "cursor": .string("\(cursor)")])
            }
        }
    }

    /// Nil when the store has no event there.
    private func cursor(at position: Int) async throws -> WatchCursor? {
        if position == 0 { return .beginning }
        let event = try await storage.storage.readEvents(after: position - 1, limit: 1).events.first
        return event.map { WatchCursor(position: position, hash: $0.hash) }
    }

    // MARK: - Workflows

    /// Definitions are for everybody whom the daemon knows. Some are known without the directory, so that they can look
    /// while storage is gone.
    private func beKnown(_ call: Call) async throws {
        if !authoriser.isAdministrator(call.peer), !authoriser.isGateway(call.peer) { _ = try await caller(call) }
    }

    @Sendable private func listWorkflows(_ call: Call) async throws -> JSONObject {
        try await beKnown(call)
        return [
            "workflows": .array(
                catalog.newest.map { definition in
                    var json: JSONObject = [
                        "name": .string(definition.name), "version": .int(definition.version),
                        "title": definition.title.json, "digest": .string(definition.digest),
                        "openedBy": .array(definition.open.by.map(JSON.string)),
                    ]
                    json["description"] = definition.description?.json
                    return .object(json)
                })
        ]
    }

    @Sendable private func getWorkflow(_ call: Call) async throws -> JSONObject {
        try await beKnown(call)
        let name = try call.parameters.string("name")
        let found =
            if let version = try call.parameters.optionalInt("version") {
                try await catalog.definition(name, version: version)
            } else { catalog.newest(name) }
        guard let definition = found else { throw errors.error("WorkflowNotFound", ["name": .string(name)]) }
        return [
            "name": .string(definition.name), "version": .int(definition.version), "title": definition.title.json,
            "source": .string(definition.source),
            "forms": .object(
                JSONObject(definition.formSources.sorted { $0.key < $1.key }.map { ($0, .string($1)) }) { $1 }),
            "digest": .string(definition.digest),
        ]
    }

    @Sendable private func checkWorkflow(_ call: Call) async throws -> JSONObject {
        guard authoriser.isAdministrator(call.peer) else {
            throw errors.notAllowed("CheckWorkflow", roles: ["administrator"])
        }
        var forms = catalog.forms
        for (name, text) in try call.parameters.optionalObject("forms") ?? [:] { forms[name] = text.stringValue }
        do throws(DefinitionProblems) {
            _ = try DefinitionLoader.load(
                call.parameters.text("source"), file: call.parameters.text("file", default: "workflow"), forms: forms)
            return ["problems": []]
        } catch {
            return [
                "problems": .array(
                    error.problems.map { problem in
                        [
                            "file": .string(problem.file), "line": .int(problem.line), "column": .int(problem.column),
                            "message": .string(problem.message),
                        ]
                    })
            ]
        }
    }
}

extension JSONObject {
    /// A member that the interface description has already made sure of.
    fileprivate func text(_ name: String, default fallback: String = "") -> String {
        self[name]?.stringValue ?? fallback
    }
}
