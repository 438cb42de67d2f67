import JSONCore
import Logging
import PluginKit
import Synchronization
import Systemd
import Varlink
import Workflow

/// Serves `org.rotationd.Manager`.
struct ManagerService: Sendable {
    private let inForce: Current<Settings>
    var settings: Settings { inForce.value }
    let engine: CaseEngine
    let catalog: WorkflowCatalog
    let authoriser: Authoriser
    let storage: StorageHandle
    let plugins: [PluginHost]
    let timers: TimerService
    let roster: RosterService
    let seals: SealService
    /// The id of the store that is open.
    let storeID: @Sendable () -> String
    let feed: EventFeed
    let clock: any Clock
    let startedAt: Timestamp
    let connectionCount: @Sendable () -> Int
    let reloader: Reloader
    let maker: NotificationMaker
    let refusals: RefusalJournal
    let logger: Logger
    let errors = ServiceErrors(interface: "org.rotationd.Manager")

    init(
        settings: Current<Settings>, engine: CaseEngine, catalog: WorkflowCatalog, authoriser: Authoriser,
        storage: StorageHandle, plugins: [PluginHost], timers: TimerService, roster: RosterService, seals: SealService,
        storeID: @escaping @Sendable () -> String, feed: EventFeed, clock: any Clock, startedAt: Timestamp,
        refusals: RefusalJournal, logger: Logger, connectionCount: @escaping @Sendable () -> Int,
        reloader: Reloader, maker: NotificationMaker
    ) {
        inForce = settings
        self.engine = engine
        self.catalog = catalog
        self.authoriser = authoriser
        self.storage = storage
        self.plugins = plugins
        self.timers = timers
        self.roster = roster
        self.seals = seals
        self.storeID = storeID
        self.feed = feed
        self.clock = clock
        self.startedAt = startedAt
        self.refusals = refusals
        self.logger = logger
        self.connectionCount = connectionCount
        self.reloader = reloader
        self.maker = maker
    }

    var interface: ServedInterface {
        func unary(
            _ name: String, _ body: @escaping @Sendable (Call) async throws -> JSONObject
        ) -> (String, MethodHandler) {
            (
                name,
                .unary { call in
                    do { return try await body(call) } catch { throw errors.translate(error, operation: name) }
                }
            )
        }
        return ServedInterface(
            DaemonInterfaces.manager,
            handlers: Dictionary(
                uniqueKeysWithValues: [
                    unary("GetStatus", getStatus), unary("ListPlugins", listPlugins), unary("Reload", reloadAll),
                    unary("Backup", backup), unary("ListBackups", listBackups), unary("GetClock", getClock),
                    unary("AdvanceClock", advanceClock), unary("ListMessages", listMessages),
                    unary("GetMessage", getMessage), unary("RetryMessages", retryMessages),
                    unary("DropMessages", dropMessages), unary("PreviewMessage", previewMessage),
                    unary("CheckTemplates", checkTemplates),
                    (
                        "Verify",
                        .either { call, replies in
                            do { return try await verify(call, replies) } catch {
                                throw errors.translate(error, operation: "Verify")
                            }
                        }
                    ),
                ]))
    }

    func administrator(_ call: Call, _ operation: String) async throws {
        // Known by uid alone, so that it works while the storage plugin is gone.
        let caller = try? await authoriser.caller(call.peer, on: await engine.today)
        let isAdministrator = caller?.isAdministrator ?? authoriser.isAdministrator(call.peer)
        guard isAdministrator else {
            let refusal = errors.notAllowed(operation)
            refusals.record(call, operation: operation, answer: refusal)
            throw refusal
        }
    }

    // MARK: - State

    @Sendable private func getStatus(_ call: Call) async throws -> JSONObject {
        if !authoriser.isAdministrator(call.peer) {
            let caller = try await authoriser.caller(call.peer, on: await engine.today)
            guard caller.official != nil || caller.isGateway else { throw errors.notAllowed("GetStatus") }
        }
        let plugins = plugins.map { ($0, $0.snapshot) }
        // Without the storage plugin the rest of the status is still worth having.
        var statistics = StoreStatistics()
        var counts: [CaseCount] = []
        var settings: [String: String] = [:]
        let rosters = (try? await roster.states()) ?? []
        if let storage = try? storage.storage {
            statistics = (try? await storage.statistics()) ?? statistics
            counts = (try? await storage.countCases(CaseFilter(), by: [.workflow, .state, .overdue])) ?? []
            for name in ["lastBackupAt", "lastVerifyAt", "lastVerifyProblems"] {
                settings[name] = (try? await storage.loadSetting(name)) ?? nil
            }
        }
        let problems = settings["lastVerifyProblems"].flatMap { Int($0) }
        var attention = plugins.filter { $1.state != .ready }.map {
            Attention.plugin($0.address, $0.kind, reason: $1.reason ?? "")
        }
        attention += needs(statistics, lastBackup: settings["lastBackupAt"].flatMap(Timestamp.init), problems ?? 0)
        for (roster, progress, _) in rosters where !progress.problems.isEmpty {
            attention.append(.roster(roster.name, progress.problems.values.flatMap(\.self)))
        }
        let json: JSONObject = [
            "version": .string(RotationDaemon.version), "startedAt": JSON(startedAt),
            "clock": .string(self.settings.isRehearsal ? "rehearsal" : "real"), "now": JSON(clock.now),
            "plugins": .array(plugins.map { describe($0, $1) }),
            "workflows": .array(
                catalog.newest.map { ["name": .string($0.name), "version": .int($0.version)] }),
            "rosters": .array(rosters.map(describe)), "states": .array(states(counts)), "cases": .int(statistics.cases),
            "openCases": .int(statistics.openCases), "overdueCases": .int(statistics.overdueCases),
            "events": .int(statistics.events), "messagesWaiting": .int(statistics.messagesWaiting),
            "messagesParked": .int(statistics.messagesParked),
            "messagesDoubtful": .int(statistics.messagesDoubtful), "oldestWaitingAt": JSON(statistics.oldestWaitingAt),
            "storageBytes": .int(statistics.sizeBytes), "storageFreeBytes": JSON(statistics.freeBytes),
            "lastCommitAt": JSON(statistics.lastCommitAt), "lastBackupAt": JSON(settings["lastBackupAt"]),
            "lastVerifyAt": JSON(settings["lastVerifyAt"]),
            "lastVerifyProblems": JSON(problems),
            "connections": .int(connectionCount()),
            "needsAttention": .array(attention.map(\.json)),
        ]
        return json.withoutNulls
    }

    /// Room that the store has besides that of a backup.
    private static let leastFreeBytes = 64 << 20
    /// A clock that is behind by less is only a little wrong.
    private static let clockTolerance = 60_000

    /// What of the store needs a person.
    private func needs(_ statistics: StoreStatistics, lastBackup: Timestamp?, _ problems: Int) -> [Attention] {
        var needs: [Attention] = []
        if statistics.messagesParked > 0 { needs.append(.parked(statistics.messagesParked)) }
        if problems > 0 { needs.append(.unsound(problems)) }
        if let free = statistics.freeBytes, free < statistics.sizeBytes + Self.leastFreeBytes {
            needs.append(.disk(free: free))
        }
        // What is only tried needs no backup, and its clock is nobody's.
        guard !settings.isRehearsal, let lastCommit = statistics.lastCommitAt else { return needs }
        let now = clock.now
        if lastCommit > now + Self.clockTolerance { needs.append(.clock(behind: lastCommit)) }
        let days = lastBackup.map { (now.milliseconds - $0.milliseconds) / 86_400_000 }
        if settings.backupWarningDays > 0, days.map({ $0 >= settings.backupWarningDays }) ?? true {
            needs.append(.backup(days: days))
        }
        return needs
    }

    private func states(_ counts: [CaseCount]) -> [JSON] {
        var states: [[String]: (count: Int, overdue: Int)] = [:]
        for count in counts where count.values.count == 3 {
            let key = Array(count.values.prefix(2))
            states[key, default: (0, 0)].count += count.count
            if count.values[2] == "true" { states[key, default: (0, 0)].overdue += count.count }
        }
        return states.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, value in
            let title = catalog.newest(key[0])?.states[key[1]]?.title ?? LocalizedText(vi: key[1], en: key[1])
            return [
                "workflow": .string(key[0]), "state": .string(key[1]), "title": title.json, "count": .int(value.count),
                "overdue": .int(value.overdue),
            ]
        }
    }

    private func describe(_ roster: RosterDefinition, _ progress: RosterProgress, next: Timestamp?) -> JSON {
        let json: JSONObject = [
            "name": .string(roster.name), "workflow": .string(roster.workflow), "start": JSON(roster.start?.period),
            "period": JSON(progress.period), "opened": .int(progress.opened), "openedAt": JSON(progress.openedAt),
            "late": .bool(progress.isLate), "nextAt": JSON(next),
            "problems": .array(
                progress.problems.sorted { $0.key < $1.key }.flatMap(\.value).prefix(100).map(\.json)),
        ]
        return .object(json.withoutNulls)
    }

    private func describe(_ host: PluginHost, _ status: PluginHost.Status) -> JSON {
        let json: JSONObject = [
            "name": .string(status.description?.name ?? host.address.name), "kind": .string(host.kind.rawValue),
            "address": .string("\(host.address)"), "state": .string(status.state.rawValue),
            "reason": JSON(status.reason), "version": JSON(status.description?.version),
            "contract": JSON(status.description?.contract),
            "latencyMilliseconds": status.latencyMilliseconds.map(JSON.init(number:)) ?? .null,
            "restarts": .int(status.restarts),
        ]
        return .object(json.withoutNulls)
    }

    @Sendable private func listPlugins(_ call: Call) async throws -> JSONObject {
        try await administrator(call, "ListPlugins")
        return ["plugins": .array(plugins.map { describe($0, $0.snapshot) })]
    }

    // MARK: - Care

    @Sendable private func reloadAll(_ call: Call) async throws -> JSONObject {
        try await administrator(call, "Reload")
        let result = try await reloader.reload()
        func list(_ texts: [String]) -> JSON { .array(texts.map(JSON.string)) }
        return ["problems": list(result.problems), "needRestart": list(result.needRestart)]
    }

    @Sendable private func backup(_ call: Call) async throws -> JSONObject {
        try await administrator(call, "Backup")
        let keep = try call.parameters.optionalInt("keep")
        if let keep, !(1...1000).contains(keep) { throw VarlinkError.invalidParameter("keep") }
        let began = ContinuousClock.now
        let made: MadeBackup
        do { made = try await storage.storage.backup(keep: keep) } catch { throw backupRefusal(error, call.peer) }
        let took = ContinuousClock.now - began
        do { try await storage.storage.saveSetting("lastBackupAt", value: clock.now.description) } catch {
            // The backup is there all the same.
            logger.warning("the time of the backup could not be kept", metadata: ["reason": "\(error)"])
        }
        logger.log(
            .backupWritten, "a backup was written to \(made.backup.path)",
            metadata: [
                "path": "\(made.backup.path)", "bytes": "\(made.backup.bytes)", "uid": "\(call.peer.uid)",
            ])
        return made.json.merging(["milliseconds": .int(Int(took / .milliseconds(1)))]) { $1 }
    }

    @Sendable private func listBackups(_ call: Call) async throws -> JSONObject {
        try await administrator(call, "ListBackups")
        do { return ["backups": .array(try await storage.storage.listBackups().map { .object($0.json) })] } catch {
            throw backupRefusal(error, call.peer)
        }
    }

    private func backupRefusal(_ error: StorageError, _ peer: Peer) -> any Error {
        switch error {
        case .backupFailed(let path, let reason):
            logger.log(
                .backupFailed, "no backup to \(path): \(reason)",
                metadata: ["path": "\(path)", "reason": "\(reason)", "uid": "\(peer.uid)"])
            return errors.error("BackupFailed", ["path": .string(path), "reason": .string(reason)])
        case .notSupported:
            let reason: JSON = "the storage plugin makes no backups; use its own tools"
            return errors.error("BackupFailed", ["path": .string("\(storage.host.address)"), "reason": reason])
        default: return error
        }
    }

    private func verify(_ call: Call, _ replies: ReplyStream?) async throws -> JSONObject {
        try await administrator(call, "Verify")
        let storage = try storage.storage
        var verification = StoreVerification(
            storage: storage, store: storeID(),
            seals: try call.parameters.optionalList("seals", Seal.init(json:)), replies: replies)
        let reply = try await verification.run()
        try await storage.saveSetting("lastVerifyAt", value: clock.now.description)
        try await storage.saveSetting("lastVerifyProblems", value: String(verification.problems))
        let metadata: Logger.Metadata = [
            "cases": "\(verification.cases)", "events": "\(verification.events)",
            "seals": "\(verification.sealsHeld ?? 0)", "problems": "\(verification.problems)",
            "uid": "\(call.peer.uid)",
        ]
        if verification.problems == 0 {
            logger.log(.verified, "verified \(verification.cases) cases: no problem", metadata: metadata)
        } else {
            logger.log(
                .verifyFoundProblems, "verified \(verification.cases) cases: \(verification.problems) problems",
                metadata: metadata)
        }
        return reply
    }

    // MARK: - Clock

    @Sendable private func getClock(_ call: Call) async throws -> JSONObject {
        [
            "clock": .string(settings.isRehearsal ? "rehearsal" : "real"), "now": JSON(clock.now),
            "timeZone": .string(settings.timeZone.identifier),
        ]
    }

    @Sendable private func advanceClock(_ call: Call) async throws -> JSONObject {
        try await administrator(call, "AdvanceClock")
        func refused(_ vi: String, _ en: String) -> VarlinkError {
            errors.error("ClockRefused", ["message": LocalizedText(vi: vi, en: en).json])
        }
        guard let rehearsal = clock as? RehearsalClock else {
            throw refused(
                "Đồng hồ là đồng hồ thật nên không chỉnh được.", "The clock is the real one and cannot be moved.")
        }
        let text = try call.parameters.string("to")
        let calendar = WorkCalendar(timeZone: settings.timeZone)
        guard let target = Timestamp(text) ?? LocalDate(text).map({ calendar.time($0) }) else {
            throw VarlinkError.invalidParameter("to")
        }
        guard target >= rehearsal.now else {
            throw refused(
                "Đồng hồ chỉ đi tới, không lùi: bây giờ là \(rehearsal.now).",
                "The clock only goes on; it is \(rehearsal.now) now.")
        }
        let count: Int
        do {
            count = try await timers.advance(rehearsal, to: target, with: roster) { await seals.sealIfDue() }
        } catch let failure
            as TimerService.AdvanceFailure
        {
            switch failure {
            case .underWay:
                throw refused("Người khác đang chỉnh đồng hồ; hãy đợi.", "Somebody else is moving the clock; wait.")
            case .timersFailed(let failures):
                let list = failures.joined(separator: "\n")
                throw refused(
                    "Đồng hồ dừng ở \(rehearsal.now) vì có việc đến hạn không xử lý được:\n\(list)",
                    "The clock has stopped at \(rehearsal.now), where something due could not be carried out:\n\(list)")
            }
        }
        logger.log(
            .clockMoved, "the rehearsal clock was moved to \(rehearsal.now)",
            metadata: ["now": "\(rehearsal.now)", "timers": "\(count)", "uid": "\(call.peer.uid)"])
        return ["now": JSON(rehearsal.now), "timers": .int(count)]
    }
}
