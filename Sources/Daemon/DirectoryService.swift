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
    /// Where each id of an import that is being staged was first seen, to find those given twice.
    private let staged = Mutex<OrderedDictionary<String, Staged>>([:])

    private struct Staged {
        /// By table and id: the file and line.
        var places: [String: (file: String, line: Int)] = [:]
    }

    /// Imports that are staged at the same time, because each keeps its ids in memory; one more, and the oldest, which its
    /// client has given up, is forgotten.
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
        let page = try await storage.storage.findUnits(
            ids: call.parameters.optionalStrings("ids"), parent: call.parameters.optionalString("parent"),
            text: call.parameters.optionalString("text"), on: try await day(call),
            cursor: call.parameters.optionalString("cursor"), limit: call.limit)
        return reply("units", page, \.json)
    }

    @Sendable private func listPosts(_ call: Call) async throws -> JSONObject {
        _ = try await reader(call)
        let page = try await storage.storage.findPosts(
            official: call.parameters.optionalString("official"), unit: call.parameters.optionalString("unit"),
            role: call.parameters.optionalString("role"), on: try await day(call),
            cursor: call.parameters.optionalString("cursor"), limit: call.limit)
        return reply("posts", page, \.json)
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
        let (name, table) = (try call.parameters.string("import"), try call.parameters.string("table"))
        let file = try call.parameters.string("file")
        if let path = JSON.object(call.parameters).pathOfNUL { throw VarlinkError.invalidParameter(path) }
        let firstLine = try call.parameters.int("firstLine")
        guard (1...Self.mostLines).contains(firstLine) else { throw VarlinkError.invalidParameter("firstLine") }
        let rows: DirectoryRows
        do throws(CSVTable.Problem) {
            let csv = (call.parameters["csv"]?.stringValue ?? "")
            rows = DirectoryRows(try CSVTable(csv, firstLine: firstLine), name: table)
        } catch {
            return ["rows": 0, "problems": [json(error, file)]]
        }
        var problems = rows.problems.map { json($0, file) }
        staged.withLock { staged in
            var places = staged[name] ?? Staged()
            for (id, line) in rows.ids where !id.isEmpty {
                let place = "\(table)/\(id)"
                if let first = places.places.updateValue(places.places[place] ?? (file, line), forKey: place) {
                    problems.append(
                        json(
                            CSVTable.Problem(
                                line: line, column: 1,
                                message: LocalizedText(
                                    vi: "mã \(id) đã có ở \(first.file):\(first.line)",
                                    en: "the id \(id) was given at \(first.file):\(first.line) already")), file))
                }
            }
            // A part with problems is not taken, and its ids may come again.
            guard problems.isEmpty else { return }
            if staged[name] == nil, staged.count == Self.mostImports { staged.removeFirst() }
            staged[name] = places
        }
        if problems.isEmpty { try await storage.storage.stageDirectory(import: name, rows.records) }
        return ["rows": .int(rows.ids.count), "problems": .array(problems)]
    }

    private func json(_ problem: CSVTable.Problem, _ file: String) -> JSON {
        [
            "file": .string(file), "line": .int(problem.line), "column": .int(problem.column),
            "message": problem.message.json,
        ]
    }

    @Sendable private func applyImport(_ call: Call) async throws -> JSONObject {
        let caller = try await administrator(call, "ApplyImport")
        let name = try call.parameters.string("import")
        guard let places = staged.withLock({ $0.removeValue(forKey: name) })?.places else {
            throw errors.error("ImportNotFound", ["import": .string(name)])
        }
        let dryRun = try call.parameters.bool("dryRun")
        let result: ImportResult
        do {
            result = try await storage.storage.applyDirectory(
                import: name, at: clock.now, by: caller.login, dryRun: dryRun)
        } catch {
            // It may have been applied all the same, when only the answer was lost.
            await directory.removeAll()
            throw error
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
                ])
        }
        let problems = result.missing.map { missing -> JSON in
            // The plugin says what the record is before its id: "post p-001".
            let id = missing.referrer.split(separator: " ").last ?? ""
            let place = ["posts", "delegations", "units"].lazy.compactMap { places["\($0)/\(id)"] }.first
            return json(
                CSVTable.Problem(
                    line: place?.line ?? 0, column: 1,
                    message: LocalizedText(
                        vi:
                            "\(missing.referrer): không có \(missing.kind == .unit ? "đơn vị" : "cán bộ") \(missing.id)",
                        en: "\(missing.referrer): there is no \(missing.kind.rawValue) \(missing.id)")),
                place?.file ?? "")
        }
        return [
            "units": .object(result.units.json), "officials": .object(result.officials.json),
            "posts": .object(result.posts.json), "delegations": .object(result.delegations.json),
            "problems": .array(problems), "applied": .bool(result.applied),
        ]
    }
}
