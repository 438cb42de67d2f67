import Foundation
import Logging
import Systemd
import Workflow

/// Takes changed files over while the daemon runs: workflows, forms, calendars, rosters, templates, and the settings that can
/// change then. What has a mistake leaves what was in force. One reload after another.
actor Reloader {
    /// What came of a reload.
    struct Result: Sendable {
        /// What is wrong, each with its place.
        var problems: [String] = []
        /// Settings that have changed and are taken over at the next start.
        var needRestart: [String] = []
    }

    private let settings: Current<Settings>
    private let calendar: Current<WorkCalendar>
    private let reports: Current<ReportSettings>
    private let templates: Current<NotificationTemplates>
    private let catalog: WorkflowCatalog
    private let book: RosterBook
    private let clock: any Clock
    private let read: @Sendable () async throws -> Settings
    private let logger: Logger
    private var last: Task<Result, any Error>?

    /// - Parameter read: Reads the settings again.
    init(
        settings: Current<Settings>, calendar: Current<WorkCalendar>, reports: Current<ReportSettings>,
        templates: Current<NotificationTemplates>, catalog: WorkflowCatalog, book: RosterBook, clock: any Clock,
        logger: Logger,
        read: @escaping @Sendable () async throws -> Settings
    ) {
        self.settings = settings
        self.calendar = calendar
        self.reports = reports
        self.templates = templates
        self.catalog = catalog
        self.book = book
        self.clock = clock
        self.logger = logger
        self.read = read
    }

    func reload() async throws -> Result {
        let task = Task { [last] in
            _ = await last?.result
            return try await self.carryOut()
        }
        last = task
        return try await task.value
    }

    private func carryOut() async throws -> Result {
        ServiceManager.notify(.reloading)
        defer { ServiceManager.notify(.ready) }
        var result = Result()
        do {
            let read = try await read()
            let dates = CalendarLoader.load(
                folder: read.calendars, timeZone: settings.value.timeZone, &result.problems)
            let texts = NotificationTemplates(folder: read.templates, &result.problems)
            result.problems += try await catalog.load(workflows: read.workflows, forms: read.forms, now: clock.now)
            let rosters = RosterBook.load(folder: read.rosters, catalog: catalog, &result.problems)
            let pages = ReportLoader.load(folder: read.reports, definition: catalog.newest, &result.problems)
            // Workflows each for itself; all else only when nothing is wrong.
            if result.problems.isEmpty {
                calendar.value = dates
                book.rosters.value = rosters
                if let pages { reports.value = pages }
                templates.value = texts
                result.needRestart = read.differencesForStart(from: settings.value)
                settings.value.takeOver(read)
            }
        } catch let problem as Settings.Problem {
            result.problems.append("\(problem)")
        } catch {
            report("\(error)")
            throw error
        }
        for problem in result.problems { report(problem) }
        if result.problems.isEmpty {
            let rest = result.needRestart.joined(separator: ", ")
            logger.log(.reloaded, rest.isEmpty ? "reloaded" : "reloaded; to be restarted for a change of \(rest)")
        }
        return result
    }

    private func report(_ problem: String) {
        logger.log(
            .reloadFailed, "not taken over, what was in force stays: \(problem)", metadata: ["problem": "\(problem)"])
    }
}

extension Settings {
    /// Takes over what can change while the daemon runs.
    fileprivate mutating func takeOver(_ other: Settings) {
        workflows = other.workflows
        forms = other.forms
        calendars = other.calendars
        reports = other.reports
        rosters = other.rosters
        templates = other.templates
        giveUpHours = other.giveUpHours
        keepDeliveredDays = other.keepDeliveredDays
        digestTime = other.digestTime
        digestWeekday = other.digestWeekday
        language = other.language
        administrators = other.administrators
        gateways = other.gateways
        backupWarningDays = other.backupWarningDays
    }

    /// The keys of what is read at the start only and differs.
    fileprivate func differencesForStart(from running: Settings) -> [String] {
        func differs(_ value: KeyPath<Settings, some Equatable>) -> Bool {
            self[keyPath: value] != running[keyPath: value]
        }
        let keys: [(String, Bool)] = [
            ("listen", differs(\.listen)), ("socket_mode", differs(\.socketMode)), ("time_zone", differs(\.timeZone)),
            ("storage", differs(\.storage)), ("notifications", differs(\.notifications)),
            ("plugins", differs(\.plugins)), ("clock", differs(\.isRehearsal)),
            ("rehearsal_start", differs(\.rehearsalStart)), ("log_level", differs(\.logLevel)),
            ("limits.message_bytes", differs(\.messageBytes)), ("limits.connections", differs(\.connections)),
            ("limits.connections_per_user", differs(\.connectionsPerUser)),
            ("limits.idle_seconds", differs(\.idleSeconds)), ("limits.unread_bytes", differs(\.unreadBytes)),
            ("limits.unread_seconds", differs(\.unreadSeconds)), ("limits.cached_cases", differs(\.cachedCases)),
        ]
        return keys.filter(\.1).map(\.0)
    }
}
