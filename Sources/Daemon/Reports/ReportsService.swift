import JSONCore
import Logging
import PluginKit
import Systemd
import Varlink
import Workflow

/// Serves `org.rotationd.Reports`. Cases are grouped in the store; here they are only added up.
struct ReportsService: Sendable {
    let engine: CaseEngine
    let catalog: WorkflowCatalog
    let directory: DirectoryCache
    let authoriser: Authoriser
    let storage: StorageHandle
    let book: RosterBook
    let refusals: RefusalJournal
    let logger: Logger
    /// What config/reports says now.
    let settings: @Sendable () -> ReportSettings

    let errors = ServiceErrors(interface: "org.rotationd.Reports")
    /// Units that are counted at once, so that no answer of the store is large.
    private static let unitsAtOnce = 500

    var interface: ServedInterface {
        func unary(
            _ name: String, _ body: @escaping @Sendable (Call) async throws -> JSONObject
        ) -> (String, MethodHandler) {
            (
                name,
                .unary { call in
                    do { return try await body(call) } catch {
                        let answer = errors.translate(error, operation: name)
                        refusals.record(call, operation: name, answer: answer)
                        throw answer
                    }
                }
            )
        }
        return ServedInterface(
            DaemonInterfaces.reports,
            handlers: Dictionary(uniqueKeysWithValues: [
                unary("GetMonthlySummary", getMonthlySummary), unary("ListMonthlyResults", listMonthlyResults),
                unary("GetDossier", getDossier), unary("GetTemplates", getTemplates),
            ]))
    }

    // MARK: - Who may read

    /// Only officials read reports: an administrator of the system without a post has no right to anybody's rating.
    func caller(_ call: Call) async throws -> Caller {
        let caller = try await authoriser.caller(
            call.peer, person: call.parameters.optionalString("person"),
            onBehalfOf: call.parameters.optionalString("onBehalfOf"), on: await engine.today)
        if caller.official == nil { throw errors.unknownPerson(caller.login) }
        return caller
    }

    /// Whether the caller holds one of the roles in a unit or above it.
    func holds(_ caller: Caller, _ roles: [String], above unit: String, on day: LocalDate) async throws -> Bool {
        try await directory.path(of: unit, on: day).contains { level in
            roles.contains { caller.principals.contains(.role($0, unit: level.id)) }
        }
    }

    /// Journals who has read names with their levels, because nothing in the store would tell.
    func journal(_ caller: Caller, _ what: String, _ metadata: Logger.Metadata) {
        let reader = caller.official?.id ?? caller.login
        var metadata = metadata
        metadata["actor"] = "\(reader)"
        if let absent = caller.absent { metadata["on_behalf_of"] = "\(absent)" }
        if let gateway = caller.actor.gateway { metadata["gateway"] = "\(gateway)" }
        metadata["uid"] = "\(caller.uid)"
        logger.log(.resultsRead, "\(reader) read \(what)", metadata: metadata)
    }

    @Sendable private func getTemplates(_ call: Call) async throws -> JSONObject {
        _ = try await caller(call)
        let templates = settings().templates.sorted { $0.key < $1.key }
        return ["templates": .object(JSONObject(uniqueKeysWithValues: templates.map { ($0.key, .string($0.value)) }))]
    }

    // MARK: - The month

    /// What a call about the month of a unit is about, when the caller may read it.
    struct Month {
        let caller: Caller
        let settings: ReportSettings.Monthly
        let unit: Unit
        let period: LocalDate
        let cutOff: LocalDate
    }

    func month(_ call: Call, _ operation: String) async throws -> Month {
        let caller = try await caller(call)
        let settings = settings().monthly
        let id = try call.parameters.string("unit")
        guard let period = LocalDate(try call.parameters.string("period") + "-01") else {
            throw VarlinkError.invalidParameter("period")
        }
        let cutOff = cutOff(in: period, settings)
        guard let unit = try await storage.storage.findUnits(ids: [id], on: cutOff).first else {
            throw errors.error(
                "UnitNotFound",
                [
                    "unit": .string(id),
                    "message": LocalizedText(
                        vi: "Danh bạ không có đơn vị \(id) vào ngày \(cutOff).",
                        en: "The directory has no unit \(id) on \(cutOff)."
                    ).json,
                ])
        }
        // As the units are today; one that has ended since is read by those who were above it.
        let today = await engine.today
        let day = try await directory.path(of: id, on: today).isEmpty ? cutOff : today
        guard try await holds(caller, settings.readers, above: id, on: day) else {
            throw errors.notAllowed(
                operation,
                LocalizedText(
                    vi: "Chỉ thủ trưởng đơn vị, cấp trên và Ban Tổ chức được xem báo cáo của đơn vị \(unit.name).",
                    en: "The report of \(unit.name) is for its head, those above and the organisation board."))
        }
        return Month(
            caller: caller, settings: settings, unit: unit, period: period,
            cutOff: self.cutOff(of: unit, in: period, settings) ?? cutOff)
    }

    @Sendable private func getMonthlySummary(_ call: Call) async throws -> JSONObject {
        let month = try await month(call, "GetMonthlySummary")
        let isRecursive = try call.parameters.optionalBool("recursive") ?? false
        let units = isRecursive ? try await below(month.unit, on: month.cutOff) : [month.unit]
        var summary = try await summary(month, units, byUnit: isRecursive)
        // A step between two counts makes them differ; twice in a row it would be a fault.
        if summary.problems.contains(where: { if case .lines = $0 { true } else { false } }) {
            summary = try await self.summary(month, units, byUnit: isRecursive)
        }
        let settings = month.settings
        let writer = MonthlySummaryWriter(
            settings: settings,
            titles: isRecursive ? Dictionary(units.map { ($0.id, $0.name) }) { first, _ in first } : [:])
        let parent = try await parent(of: month.unit, on: month.cutOff)
        var unit: JSONObject = [
            "id": .string(month.unit.id), "name": .string(month.unit.name), "level": .string(month.unit.level),
        ]
        unit["parent"] = parent.map { .string($0.name) }
        return [
            "title": settings.title.json, "unit": .object(unit), "period": .string(month.period.period),
            "previousPeriod": .string(month.period.adding(months: -1).period), "cutOff": JSON(month.cutOff),
            "madeOn": JSON(await engine.today), "paper": settings.paper(of: month.unit, below: parent),
            "levels": .array(settings.levels.map(\.json)), "goodOrAbove": .string(settings.goodOrAbove),
            "reasons": .array(settings.reasons.map(\.json)),
            "lines": .array(summary.lines.map { writer.line($0.name, $0.figures) }),
            "total": writer.total(summary.total),
            "ceilings": .array(
                settings.ceiling.map { ceiling in summary.ceiling.map { writer.ceiling($0, ceiling) } } ?? []),
            "problems": .array(summary.problems.map(writer.problem)),
        ]
    }

    private func parent(of unit: Unit, on day: LocalDate) async throws(StorageError) -> Unit? {
        guard let parent = unit.parent else { return nil }
        return try await storage.storage.findUnits(ids: [parent], on: day).first
    }

    /// The day whose posts say who is assessed in a month: the roster's, or the month's last day without one.
    func cutOff(in period: LocalDate, _ settings: ReportSettings.Monthly) -> LocalDate {
        roster(settings)?.schedule.cutOff.date(of: period, book.calendar()) ?? period.lastOfMonth
    }

    /// That of a unit, which may have its own; nil: nobody of it is assessed.
    func cutOff(of unit: Unit, in period: LocalDate, _ settings: ReportSettings.Monthly) -> LocalDate? {
        guard let roster = roster(settings) else { return cutOff(in: period, settings) }
        if let levels = roster.levels, !levels.contains(unit.level) { return nil }
        return roster.schedule(of: unit.id)?.cutOff.date(of: period, book.calendar())
    }

    private func roster(_ settings: ReportSettings.Monthly) -> RosterDefinition? {
        book.rosters.value.first { $0.workflow == settings.workflow }
    }

    /// The unit and all below it on a day, those above first, else in the order of their names.
    private func below(_ root: Unit, on day: LocalDate) async throws(StorageError) -> [Unit] {
        let units = try await storage.storage.units(on: day)
        let children = Dictionary(grouping: units) { $0.parent ?? "" }
        var found = [root]
        var seen: Set = [root.id]
        var index = 0
        while index < found.count {
            for child in children[found[index].id] ?? [] where seen.insert(child.id).inserted { found.append(child) }
            index += 1
        }
        return found
    }

    private func summary(_ month: Month, _ units: [Unit], byUnit: Bool) async throws -> MonthlySummary {
        let settings = month.settings
        let store = try storage.storage
        let fields = settings.fields
        var groups: [MonthlySummary.Group] = []
        var previous: [MonthlySummary.Group] = []
        var standings: [MonthlySummary.Standings] = []
        var heads: [MonthlySummary.Heads] = []
        for start in stride(from: 0, to: units.count, by: Self.unitsAtOnce) {
            let part = units[start..<min(start + Self.unitsAtOnce, units.count)]
            let ids = part.map(\.id)
            var filter = CaseFilter(workflow: settings.workflow, units: ids, period: month.period.period)
            let by: [CaseGrouping] = [.unit, .definition, .state]
            let named = byUnit ? [] : [fields.block]
            for count in try await store.countCases(
                filter, by: by, fields: [fields.kind, fields.level, fields.reason, fields.late] + named)
            {
                guard let standing = try await standing(count, settings) else { continue }
                let values = count.values
                groups.append(
                    .init(
                        line: byUnit ? values[0] : values[7], standing: standing, kind: values[3], level: values[4],
                        reason: values[5], isLate: values[6] == "true", count: count.count))
            }
            for count in try await store.countCases(filter, by: by) {
                guard let standing = try await standing(count, settings) else { continue }
                standings.append(.init(standing: standing, count: count.count))
            }
            filter.period = month.period.adding(months: -1).period
            filter.states = settings.assessed.sorted()
            for count in try await store.countCases(
                filter, by: byUnit ? [.unit] : [], fields: [fields.level] + named)
            {
                let values = count.values
                previous.append(
                    .init(line: values[byUnit ? 0 : 1], level: values[byUnit ? 1 : 0], count: count.count))
            }
            for (day, units) in Dictionary(grouping: part, by: { cutOff(of: $0, in: month.period, settings) }) {
                guard let day else { continue }
                for found in try await store.countOfficials(units: units.map(\.id), on: day) {
                    heads.append(.init(line: byUnit ? found.unit : found.block, count: found.count))
                }
            }
        }
        return MonthlySummary(
            groups, previous: previous, heads: heads, standings: standings,
            order: byUnit ? units.map(\.id) : settings.blocks, levels: settings.levels.map(\.value),
            leader: settings.leader, ceiling: settings.ceiling)
    }

    private func standing(
        _ count: CaseCount, _ settings: ReportSettings.Monthly
    ) async throws(StorageError) -> MonthlySummary.Standing? {
        try await standing(state: count.values[2], definition: Int(count.values[1]) ?? 0, settings)
    }

    /// How a case in a state counts; nil: not at all.
    func standing(
        state: String, definition version: Int, _ settings: ReportSettings.Monthly
    ) async throws(StorageError) -> MonthlySummary.Standing? {
        if settings.assessed.contains(state) { return .assessed }
        if settings.notAssessed.contains(state) { return .notAssessed }
        let definition = try await catalog.definition(settings.workflow, version: version)
        return definition?.states[state]?.isFinal == true ? nil : .open
    }
}

extension ReportSettings.Monthly {
    /// The head of the paper that a unit issues.
    func paper(of unit: Unit, below parent: Unit?) -> JSON {
        guard let paper = papers[unit.level] ?? papers["default"] else { return [:] }
        func filled(_ template: String) -> JSON {
            let place = unit.name.split(separator: " ", maxSplits: 1).last.map(String.init) ?? unit.name
            let parent = parent?.name ?? ""
            return .string(
                [
                    ("{unit}", unit.name), ("{UNIT}", unit.name.uppercased()), ("{parent}", parent),
                    ("{PARENT}", parent.uppercased()), ("{place}", place), ("{PLACE}", place.uppercased()),
                ].reduce(template) { $0.replacing($1.0, with: $1.1) })
        }
        return [
            "superior": filled(paper.superior), "issuer": filled(paper.issuer), "number": filled(paper.number),
            "signer": filled(paper.signer), "place": filled(paper.place),
        ]
    }
}
