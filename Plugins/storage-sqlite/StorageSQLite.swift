import ArgumentParser
import Foundation
import JSONCore
import Logging
import PluginKit
import Systemd

/// The plugin's process.
@main struct StorageSQLite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage-sqlite", abstract: "Keeps rotationd's cases in one SQLite file.",
        discussion: """
            Backups are kept in the folder "backups" beside the database; rotationctl backup has them made and \
            rotationctl restore puts one back.
            """,
        version: SQLiteStorage.version)

    @Option(help: "The database file. Default: rotationd.sqlite in the service's state directory.")
    var database: String?

    @Option(help: "Listen here; for trying the plugin by hand.")
    var socket: String?

    @Option(help: "Put this backup in the place of the database, say so in JSON, and end; see rotationctl restore.")
    var restore: String?

    private static let installed = "/var/lib/rotationd-storage-sqlite"

    func run() async throws {
        if let restore { return try put(restore) }
        bootstrapLogging(identifier: "storage-sqlite")
        guard let path = database ?? ServiceManager.directories(.state).first.map({ $0 + "/rotationd.sqlite" }) else {
            throw ValidationError("give --database PATH, or let systemd start this with StateDirectory=")
        }
        let storage = SQLiteStorage(path: path)
        try await PluginMain.run(
            PluginDescription(
                name: "sqlite", version: SQLiteStorage.version, kind: .storage, capabilities: ["backup"]),
            serving: [StorageService.interface(storage)], socket: socket, probe: { await storage.probe() })
        try await storage.close()
    }

    private func put(_ backup: String) throws {
        Self.endWithCaller()
        // By hand there is no StateDirectory=.
        let path = database ?? (ServiceManager.directories(.state).first ?? Self.installed) + "/rotationd.sqlite"
        do {
            let report = try Restore(backup: backup, database: path).run(now: SQLiteStorage.now)
            print("\(JSON.object(report))")
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            throw ExitCode((error as? Restore.Refusal)?.status ?? EX_IOERR)
        }
    }

    /// Who interrupts rotationctl at the terminal means this too, which Foundation has put into a process group of its own.
    /// Not PR_SET_PDEATHSIG: that comes already when the thread ends which started this, and Dispatch ends idle ones. No
    /// signal either: children of Dispatch's threads may have inherited that they block them.
    private static func endWithCaller() {
        guard let caller = ProcessInfo.processInfo.environment["ROTATIONCTL_PID"].flatMap({ pid_t($0) }), caller > 1
        else { return }
        Thread.detachNewThread {
            while kill(caller, 0) == 0 || errno == EPERM { usleep(100_000) }
            _exit(128 + SIGTERM)
        }
    }
}
