import JSONCore
import Logging
import PluginKit
import Workflow

/// Carries out commands: finds what the decision depends on, has it decided, commits it. Commands for one case go one after
/// another; different cases go side by side and share the disk's fsync.
actor CaseEngine {
    let directory: DirectoryCache
    let catalog: WorkflowCatalog
    private let storage: StorageHandle
    private let pipeline: CommitPipeline
    private let clock: any Clock
    private let calendar: @Sendable () -> WorkCalendar
    private let book: RosterBook
    /// Bytes that a case's document may have.
    private let documentBytes: Int
    private let logger: Logger
    private var cache: TwoGenerationCache<String, Case>
    /// Commands that wait for the case; a case that is a key here is being worked on.
    private var queues: [String: [CheckedContinuation<Void, Never>]] = [:]

    init(
        storage: StorageHandle, catalog: WorkflowCatalog, directory: DirectoryCache, pipeline: CommitPipeline,
        clock: any Clock, calendar: @escaping @Sendable () -> WorkCalendar, book: RosterBook, cachedCases: Int,
        documentBytes: Int,
        logger: Logger
    ) {
        self.storage = storage
        self.catalog = catalog
        self.directory = directory
        self.pipeline = pipeline
        self.clock = clock
        self.calendar = calendar
        self.book = book
        self.documentBytes = documentBytes
        self.logger = logger
        cache = TwoGenerationCache(capacity: cachedCases)
    }

    /// What became of a command.
    struct Answer: Sendable {
        let caseID: String
        let version: Int
        let state: String
        /// What the sender should know although it was carried out: `{vi, en}` each.
        var warnings: [JSON] = []
        /// It was carried out when the key came for the first time.
        var isRepeated = false
    }

    enum Failure: Error {
        case caseNotFound(String)
        case workflowNotFound(String)
        case unitNotFound(String)
        case personNotFound(String)
        /// The key was used for something else, with this case.
        case keyReused(key: String, caseID: String)
        /// Others keep changing the case.
        case busy(String)
        /// There is this case of the workflow already, for the same official and period, say.
        case caseExists(String, workflow: String)
        /// The case's document has grown beyond its limit.
        case documentFull(String, bytes: Int)
    }

    var today: LocalDate { calendar().date(at: clock.now) }

    /// Working days that have passed since something was due.
    func workingDays(since due: Timestamp) -> Int {
        let calendar = calendar()
        return calendar.workingDays(after: calendar.date(at: due), through: calendar.date(at: clock.now))
    }

    // MARK: - Commands

    func open(workflow name: String, form: JSON, caller: Caller, request: Transaction.Request) async throws -> Answer {
        let context = try await context(caller)
        do {
            return try await open(name, form: form, context: context, request: request)
        } catch let error where error is Refusal || error is Failure {
            // It may have been carried out already, and be refused now because of that.
            if let recorded = try await storage.storage.findRequest(scope: request.scope, key: request.key) {
                return try Self.answer(recorded, to: request)
            }
            throw error
        }
    }

    /// Opens a case that a roster has due.
    /// - Returns: False when there is one already.
    func open(
        _ workflow: String, form: JSON, roster: Context.Roster, parent: Context.Parent?
    ) async throws -> Bool {
        var context = try await context(nil)
        context.roster = roster
        context.parent = parent
        do {
            _ = try await open(workflow, form: form, context: context, request: nil)
            return true
        } catch Failure.caseExists {
            return false
        }
    }

    private func open(
        _ name: String, form: JSON, context: Context, request: Transaction.Request?
    ) async throws -> Answer {
        guard let definition = catalog.newest(name) else { throw Failure.workflowNotFound(name) }
        var context = context
        let about = Engine.subject(ofOpening: form, definition: definition)
        if let unit = about.unit {
            context.units = try await directory.path(of: unit, on: today)
            if context.units.isEmpty { throw Failure.unitNotFound(unit) }
        }
        if let official = about.official {
            guard try await directory.official(official) != nil else { throw Failure.personNotFound(official) }
            context.subjectPrincipals = try await directory.principals(of: official, on: today)
            context.previous = try await previous(to: about.period, of: official, definition)
        }
        while true {
            let id = CaseID.make(at: clock.now)
            var transaction = try Engine.decide(
                .open(id: id, form: form), on: nil, definition: definition, context: context)
            transaction.request = request
            switch try await commit(transaction) {
            case .committed: return Answer(caseID: id, version: 1, state: transaction.changes[0].after.state)
            case .duplicate(let recorded):
                guard let request else { throw Failure.caseExists(recorded.caseID, workflow: name) }
                return try Self.answer(recorded, to: request)
            case .exists(let other): throw Failure.caseExists(other, workflow: name)
            // Another case has got the same id in the same millisecond.
            case .conflict: continue
            }
        }
    }

    /// - Parameter isDryRun: Everything but the commit.
    func send(
        _ event: String, to id: String, form: JSON?, expectedVersion: Int?, reason: String?, isDryRun: Bool = false,
        caller: Caller, request: Transaction.Request
    ) async throws -> Answer {
        await begin(id)
        defer { end(id) }
        let command = Command.send(event: event, form: form, expectedVersion: expectedVersion, reason: reason)
        for _ in 0..<5 {
            guard let current = try await load(id) else { throw Failure.caseNotFound(id) }
            let definition = try await definition(of: current)
            var context = try await context(caller, for: current)
            try await resolve(command, on: current, definition, &context)
            var transaction: Transaction
            do throws(Refusal) {
                transaction = try Engine.decide(command, on: current, definition: definition, context: context)
            } catch {
                if let recorded = try await storage.storage.findRequest(scope: request.scope, key: request.key) {
                    return try Self.answer(recorded, to: request)
                }
                guard mayKnow(of: current, definition, context) else { throw Failure.caseNotFound(id) }
                throw error
            }
            // Everything that grows it is bounded, but not how often it comes; it must fit a reply.
            guard transaction.changes[0].after.document.leastBytes <= documentBytes else {
                throw Failure.documentFull(id, bytes: documentBytes)
            }
            transaction.request = request
            let after = transaction.changes[0].after
            let warnings = transaction.changes[0].events.first?.detail["warnings"]?.arrayValue ?? []
            let answer = Answer(caseID: id, version: after.version, state: after.state, warnings: warnings)
            if isDryRun {
                let recorded = try await storage.storage.findRequest(scope: request.scope, key: request.key)
                return try recorded.map { try Self.answer($0, to: request) } ?? answer
            }
            switch try await commit(transaction) {
            case .committed: return answer
            case .duplicate(let recorded): return try Self.answer(recorded, to: request)
            case .exists(let other): throw Failure.caseExists(other, workflow: current.workflow)
            case .conflict: cache[id] = nil  // another daemon on the same store was faster: look again
            }
        }
        throw Failure.busy(id)
    }

    /// Carries out a timer; one that is no longer there has been carried out, or its state was left.
    func fire(_ timer: CaseTimer, of id: String) async throws {
        await begin(id)
        defer { end(id) }
        var existing: String?
        for _ in 0..<5 {
            guard let current = try await load(id), current.timers.contains(where: { $0.id == timer.id }) else {
                return
            }
            let definition = try await definition(of: current)
            var context = try await context(nil, for: current)
            if timer.kind == .open, let recurrence = definition.states[current.state]?.recurring[timer.name] {
                guard let child = catalog.newest(recurrence.workflow) else {
                    throw Failure.workflowNotFound(recurrence.workflow)
                }
                var details: JSON?
                if let official = current.subject, let period = timer.period {
                    details = try await book.details(
                        workflow: recurrence.workflow, official: official, period: period)
                }
                let unit = details?["unit"]?.stringValue ?? current.unit
                let units = try await path(ofUnit: unit)
                // In a unit that is gone nobody could ever take the case further.
                if units.isEmpty { throw Failure.unitNotFound(unit ?? "") }
                var opened = Context.Child(
                    id: CaseID.make(at: clock.now), definition: child, units: units,
                    subjectPrincipals: context.subjectPrincipals, details: details)
                if let existing {
                    opened.existing = try await load(existing)
                    // It follows a version of its own.
                    if let existing = opened.existing { opened.definition = try await self.definition(of: existing) }
                } else if let official = current.subject {
                    opened.previous = try await previous(to: timer.period, of: official, child)
                }
                context.child = opened
            }
            let transaction = try Engine.decide(
                .fire(timer: timer.id), on: current, definition: definition, context: context)
            switch try await commit(transaction) {
            case .committed, .duplicate: return
            case .exists(let other): existing = other
            case .conflict(let other): cache[other] = nil
            }
        }
        throw Failure.busy(id)
    }

    /// A case that would open one by itself for a period, and the form that it would give it.
    struct Parent: Sendable {
        let parent: Context.Parent
        let form: JSON
    }

    /// The running cases whose recurrences open a workflow's cases of a period, by the official whom they are about.
    func parents(opening workflow: String, period: String) async throws -> [String: Parent] {
        var parents: [String: Parent] = [:]
        for definition in catalog.newest where definition.opens(workflow) {
            let filter = CaseFilter(workflow: definition.name, open: true)
            var cursor: String?
            repeat {
                let page = try await storage.storage.findCases(
                    filter, newestFirst: false, cursor: cursor, limit: 100)
                for current in try await storage.storage.loadCases(ids: page.elements.map(\.id)) {
                    guard let subject = current.subject else { continue }
                    let definition = try await self.definition(of: current)
                    let context = try await context(nil)
                    let state = definition.states[current.state]
                    for recurrence in state?.recurring.values.elements ?? [] where recurrence.workflow == workflow {
                        let form = Engine.form(
                            of: recurrence.name, period: period, in: current, definition: definition, context: context)
                        guard let form else { continue }
                        parents[subject] = Parent(
                            parent: .init(current, recurrence: recurrence.name, period: period), form: form)
                    }
                }
                cursor = page.cursor
            } while cursor != nil
        }
        return parents
    }

    /// Roles of a unit that nobody holds today, so that a task of the workflow would wait for nobody.
    func rolesWithoutHolders(workflow: String, unit: String) async throws(StorageError) -> [String] {
        guard let definition = catalog.newest(workflow) else { return [] }
        var missing: [String] = []
        for event in definition.allEvents where event.isTask {
            var names: [String] = []
            var isHeld = false
            for role in event.by.compactMap({ definition.roles[$0] }) where !isHeld {
                guard case .role(let name, in: .unit) = role.holder else {
                    isHeld = true
                    break
                }
                names.append(name)
                isHeld = try await !directory.holders(of: .role(name, unit: unit), on: today).isEmpty
            }
            if !isHeld, let name = names.first, !missing.contains(name) { missing.append(name) }
        }
        return missing
    }

    func commit(_ transaction: Transaction) async throws(StorageError) -> Outcome {
        do throws(StorageError) {
            let outcome = try await pipeline.commit(transaction)
            if case .committed = outcome {
                for change in transaction.changes { cache[change.after.id] = change.after }
            }
            return outcome
        } catch {
            // Whether it was carried out may be unknown: the store knows.
            for change in transaction.changes { cache[change.after.id] = nil }
            throw error
        }
    }

    static func answer(_ recorded: RecordedRequest, to request: Transaction.Request) throws(Failure) -> Answer {
        guard recorded.digest == request.digest else {
            throw .keyReused(key: request.key, caseID: recorded.caseID)
        }
        return Answer(caseID: recorded.caseID, version: recorded.version, state: recorded.state, isRepeated: true)
    }

    func recorded(_ request: Transaction.Request) async throws(StorageError) -> RecordedRequest? {
        try await storage.storage.findRequest(scope: request.scope, key: request.key)
    }

    /// Another daemon on the same store was faster: the case is looked at again.
    func forget(_ id: String) { cache[id] = nil }

    // MARK: - Reading

    /// The case, its definition and the caller's view of it, when the caller may read it.
    func view(_ id: String, caller: Caller) async throws -> (
        current: Case, definition: Definition, context: Context, visibility: Visibility
    ) {
        guard let current = try await load(id) else { throw Failure.caseNotFound(id) }
        let definition = try await definition(of: current)
        let context = try await context(caller, for: current)
        // What somebody may not read does not exist for him.
        guard let visibility = Engine.visibility(of: current, definition: definition, context: context) else {
            throw Failure.caseNotFound(id)
        }
        return (current, definition, context, visibility)
    }

    /// Whether the caller may learn by an error that the case is there and how it stands: who may read it, or has a part in it.
    func mayKnow(of current: Case, _ definition: Definition, _ context: Context) -> Bool {
        Engine.visibility(of: current, definition: definition, context: context) != nil
            || definition.allEvents.contains {
                Engine.maySend($0, to: current, definition: definition, context: context)
            }
    }

    func load(_ id: String) async throws(StorageError) -> Case? {
        if let known = cache[id] { return known }
        guard let found = try await storage.storage.loadCases(ids: [id]).first else { return nil }
        // A commit may have put a newer one there meanwhile.
        if let known = cache[id], known.version >= found.version { return known }
        cache[id] = found
        return found
    }

    func definition(of current: Case) async throws -> Definition {
        guard let definition = try await catalog.definition(current.workflow, version: current.definition) else {
            throw Failure.workflowNotFound("\(current.workflow)@\(current.definition)")
        }
        return definition
    }

    // MARK: - Context

    func context(_ caller: Caller?, for current: Case? = nil) async throws(StorageError) -> Context {
        let calendar = calendar()
        let now = clock.now
        var context = Context(
            now: now, calendar: calendar, actor: caller?.actor ?? .system, principals: caller?.principals ?? [])
        if let subject = current?.subject {
            context.subjectPrincipals = try await directory.principals(of: subject, on: calendar.date(at: now))
        }
        return context
    }

    private func path(ofUnit unit: String?) async throws(StorageError) -> [Context.UnitLevel] {
        guard let unit else { return [] }
        return try await directory.path(of: unit, on: today)
    }

    /// The newest case of an earlier period that one about the official carries on from.
    private func previous(
        to period: String?, of official: String, _ definition: Definition
    ) async throws(StorageError) -> Case? {
        let states = definition.carriesOnFrom
        guard let period, !states.isEmpty else { return nil }
        let filter = CaseFilter(workflow: definition.name, states: states, subject: official)
        // They may have been opened late, so in another order; but not by years.
        let found = try await storage.storage.findCases(filter, newestFirst: true, cursor: nil, limit: 24).elements
        let newest = found.filter { $0.period.map { $0 < period } ?? false }.max { $0.period ?? "" < $1.period ?? "" }
        guard let newest else { return nil }
        return try await load(newest.id)
    }

    func resolve(
        _ command: Command, on current: Case, _ definition: Definition, _ context: inout Context
    ) async throws(StorageError) {
        for role in Engine.electorates(of: command, on: current, definition: definition, context: context) {
            context.electorates[role] = try await directory.holders(
                of: role, on: context.calendar.date(at: context.now))
        }
    }

    // MARK: - Order

    func begin(_ id: String) async {
        if queues[id] == nil {
            queues[id] = []
            return
        }
        await withCheckedContinuation { queues[id, default: []].append($0) }
    }

    func end(_ id: String) {
        guard var queue = queues[id] else { return }
        if queue.isEmpty {
            queues[id] = nil
        } else {
            let next = queue.removeFirst()
            queues[id] = queue
            next.resume()
        }
    }
}
