import Foundation
import Logging
import PluginKit
import ServiceLifecycle
import Systemd
import Varlink
import Workflow

/// The daemon put together: the root that starts its parts in order and stops them in the other.
public struct RotationDaemon: Sendable {
    public static let version = "0.1.0"

    private let settings: Settings
    private let configuration: @Sendable () async throws -> Settings
    private let logger: Logger

    /// - Parameter configuration: Reads the settings again, for a reload.
    public init(settings: Settings, logger: Logger, configuration: @escaping @Sendable () async throws -> Settings) {
        self.settings = settings
        self.logger = logger
        self.configuration = configuration
    }

    /// Runs until it is asked to stop.
    /// - Throws: What keeps it from starting.
    public func run() async throws {
        let clock: any Clock =
            settings.isRehearsal
            ? RehearsalClock(start: WorkCalendar(timeZone: settings.timeZone).morning(of: settings.rehearsalStart))
            : WallClock()
        let storeID = Current("")
        let store: StoreClock = settings.isRehearsal ? .rehearsal : .real
        let storageHost = PluginHost(
            settings.storage, kind: .storage, folder: settings.plugins, connections: 5, logger: logger
        ) { clients in
            let storage = StorageClient(writer: clients[0])
            storeID.value = try await storage.open(clock: store).storeID
            if let rehearsal = clock as? RehearsalClock,
                let now = try await storage.loadSetting("rehearsalNow").flatMap(Timestamp.init)
            {
                rehearsal.move(to: now)
            }
        }
        let channels = settings.notifications.map {
            PluginHost($0, kind: .notification, folder: settings.plugins, connections: 1, logger: logger)
        }
        let service = MainService(
            settings: settings, clock: clock, storage: StorageHandle(host: storageHost),
            storeID: { storeID.value }, channels: channels,
            configuration: configuration, logger: logger)
        // Started in this order, and stopped in the other: what uses a plugin ends before the plugin does.
        var group = ServiceGroupConfiguration(
            services: ([storageHost] + channels).map { .init(service: $0) }
                + [.init(service: service, failureTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() })
        group.maximumGracefulShutdownDuration = .seconds(20)
        try await ServiceGroup(configuration: group).run()
    }
}

/// Everything that works on cases and with clients. It starts when storage is ready.
private struct MainService: Service {
    let settings: Settings
    let clock: any Clock
    let storage: StorageHandle
    let storeID: @Sendable () -> String
    let channels: [PluginHost]
    let configuration: @Sendable () async throws -> Settings
    let logger: Logger

    func run() async throws {
        try await withTaskExecutorPreference(DaemonLoop.shared) { try await serve() }
    }

    private func serve() async throws {
        let startedAt = clock.now
        let opening = Task { await SupervisionService.whileOpening(storage.host) }
        defer { opening.cancel() }
        do {
            try await cancelWhenGracefulShutdown { try await storage.host.whenReady() }
        } catch is CancellationError {
            return
        }
        opening.cancel()
        ServiceManager.notify(.status("loading workflows"))
        let catalog = WorkflowCatalog(storage: storage)
        var problems: [String] = []
        let loaded = CalendarLoader.load(folder: settings.calendars, timeZone: settings.timeZone, &problems)
        let texts = NotificationTemplates(folder: settings.templates, &problems)
        problems += try await catalog.load(workflows: settings.workflows, forms: settings.forms, now: clock.now)
        let rosters = RosterBook.load(folder: settings.rosters, catalog: catalog, &problems)
        guard
            let pages = ReportLoader.load(folder: settings.reports, definition: catalog.newest, &problems),
            problems.isEmpty
        else { throw StartProblems(problems: problems) }
        let reports = Current(pages)
        let calendar = Current(loaded)
        let inForce = Current(settings)
        let templates = Current(texts)
        let serving = Current<VarlinkServer?>(nil)
        let directory = DirectoryCache(storage: storage)
        let feed = EventFeed()
        let logger = logger
        let journal = CaseJournal(logger: logger)
        let refusals = RefusalJournal(logger: logger)
        let pipeline = CommitPipeline(storage: storage, logger: logger) { transactions in
            journal.record(transactions)
            feed.signal()
        }
        let book = RosterBook(
            storage: storage, directory: directory, clock: clock, calendar: { calendar.value },
            rosters: Current(rosters))
        let engine = CaseEngine(
            storage: storage, catalog: catalog, directory: directory, pipeline: pipeline, clock: clock,
            calendar: { calendar.value }, book: book, cachedCases: settings.cachedCases,
            documentBytes: settings.messageBytes / 2, logger: logger)
        let owner = "\(ProcessInfo.processInfo.hostName)/\(ProcessInfo.processInfo.processIdentifier)"
        let timers = TimerService(
            storage: storage, engine: engine, clock: clock, feed: feed, owner: owner, logger: logger)
        let roster = RosterService(book: book, engine: engine, storage: storage, clock: clock, logger: logger)
        let maker = NotificationMaker(
            catalog: catalog, directory: directory, clock: clock, calendar: { calendar.value }, templates: templates,
            settings: inForce)
        let outbox = OutboxService(
            storage: storage,
            addressing: Addressing(
                directory: directory, clock: clock, calendar: { calendar.value }, settings: inForce),
            maker: maker, channels: channels, clock: clock, settings: inForce, feed: feed, logger: logger)
        let seals = SealService(
            storage: storage, storeID: storeID, clock: clock, calendar: { calendar.value }, logger: logger)
        let authoriser = Authoriser(directory: directory, settings: inForce)
        let reloader = Reloader(
            settings: inForce, calendar: calendar, reports: reports, templates: templates, catalog: catalog,
            book: book, clock: clock, logger: logger,
            read: configuration)
        let server = VarlinkServer(
            identity: ServiceIdentity(
                vendor: "rotationd", product: "rotationd", version: RotationDaemon.version, url: ""),
            interfaces: [
                WorkflowService(
                    engine: engine, catalog: catalog, directory: directory, authoriser: authoriser, storage: storage,
                    feed: feed, clock: clock, formBytes: settings.messageBytes / 8, refusals: refusals,
                    reads: ReadJournal(logger: logger)
                ).interface,
                DirectoryService(
                    engine: engine, directory: directory, authoriser: authoriser, storage: storage, clock: clock,
                    refusals: refusals, logger: logger
                ).interface,
                ReportsService(
                    engine: engine, catalog: catalog, directory: directory, authoriser: authoriser, storage: storage,
                    book: book, refusals: refusals, logger: logger, settings: { reports.value }
                ).interface,
                ManagerService(
                    settings: inForce, engine: engine, catalog: catalog, authoriser: authoriser, storage: storage,
                    plugins: [storage.host] + channels, timers: timers, roster: roster, seals: seals, storeID: storeID,
                    feed: feed,
                    clock: clock,
                    startedAt: startedAt,
                    refusals: refusals, logger: logger, connectionCount: { serving.value?.connectionCount ?? 0 },
                    reloader: reloader, maker: maker
                ).interface,
            ], limits: limits, group: DaemonLoop.shared.loop,
            onUnexpectedError: { error, call in
                let reason = journalReason(error)
                logger.log(
                    .callFailed, "a call of \(call.method) failed: \(reason)",
                    metadata: ["method": "\(call.method)", "uid": "\(call.peer.uid)", "reason": "\(reason)"])
                return VarlinkError("org.rotationd.InternalError", ["reason": "\(error)"])
            })
        serving.value = server
        let hangUps = await HangUps()
        let sockets = ServiceManager.listenDescriptors().filter { $0.kind == .listening }
        for socket in sockets { try await server.listen(descriptor: socket.descriptor) }
        if sockets.isEmpty { try await server.listen(path: settings.listen, mode: settings.socketMode) }
        ServiceManager.notify(.ready)
        let socket = sockets.isEmpty ? settings.listen : "a socket of systemd's"
        logger.log(
            .ready, "ready on \(socket)",
            metadata: [
                "version": "\(RotationDaemon.version)", "workflows": "\(catalog.newest.count)", "socket": "\(socket)",
            ])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await timers.run() }
            group.addTask { try await roster.run() }
            group.addTask { try await outbox.run() }
            group.addTask { try await seals.run() }
            group.addTask {
                // What is wrong has been journaled.
                await cancelWhenGracefulShutdown { for await _ in hangUps.signals { _ = try? await reloader.reload() } }
            }
            group.addTask {
                try await SupervisionService(storage: storage, channels: channels, feed: feed).run()
            }
            group.addTask {
                try? await gracefulShutdown()
                ServiceManager.notify(.stopping, .status("finishing the calls under way"))
                logger.log(.stopping, "stopping: no new calls, those under way are finished")
                // What was acknowledged is on disk; calls under way finish, then their connections close.
                await server.shutdown()
            }
            try await group.waitForAll()
        }
    }

    struct StartProblems: Error, CustomStringConvertible {
        let problems: [String]
        var description: String { problems.joined(separator: "\n") }
    }

    private var limits: ServerLimits {
        var limits = ServerLimits()
        limits.maximumMessageBytes = settings.messageBytes
        limits.maximumConnections = settings.connections
        limits.maximumConnectionsPerUser = settings.connectionsPerUser
        limits.idleTimeout = .seconds(settings.idleSeconds)
        limits.maximumUnreadReplyBytes = settings.unreadBytes
        limits.writeTimeout = .seconds(settings.unreadSeconds)
        return limits
    }
}

extension RotationDaemon {
    /// The exit status (sysexits) that says why the daemon could not start.
    public static func exitStatus(of error: any Error) -> Int32 {
        switch error {
        case is MainService.StartProblems, is Settings.Problem: EX_CONFIG
        case let error where PluginHost.isFatal(error): EX_CONFIG
        case is StorageError: EX_UNAVAILABLE
        case is SocketError: EX_OSERR
        default: EX_SOFTWARE
        }
    }
}
