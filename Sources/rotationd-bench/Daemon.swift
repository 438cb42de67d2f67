import Foundation
import JSONCore
import Synchronization
import Varlink

/// rotationd with its plugins, as a process of its own on an empty store.
final class Daemon: Sendable {
    let folder: String
    private let programs: String
    private let config: String
    // A socket's path may have 107 bytes, which a folder of builds may have already.
    private let sockets: TemporaryFolder
    private let process = Mutex<Process?>(nil)

    /// Connections that one user may have; the clients are all one user.
    static let mostClients = 256

    init(programs: String, config: String, folder: String) throws {
        self.programs = programs
        self.config = config
        self.folder = folder
        sockets = try TemporaryFolder(in: "/tmp")
    }

    deinit { sockets.remove() }

    var store: String { folder + "/store.sqlite" }
    private var socket: String { sockets.path + "/org.rotationd" }

    var pid: Int32 { process.withLock { $0?.processIdentifier ?? 0 } }

    /// Starts it and waits until it answers.
    /// - Returns: Milliseconds from its start to its first answer.
    func start() async throws -> Double {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: programs + "/rotationd")
        process.arguments = [
            "--config", config, "--set", "listen=\(socket)", "--set", "plugins=\(programs)",
            "--set", "storage=exec:storage-sqlite --database \(store)", "--set", "notifications=exec:notify-journal",
            "--set", "clock=rehearsal", "--set", "gateways=\(getuid())",
            "--set", "limits.connections_per_user=\(Self.mostClients)",
        ]
        let log = folder + "/log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardError = FileHandle(forWritingAtPath: log)
        process.standardInput = FileHandle.nullDevice
        let began = Machine.now
        try process.run()
        self.process.withLock { $0 = process }
        while true {
            if let client = try? await connect() {
                _ = try await client.call("org.varlink.service.GetInfo")
                return Double(Machine.now - began) / 1e6
            }
            guard process.isRunning, Machine.now - began < 30_000_000_000 else {
                let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
                throw BenchError("rotationd does not answer; it said:\n\(said)")
            }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    func connect() async throws -> VarlinkClient {
        try await VarlinkClient.connect(path: socket, group: ClientLoop.shared.group)
    }

    /// Connects many clients.
    func connect(_ count: Int) async throws -> [VarlinkClient] {
        var clients: [VarlinkClient] = []
        for _ in 0..<count { clients.append(try await connect()) }
        return clients
    }

    func stop() async {
        guard let process = process.withLock({ $0 }) else { return }
        process.terminate()
        while process.isRunning { try? await Task.sleep(for: .milliseconds(5)) }
    }

    func kill() {
        if let process = process.withLock({ $0 }), process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
    }

    var residentBytes: Int { ProcessUsage(pid: pid)?.residentBytes ?? 0 }

    /// The daemon's and its plugins', and the load generator's.
    func usage() -> [ProcessUsage] {
        [pid, getpid()].compactMap(ProcessUsage.init(pid:)) + ProcessUsage.children(of: pid)
    }
}
