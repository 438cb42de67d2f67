import JSONCore
import Logging
import PluginKit
import ServiceLifecycle
import Systemd
import Workflow

/// Opens the cases that the rosters have due: for each official of each unit, every month. Months that were missed while the
/// daemon was down are opened afterwards. What is there already is left alone, so that it can begin anew anywhere.
actor RosterService: Service {
    private let book: RosterBook
    private let engine: CaseEngine
    private let storage: StorageHandle
    private let clock: any Clock
    private let logger: Logger
    private var progress: [String: RosterProgress] = [:]
    /// The directory as it was when the newest months were gone through.
    private var edition: Int?

    /// Cases that are opened side by side: few of what a batch of the store takes, so that clients have room in each.
    private static let sideBySide = 16
    /// Cases after which the progress is kept.
    private static let stride = 500

    init(book: RosterBook, engine: CaseEngine, storage: StorageHandle, clock: any Clock, logger: Logger) {
        self.book = book
        self.engine = engine
        self.storage = storage
        self.clock = clock
        self.logger = logger
    }

    func run() async throws {
        // Under the rehearsal clock nothing becomes due but by moving it.
        if clock is RehearsalClock { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // A minute at most: the directory or the rosters may change, or the machine's clock be set.
                var pause = 60_000
                do {
                    if let next = try await self.runDue().next {
                        pause = min(max(next.milliseconds - self.clock.now.milliseconds, 50), pause)
                    }
                } catch {
                    // A plugin that is gone has been reported by its host.
                    self.logger.debug("the rosters could not go on: \(journalReason(error))")
                    pause = 1000
                }
                try? await Task.sleep(for: .milliseconds(pause))
            }
        }
    }

    /// Opens everything that is due now.
    /// - Returns: How many cases that were, and when the next ones are due.
    func runDue() async throws -> (count: Int, next: Timestamp?) {
        var count = 0
        var next: Timestamp?
        let rosters = book.rosters.value.filter { $0.start != nil }
        guard !rosters.isEmpty else { return (0, nil) }
        let edition = await book.directory.edition
        let units = try await RosterUnits(storage.storage)
        for roster in rosters {
            let due = try await due(roster, units, isChanged: edition != self.edition)
            count += try await open(due.openings, of: roster, units)
            next = [next, due.next].compactMap(\.self).min()
        }
        self.edition = edition
        return (count, next)
    }

    /// How far the rosters have come.
    func states() async throws -> [(roster: RosterDefinition, progress: RosterProgress, next: Timestamp?)] {
        guard !book.rosters.value.isEmpty else { return [] }
        let units = try await RosterUnits(storage.storage)
        var states: [(RosterDefinition, RosterProgress, Timestamp?)] = []
        for roster in book.rosters.value {
            let next = try await due(roster, units, isChanged: false)
            states.append((roster, try await load(roster.name), next.openings.map(\.moment).min() ?? next.next))
        }
        return states
    }

    // MARK: - What is due

    /// A unit's month.
    private struct Opening {
        let month: LocalDate
        let unit: String
        /// When it is to be opened, and on which day a post must be held.
        let moment: Timestamp
        let cutOff: LocalDate
    }

    /// - Parameter isChanged: Whether the newest month is to be gone through again while it lasts: somebody may have been
    ///   added to the directory.
    private func due(
        _ roster: RosterDefinition, _ units: RosterUnits, isChanged: Bool
    ) async throws -> (openings: [Opening], next: Timestamp?) {
        guard let start = roster.start else { return ([], nil) }
        let progress = try await load(roster.name)
        let (calendar, now) = (book.calendar(), clock.now)
        var openings: [Opening] = []
        var next: Timestamp?
        for unit in units.ids {
            // What is left out counts as done, so that taking it in later does not begin with months long gone.
            let schedule = roster.schedule(of: unit) ?? roster.schedule
            func opening(_ month: LocalDate) -> Opening {
                Opening(
                    month: month, unit: unit, moment: calendar.morning(of: schedule.opens.date(of: month, calendar)),
                    cutOff: schedule.cutOff.date(of: month, calendar))
            }
            var month = max(start, units.beginning(of: unit) ?? start)
            if let last = progress.units[unit].flatMap({ LocalDate($0 + "-01") }), last >= month {
                month = last.adding(months: 1)
                let end = (schedule.due.values.last ?? schedule.opens).date(of: last, calendar)
                if isChanged, calendar.date(at: now) <= end { openings.append(opening(last)) }
            }
            while opening(month).moment <= now {
                openings.append(opening(month))
                month = month.adding(months: 1)
            }
            next = [next, opening(month).moment].compactMap(\.self).min()
        }
        return (openings.sorted { ($0.month, $0.moment, $0.unit) < ($1.month, $1.moment, $1.unit) }, next)
    }

    private func load(_ name: String) async throws -> RosterProgress {
        if let known = progress[name] { return known }
        let text = try await storage.storage.loadSetting(RosterProgress.setting(name))
        let found = try text.map { try RosterProgress(json: JSON(parsing: $0).objectValue ?? [:]) } ?? RosterProgress()
        progress[name] = found
        return found
    }

    private func keep(_ roster: String) async throws {
        guard let progress = progress[roster] else { return }
        try await storage.storage.saveSetting(RosterProgress.setting(roster), value: "\(JSON.object(progress.json))")
    }

    // MARK: - Opening

    private func open(
        _ openings: [Opening], of roster: RosterDefinition, _ units: RosterUnits
    ) async throws -> Int {
        var total = 0
        for month in Set(openings.map(\.month)).sorted() {
            let parents = try await engine.parents(opening: roster.workflow, period: month.period)
            var opened = 0
            var kept = 0
            var late = false
            for opening in openings where opening.month == month {
                try Task.checkCancellation()
                let result = try await open(opening, of: roster, units, parents)
                let now = clock.now
                let isLate = book.calendar().date(at: now) > book.calendar().date(at: opening.moment)
                opened += result.opened
                late = late || (isLate && result.opened > 0)
                report(result.problems, opening, roster)
                progress[roster.name]?.count(month.period, opened: result.opened, at: now, late: isLate)
                progress[roster.name]?.problems[opening.unit] = result.problems.isEmpty ? nil : result.problems
                let last = progress[roster.name]?.units[opening.unit] ?? ""
                progress[roster.name]?.units[opening.unit] = max(last, month.period)
                if opened - kept >= Self.stride {
                    kept = opened
                    try await keep(roster.name)
                }
            }
            try await keep(roster.name)
            total += opened
            if opened > 0 {
                logger.log(
                    .rosterOpened,
                    "roster \(roster.name): \(opened) cases of \(month.period) were opened\(late ? ", late" : "")",
                    metadata: [
                        "roster": "\(roster.name)", "workflow": "\(roster.workflow)", "period": "\(month.period)",
                        "count": "\(opened)", "late": "\(late ? "yes" : "no")",
                    ])
            }
        }
        return total
    }

    private func open(
        _ opening: Opening, of roster: RosterDefinition, _ units: RosterUnits, _ parents: [String: CaseEngine.Parent]
    ) async throws -> (opened: Int, problems: [LocalizedText]) {
        guard roster.schedule(of: opening.unit) != nil,
            let row = units.row(opening.unit, on: opening.cutOff), roster.levels?.contains(row.level) ?? true
        else { return (0, []) }
        let officials = Set(try await storage.storage.findPosts(unit: opening.unit, on: opening.cutOff).map(\.official))
        guard !officials.isEmpty else { return (0, []) }
        guard let unit = units.standing(opening.unit, on: book.today) else {
            return (0, [.unitEnded(opening.unit, officials.sorted())])
        }
        let there = try await subjects(of: roster.workflow, unit: unit, period: opening.month.period)
        var results: [Result] = []
        try await withThrowingTaskGroup(of: Result.self) { group in
            for (index, official) in officials.subtracting(there).sorted().enumerated() {
                if index >= Self.sideBySide, let result = try await group.next() { results.append(result) }
                group.addTask { try await self.open(official, opening, unit, roster, parents[official]) }
            }
            for try await result in group { results.append(result) }
        }
        // Somebody enters the form for them: no reason to look for ever.
        let withoutLogin = results.filter { $0.isOpened && !$0.hasLogin }.map(\.official)
        if !withoutLogin.isEmpty { report([.noLogin(unit, withoutLogin)], opening, roster) }
        var problems = results.compactMap(\.problem)
        for role in try await engine.rolesWithoutHolders(workflow: roster.workflow, unit: unit) {
            problems.append(.noHolder(unit, role: role))
        }
        return (results.filter(\.isOpened).count, problems)
    }

    private func subjects(of workflow: String, unit: String, period: String) async throws(StorageError) -> Set<String> {
        var subjects: Set<String> = []
        var cursor: String?
        repeat {
            let page = try await storage.storage.findCases(
                CaseFilter(workflow: workflow, unit: unit, period: period), newestFirst: false, cursor: cursor,
                limit: 1000)
            subjects.formUnion(page.elements.compactMap(\.subject))
            cursor = page.cursor
        } while cursor != nil
        return subjects
    }

    private struct Result: Sendable {
        let official: String
        var isOpened = false
        var hasLogin = true
        var problem: LocalizedText?
    }

    /// Opens the case of one official, who may be assessed elsewhere or have one already.
    /// - Throws: What keeps the others from being opened too.
    private nonisolated func open(
        _ official: String, _ opening: Opening, _ unit: String, _ roster: RosterDefinition, _ parent: CaseEngine.Parent?
    ) async throws -> Result {
        var result = Result(official: official)
        let entry = try await book.entry(of: official, in: roster, month: opening.month, cutOff: opening.cutOff)
        guard let entry else {
            result.problem = .unknown(official, opening.unit)
            return result
        }
        // Whoever holds several posts is assessed once, at the main one.
        guard entry.unit == opening.unit else { return result }
        if entry.lacksMainPost { result.problem = .noMainPost(official, opening.unit) }
        let form = (parent?.form ?? [:]).merging(entry.form).merging(["unit": .string(unit)])
        do {
            result.isOpened = try await engine.open(
                roster.workflow, form: form, roster: .init(name: roster.name, due: opening.moment),
                parent: parent?.parent)
            result.hasLogin = entry.hasLogin
        } catch let refusal as Refusal {
            result.problem = .refused(official, refusal.message)
        } catch let failure as CaseEngine.Failure {
            result.problem = .refused(official, LocalizedText(vi: "\(failure)", en: "\(failure)"))
        }
        return result
    }

    /// What was not known before is journaled.
    private func report(_ problems: [LocalizedText], _ opening: Opening, _ roster: RosterDefinition) {
        let known = progress[roster.name]?.problems[opening.unit] ?? []
        for problem in problems where !known.contains(problem) {
            logger.log(
                .rosterProblem, "roster \(roster.name), \(opening.month.period): \(problem.en)",
                metadata: [
                    "roster": "\(roster.name)", "period": "\(opening.month.period)", "unit": "\(opening.unit)",
                    "reason": "\(problem.en)",
                ])
        }
    }
}

extension LocalizedText {
    fileprivate static func unitEnded(_ unit: String, _ officials: [String]) -> LocalizedText {
        LocalizedText(
            vi: "Đơn vị \(unit) đã kết thúc và không có đơn vị kế tiếp; chưa mở cho \(list(officials))",
            en: "Unit \(unit) has ended and none has taken its place; nothing was opened for \(list(officials))")
    }

    fileprivate static func noLogin(_ unit: String, _ officials: [String]) -> LocalizedText {
        LocalizedText(
            vi: "\(unit): \(list(officials)) chưa có tài khoản để tự đánh giá",
            en: "\(unit): \(list(officials)) have no login to assess themselves with")
    }

    fileprivate static func noHolder(_ unit: String, role: String) -> LocalizedText {
        LocalizedText(vi: "\(unit): không ai giữ vai trò \(role)", en: "\(unit): nobody holds the role \(role)")
    }

    fileprivate static func unknown(_ official: String, _ unit: String) -> LocalizedText {
        LocalizedText(
            vi: "\(official) có chức vụ ở \(unit) nhưng không có trong danh bạ",
            en: "\(official) holds a post in \(unit) and is not in the directory")
    }

    fileprivate static func noMainPost(_ official: String, _ unit: String) -> LocalizedText {
        LocalizedText(
            vi: "\(official) kiêm nhiệm mà chưa ghi chức vụ chính; đánh giá tại \(unit)",
            en: "\(official) holds several posts, none of them the main one; assessed in \(unit)")
    }

    fileprivate static func refused(_ official: String, _ reason: LocalizedText) -> LocalizedText {
        LocalizedText(
            vi: "\(official): chưa mở được: \(reason.vi)", en: "\(official): could not be opened: \(reason.en)")
    }

    private static func list(_ officials: [String]) -> String {
        officials.prefix(10).joined(separator: ", ") + (officials.count > 10 ? " … (\(officials.count))" : "")
    }
}
