import Foundation
import JSONCore
import Synchronization
import Testing
import Varlink

/// A real rotationd with real plugins, in a folder of its own with its own copy of the configuration. It speaks for root
/// (or whoever runs the tests) as administrator and as a gateway, so that a test can be any official.
final class TestDaemon: Sendable {
    let folder: String
    private let clock: String
    private let settings: [String]
    private let notifySocket: String
    private let process = Mutex<ChildProcess?>(nil)

    var socket: String { folder + "/s" }
    var database: String { folder + "/db" }
    var config: String { folder + "/config" }
    var plugins: String { folder + "/plugins" }
    private var logFile: String { folder + "/log" }

    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    /// Where the programs are: beside the tests.
    static let programs: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let named = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""
        for path in [named, tests] {
            let folder = URL(filePath: path).deletingLastPathComponent().path
            if FileManager.default.isExecutableFile(atPath: folder + "/rotationd") { return folder }
        }
        return repository + "/.build/debug"
    }()

    /// The folder and what is in it; nothing runs yet.
    /// - Parameters:
    ///   - clock: `rehearsal` or `real`.
    ///   - settings: `key=value`, put over those that a test daemon has.
    ///   - notifySocket: Where it tells its service manager how it is.
    init(clock: String = "rehearsal", settings: [String] = [], notifySocket: String = "") throws {
        var template = Array("/tmp/rd-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ChildProcess.StartError(program: "mkdtemp", reason: "\(errno)") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.settings = settings
        self.notifySocket = notifySocket
        self.clock = clock
        // Other users connect too.
        chmod(folder, 0o755)
        try FileManager.default.copyItem(atPath: Self.repository + "/config", toPath: folder + "/config")
        try FileManager.default.createDirectory(atPath: folder + "/plugins", withIntermediateDirectories: false)
        for name in ["storage-sqlite", "notify-journal"] { try installPlugin(name) }
    }

    deinit {
        // Killed with it, its plugins cannot write into the folder that goes away.
        let plugins = child.map { child in ["storage-sqlite", "notify-journal"].flatMap { child.children(named: $0) } }
        child?.signal(SIGKILL)
        for pid in plugins ?? [] { kill(pid, SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: - Life

    /// Starts the daemon and returns when it serves.
    func start(_ more: [String] = []) async throws {
        let child = try launch(more)
        try await until("rotationd serves") {
            guard child.isRunning else {
                throw NeverHappened(what: "rotationd serves; it ended with \(await child.exitStatus):\n\(log)")
            }
            guard let client = try? await connect() else { return false }
            await client.close()
            return true
        }
    }

    /// Starts the daemon without waiting for it.
    @discardableResult
    func launch(_ more: [String] = []) throws -> ChildProcess {
        let storage = "storage=exec:storage-sqlite --database \(database)"
        let base = [
            "listen=\(socket)", storage, "notifications=exec:notify-journal", "plugins=\(plugins)", "clock=\(clock)",
            "gateways=\(getuid())", "socket_mode=0666",
        ]
        let child = try ChildProcess(
            Self.programs + "/rotationd",
            ["--config", config + "/rotationd.yaml"] + (base + settings + more).flatMap { ["--set", $0] },
            output: logFile, environment: ["NOTIFY_SOCKET": notifySocket, "LISTEN_FDS": ""])
        process.withLock { $0 = child }
        return child
    }

    /// What the daemon says and how it ends when it cannot start.
    func failure(_ more: [String] = []) async throws -> (status: Int32, text: String) {
        let before = log.count
        let child = try launch(more)
        try await until("rotationd ends") { !child.isRunning }
        return (await child.exitStatus, String(log.dropFirst(before)))
    }

    var child: ChildProcess? { process.withLock { $0 } }

    /// Asks it to stop, as systemd does, and waits.
    /// - Returns: The exit status.
    @discardableResult
    func stop() async -> Int32 {
        child?.signal(SIGTERM)
        return await child?.exitStatus ?? 0
    }

    /// Ends it in the middle of what it does.
    func killNow() async {
        child?.signal(SIGKILL)
        _ = await child?.exitStatus
    }

    /// Everything that the daemon and its plugins have said.
    var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

    /// Puts a file into the daemon's configuration.
    func write(_ text: String, to name: String) throws {
        try text.write(toFile: config + "/" + name, atomically: false, encoding: .utf8)
    }

    // MARK: - Plugins

    func installPlugin(_ name: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: plugins + "/" + name, withDestinationPath: Self.programs + "/" + name)
    }

    /// Installs a program of the test's own.
    func installPlugin(_ name: String, text: String) throws {
        try text.write(toFile: plugins + "/" + name, atomically: false, encoding: .utf8)
        chmod(plugins + "/" + name, 0o755)
    }

    /// Without its program a plugin that has ended cannot come back.
    func removePlugin(_ name: String) throws { try FileManager.default.removeItem(atPath: plugins + "/" + name) }

    func pluginPID(_ name: String) -> pid_t? { child?.children(named: name).first }

    @discardableResult
    func killPlugin(_ name: String) -> Bool { pluginPID(name).map { kill($0, SIGKILL) == 0 } ?? false }

    // MARK: - Clients

    func connect(limits: ClientLimits = ClientLimits()) async throws -> VarlinkClient {
        try await VarlinkClient.connect(path: socket, limits: limits)
    }

    /// A connection that speaks for an official, as a gateway does; for the peer itself without one.
    func client(_ person: String? = nil) async throws -> Person { Person(client: try await connect(), id: person) }

    /// A connection of another user. Only root can be another user.
    func client(uid: uid_t) async throws -> Person {
        let descriptor = try await RawConnection.descriptor(path: socket, uid: uid)
        return Person(client: try await VarlinkClient.connect(descriptor: descriptor, endpoint: socket), id: nil)
    }

    // MARK: - The store

    /// Imports the sample directory.
    func importDirectory() async throws {
        let administrator = try await client()
        let name = UUID().uuidString
        for (part, table) in ["units", "officials", "posts", "delegations"].enumerated() {
            let csv = try String(contentsOfFile: config + "/directory/\(table).csv", encoding: .utf8)
            let reply = try await administrator.directory(
                "StageImport",
                [
                    "import": .string(name), "part": .int(part), "table": .string(table), "csv": .string(csv),
                    "file": .string("\(table).csv"), "firstLine": 2,
                ])
            try #require(reply["problems"] == [], "\(reply)")
        }
        let reply = try await administrator.directory("ApplyImport", ["import": .string(name), "dryRun": false])
        try #require(reply["applied"] == true, "\(reply)")
    }

    /// The whole content of the store as SQL, when no message is under way any more.
    func dump() async throws -> String {
        let administrator = try await client()
        try await until("every message is delivered") {
            try await administrator.manager("GetStatus")["messagesWaiting"] == 0
        }
        let output = folder + "/dump"
        try? FileManager.default.removeItem(atPath: output)
        let script = """
            import sqlite3, sys
            store = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
            for line in store.iterdump(): print(line)
            """
        let python = try ChildProcess("python3", ["-c", script, database], output: output)
        try #require(await python.exitStatus == 0)
        return try String(contentsOfFile: output, encoding: .utf8)
    }

    /// Asks the daemon to verify every case, and expects that it finds nothing.
    func expectSound(_ location: SourceLocation = #_sourceLocation) async throws {
        let replies = try await client().client.stream("org.rotationd.Manager.Verify")
        for try await reply in replies { #expect(reply["findings"] == [], sourceLocation: location) }
    }
}
