import ArgumentParser
import Foundation
import Logging
import PluginKit
import Systemd

/// The plugin's process.
@main struct StorageSQLite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage-sqlite", abstract: "Keeps rotationd's cases in one SQLite file.",
        version: SQLiteStorage.version)

    @Option(help: "The database file. Default: rotationd.sqlite in the service's state directory.")
    var database: String?

    @Option(help: "Listen here; for trying the plugin by hand.")
    var socket: String?

    func run() async throws {
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
}
