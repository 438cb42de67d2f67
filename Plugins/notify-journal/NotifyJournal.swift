import ArgumentParser
import PluginKit
import Systemd

/// The plugin's process.
@main struct NotifyJournal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify-journal", abstract: "Writes rotationd's notifications into the journal.",
        version: JournalNotifier.version)

    @Option(help: "Listen here; for trying the plugin by hand.")
    var socket: String?

    func run() async throws {
        bootstrapLogging(identifier: "notify-journal")
        try await PluginMain.run(
            PluginDescription(name: "journal", version: JournalNotifier.version, kind: .notification),
            serving: [NotifierService.interface(JournalNotifier())], socket: socket)
    }
}
