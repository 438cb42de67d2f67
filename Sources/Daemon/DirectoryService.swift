import JSONCore
import Logging
import OrderedCollections
import PluginKit
import Synchronization
import Systemd
import Varlink
import Workflow

/// Serves `org.rotationd.Directory`.
final class DirectoryService: Sendable {
    private let engine: CaseEngine
    private let directory: DirectoryCache
    private let authoriser: Authoriser
    private let storage: StorageHandle
    private let clock: any Clock
    private let refusals: RefusalJournal
    private let logger: Logger
    private let errors = ServiceErrors(interface: "org.rotationd.Directory")
    private let staged = Mutex<OrderedDictionary<String, Staged>>([:])

    /// What is known of an import that is being staged: the store keeps its records.
    private struct Staged {
        var parts = 0
        var records = 0
        /// A row had problems: it will not be applied.
        var isBroken = false
        /// A part could not be read at all, so that what is missing cannot be told.
        var isUnreadable = false
    }

    /// Imports that are staged at the same time, because the store keeps their records; one more, and the oldest, which
    /// its client has given up, is forgotten.
    private static let mostImports = 4
    /// No file has more lines; a greater number is a mistake, and could not be counted on from.
    private static let mostLines = 1_000_000_000

    init(
        engine: CaseEngine, directory: DirectoryCache, authoriser: Authoriser, storage: StorageHandle,
        clock: any Clock, refusals: RefusalJournal, logger: Logger
    ) {
        self.engine = engine
        self.directory = directory
        self.authoriser = authoriser
        self.storage = storage
        self.clock = clock
        self.refusals = refusals
        self.logger = logger
    }

    var interface: ServedInterface {
        func unary(
            _ name: String, _ body: @escaping @Sendable (Call) async throws -> JSONObject
        ) -> (String, MethodHandler) {
            (
                name,
                .unary { [errors, refusals] call in
                    do {
                        return try await body(call)
                    } catch {
                        let answer = errors.translate(error, operation: name)
                        refusals.record(call, operation: name, answer: answer)
                        throw answer
                    }
                }
            )
        }
        return ServedInterface(
            DaemonInterfaces.directory,
            handlers: Dictionary(
                uniqueKeysWithValues: [
                    unary("WhoAmI", whoAmI), unary("ListOfficials", listOfficials), unary("ListUnits", listUnits),
                    unary("ListPosts", listPosts), unary("StageImport", stageImport),
                    unary("ApplyImport", applyImport),
                    unary("PreviewImport", previewImport), unary("DiscardImport", discardImport),
                    unary("ListHistory", listHistory), unary("ListChanges", listChanges),
                    unary("AcceptDelegation", acceptDelegation),
                ]))
    }

    /// Everybody in the directory, gateways and administrators may read it.
    private func reader(_ call: Call) async throws -> Caller {
        let caller = try await authoriser.caller(
            call.peer, person: call.parameters.optionalString("person"), on: await engine.today)
        guard caller.official != nil || caller.isGateway || caller.isAdministrator else {
            throw errors.unknownPerson(caller.login)
        }
        return caller
    }

    private func administrator(_ call: Call, _ operation: String) async throws -> Caller {
        let caller = try await authoriser.caller(call.peer, on: await engine.today)
        guard caller.isAdministrator else { throw errors.notAllowed(operation) }
        return caller
    }

    private func day(_ call: Call) async throws -> LocalDate {
        if let day = try call.parameters.optionalDate("on") { return day }
        return await engine.today
    }

    @Sendable private func whoAmI(_ call: Call) async throws -> JSONObject {
        let caller = try await reader(call)
        let today = await engine.today
        let delegations =
            if let official = caller.official {
                try await storage.storage.findDelegations(deputy: official.id, on: today)
            } else { [Delegation]() }
        let roles = caller.principals.filter { if case .role = $0 { true } else { false } }.map(\.description).sorted()
        let json: JSONObject = [
            "login": .string(caller.login), "official": caller.official.map { .object($0.json) } ?? .null,
            "roles": .array(roles.map(JSON.string)), "delegations": .array(delegations.map { .object($0.json) }),
            "gateway": .bool(caller.isGateway), "administrator": .bool(caller.isAdministrator),
        ]
        return json.withoutNulls
    }

    @Sendable private func listOfficials(_ call: Call) async throws -> JSONObject {
        _ = try await reader(call)
        let page = try await storage.storage.findOfficials(
            ids: call.parameters.optionalStrings("ids"), logins: nil, text: call.parameters.optionalString("text"),
            cursor: call.parameters.optionalString("cursor"), limit: call.limit)
        return reply("officials", page, \.json)
    }

    @Sendable private func listUnits(_ call: Call) async throws -> JSONObject {
        _ = try await reader(call)
        let day = try await day(call)
        let page = try await storage.storage.findUnits(
            ids: call.parameters.optionalStrings("ids"), parent: call.parameters.optionalString("parent"),
            text: call.parameters.optionalString("text"), on: day,
            cursor: call.parameters.optionalString("cursor"), limit: call.limit)
        let above = try await above(page.elements, on: day)
        return reply("units", page) { unit in
            var json = unit.json
            var path: [JSON] = []
            var next = unit.parent
            while let parent = next.flatMap({ above[$0] }), path.count < DirectoryCache.deepest {
                path.append(["id": .string(parent.id), "name": .string(parent.name)])
                next = parent.parent
            }
            json["path"] = .array(path)
            return json
        }
    }

    /// The units above some, by id, as they are on a day.
    private func above(_ units: [Unit], on day: LocalDate) async throws -> [String: Unit] {
        var found: [String: Unit] = [:]
        var wanted = Set(units.compactMap(\.parent))
        for _ in 0..<DirectoryCache.deepest where !wanted.isEmpty {
            let parents = try await storage.storage.findUnits(ids: wanted.sorted(), on: day)
            for parent in parents { found[parent.id] = parent }
            wanted = Set(parents.compactMap(\.parent)).subtracting(found.keys)
        }
        return found
    }

    @Sendable private func listPosts(_ call: Call) async throws -> JSONObject {
        _ = try await reader(call)
        let day = try await day(call)
        let page = try await storage.storage.findPosts(
            official: call.parameters.optionalString("official"), unit: call.parameters.optionalString("unit"),
            role: call.parameters.optionalString("role"), on: day,
            cursor: call.parameters.optionalString("cursor"), limit: call.limit)
        let people = try await storage.storage.findOfficials(
            ids: Set(page.elements.map(\.official)).sorted(), logins: nil, text: nil, cursor: nil, limit: 1000)
        let units = try await storage.storage.findUnits(ids: Set(page.elements.map(\.unit)).sorted(), on: day)
        let fullNames = Dictionary(people.elements.map { ($0.id, $0.fullName) }, uniquingKeysWith: { $1 })
        let unitNames = Dictionary(units.map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
        return reply("posts", page) { post in
            var json = post.json
            json["fullName"] = .string(fullNames[post.official] ?? post.official)
            json["unitName"] = .string(unitNames[post.unit] ?? post.unit)
            return json
        }
    }

    private func reply<Element>(
        _ name: String, _ page: Page<Element>, _ json: (Element) -> JSONObject
    ) -> JSONObject {
        let reply: JSONObject = [name: .array(page.elements.map { .object(json($0)) }), "cursor": JSON(page.cursor)]
        return reply.withoutNulls
    }

    // MARK: - Import

    @Sendable private func stageImport(_ call: Call) async throws -> JSONObject {
        _ = try await administrator(call, "StageImport")
        let name = try call.parameters.string("import")
        guard let table = DirectoryRecords.Table(rawValue: try call.parameters.string("table")) else {
            throw VarlinkError.invalidParameter("table")
        }
        let file = try call.parameters.string("file")
        if let path = JSON.object(call.parameters).pathOfNUL { throw VarlinkError.invalidParameter(path) }
        let firstLine = try call.parameters.int("firstLine")
        guard (1...Self.mostLines).contains(firstLine) else { throw VarlinkError.invalidParameter("firstLine") }
        let part = try call.parameters.optionalInt("part") ?? staged.withLock { $0[name]?.parts ?? 0 }
        guard var state = part == 0 ? Staged() : staged.withLock({ $0[name] }), state.parts == part else {
            throw importLost(name)
        }
        if part == 0 { try await forget([name]) }
        state.parts += 1
        var problems: [JSON] = []
        var count = 0
        do {
            let csv = (call.parameters["csv"]?.stringValue ?? "")
            let rows = DirectoryRows(try CSVTable(csv, firstLine: firstLine), name: table, file: file)
            problems = rows.problems.map { json($0, file) }
            count = rows.count
            state.isBroken = state.isBroken || !rows.problems.isEmpty
            state.isUnreadable = state.isUnreadable || !rows.problems.isEmpty && rows.records.count == 0
            try await storage.storage.stageDirectory(
                import: name, rows.records, places: rows.places, after: state.records)
            state.records += rows.records.count
        } catch StorageError.importNotFound {
            throw importLost(name)
        } catch let problem as CSVTable.Problem {
            problems = [json(problem, file)]
            (state.isBroken, state.isUnreadable) = (true, true)
        }
        let given = state
        let forgotten = staged.withLock { staged -> [String] in
            staged[name] = given
            guard staged.count > Self.mostImports else { return [] }
            return [staged.removeFirst().key]
        }
        try await forget(forgotten)
        return ["rows": .int(count), "problems": .array(problems)]
    }

    private func forget(_ names: [String]) async throws {
        for name in names { try await storage.storage.discardDirectory(import: name) }
    }

    /// The store has forgotten what was set aside, because it or the daemon was started again in between.
    private func importLost(_ name: String) -> VarlinkError {
        _ = staged.withLock { $0.removeValue(forKey: name) }
        return errors.error(
            "ImportLost",
            [
                "import": .string(name),
                "message": LocalizedText(
                    vi:
                        "Phần danh bạ đã gửi không còn vì dịch vụ vừa khởi động lại; chưa có gì thay đổi, hãy nhập lại từ đầu.",
                    en:
                        "What was staged is lost because a service was started again; nothing was changed, import it again."
                ).json,
            ])
    }

    private func json(_ problem: CSVTable.Problem, _ file: String) -> JSON {
        [
            "file": .string(file), "line": .int(problem.line), "column": .int(problem.column),
            "message": problem.message.json,
        ]
    }

    @Sendable private func previewImport(_ call: Call) async throws -> JSONObject {
        _ = try await administrator(call, "PreviewImport")
        let name = try call.parameters.string("import")
        guard staged.withLock({ $0[name] }) != nil else { throw importNotFound(name) }
        do {
            let page = try await storage.storage.listStagedChanges(
                import: name, cursor: call.parameters.optionalString("cursor"), limit: call.limit)
            return reply("changes", page, \.json)
        } catch StorageError.importNotFound {
            throw importLost(name)
        }
    }

    @Sendable private func discardImport(_ call: Call) async throws -> JSONObject {
        _ = try await administrator(call, "DiscardImport")
        let name = try call.parameters.string("import")
        guard staged.withLock({ $0.removeValue(forKey: name) }) != nil else { throw importNotFound(name) }
        try await forget([name])
        return [:]
    }

    private func importNotFound(_ name: String) -> VarlinkError {
        errors.error("ImportNotFound", ["import": .string(name)])
    }

    @Sendable private func applyImport(_ call: Call) async throws -> JSONObject {
        let caller = try await administrator(call, "ApplyImport")
        let name = try call.parameters.string("import")
        let asksForTrial = try call.parameters.bool("dryRun")
        guard let state = staged.withLock({ $0[name] }) else { throw importNotFound(name) }
        let dryRun = asksForTrial || state.isBroken
        let result: ImportResult
        do {
            result =
                state.isUnreadable
                ? .nothing
                : try await storage.storage.applyDirectory(
                    import: name, at: clock.now, by: caller.login, dryRun: dryRun)
        } catch StorageError.importNotFound {
            throw importLost(name)
        } catch {
            // It may have been applied all the same, when only the answer was lost.
            await directory.removeAll()
            throw error
        }
        if !asksForTrial {
            _ = staged.withLock { $0.removeValue(forKey: name) }
            if !result.applied { try await forget([name]) }
        }
        if result.applied {
            await directory.removeAll()
            logger.log(
                .directoryImported, "\(caller.login) changed the directory",
                metadata: [
                    "uid": "\(caller.uid)", "by": "\(caller.login)",
                    "officials": "\(result.officials.added + result.officials.changed)",
                    "posts": "\(result.posts.added + result.posts.changed)",
                    "units": "\(result.units.added + result.units.changed)",
                    "delegations": "\(result.delegations.added + result.delegations.changed)",
                ])
        }
        // What is wrong with a row was told when it was staged; what follows from that is not.
        let problems = result.problems.filter { $0.place != "" }.map { problem -> JSON in
            let place = problem.place.flatMap { DirectoryPlace($0) }
            return json(
                CSVTable.Problem(
                    line: place?.line ?? 0, column: place?.column(of: problem.field, in: problem.table) ?? 1,
                    message: problem.message), place?.file ?? "")
        }
        return [
            "units": .object(result.units.json), "officials": .object(result.officials.json),
            "posts": .object(result.posts.json), "delegations": .object(result.delegations.json),
            "problems": .array(problems), "moreProblems": .int(result.problemCount - result.problems.count),
            "applied": .bool(result.applied),
        ]
    }

    // MARK: - History and acceptance

    @Sendable private func listHistory(_ call: Call) async throws -> JSONObject {
        _ = try await administrator(call, "ListHistory")
        let page = try await storage.storage.listDirectoryEntries(
            cursor: call.parameters.optionalString("cursor"), limit: call.limit)
        return reply("entries", page, \.json)
    }

    @Sendable private func listChanges(_ call: Call) async throws -> JSONObject {
        _ = try await administrator(call, "ListChanges")
        let page = try await storage.storage.listDirectoryChanges(
            entry: call.parameters.optionalInt("entry"),
            table: call.parameters.optionalString("table").flatMap(DirectoryRecords.Table.init(rawValue:)),
            id: call.parameters.optionalString("id"), cursor: call.parameters.optionalString("cursor"),
            limit: call.limit)
        return reply("changes", page, \.json)
    }

    @Sendable private func acceptDelegation(_ call: Call) async throws -> JSONObject {
        let caller = try await authoriser.caller(
            call.peer, person: call.parameters.optionalString("person"), on: await engine.today)
        guard let deputy = caller.official else { throw errors.unknownPerson(caller.login) }
        let id = try call.parameters.string("id")
        let accepted = try await storage.storage.acceptDelegation(
            id: id, deputy: deputy.id, on: await engine.today, at: clock.now)
        guard let accepted else {
            throw errors.error(
                "DelegationNotFound",
                [
                    "id": .string(id),
                    "message": LocalizedText(
                        vi: "Không có ủy quyền \(id) nào cho \(deputy.fullName).",
                        en: "There is no delegation \(id) to \(deputy.fullName)."
                    ).json,
                ])
        }
        logger.log(
            .directoryImported, "\(deputy.id) accepted the delegation \(id) of \(accepted.official)",
            metadata: ["uid": "\(caller.uid)", "by": "\(caller.login)", "actor": "\(deputy.id)"])
        return ["delegation": .object(accepted.json)]
    }
}
