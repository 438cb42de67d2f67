import ArgumentParser
import Foundation
import PluginKit
import Systemd

/// The plugin's process, and the processes between it and the programs that it runs.
@main struct NotifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify-command", abstract: "Hands rotationd's notifications to a program of yours.",
        discussion: """
            The program gets the notification as JSON on its standard input and answers by how it ends: 0 delivered, 75 try \
            again later, every other status never, for the reason that the last line of its standard error gives. The \
            configuration file explains its settings.

            Exit status: 0 stopped as asked, 64 wrong arguments, 78 wrong configuration.
            """,
        version: CommandNotifier.version)

    @Option(help: "The configuration file.")
    var config = "/etc/rotationd/notify-command.yaml"

    @Option(help: "Listen here; for trying the plugin by hand.")
    var socket: String?

    @Flag(help: "Read the configuration, say what is wrong with it, and end.")
    var check = false

    static func main() async {
        if CommandLine.arguments.dropFirst().first == Supervisor.word {
            Supervisor.run(Array(CommandLine.arguments.dropFirst()))
        }
        await main(nil)
    }

    func run() async throws {
        let settings: CommandSettings
        do {
            settings = try CommandSettings.load(file: config)
        } catch {
            FileHandle.standardError.write(Data("notify-command: \(error)\n".utf8))
            throw ExitCode(EX_CONFIG)
        }
        if check { return }
        let notifier = CommandNotifier(settings)
        bootstrapLogging(identifier: "notify-command")
        try await PluginMain.run(
            PluginDescription(name: "command", version: CommandNotifier.version, kind: .notification),
            serving: [NotifierService.interface(notifier)], socket: socket, probe: { notifier.probe() })
    }
}
