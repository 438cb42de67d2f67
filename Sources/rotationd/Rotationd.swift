import ArgumentParser
import Daemon
import Foundation
import Logging
import Systemd

/// The daemon. systemd starts it; by hand it logs to the terminal.
@main
struct Rotationd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotationd",
        abstract: "Runs workflows of months: rotation onboarding, monthly assessment.",
        discussion: """
            Serves Varlink clients on a Unix socket and keeps its cases in a storage plugin. SIGTERM and SIGINT stop it
            after what it has acknowledged is on disk; SIGHUP makes it read its workflows, forms and calendars again.

            Exit status: 0 stopped as asked, 64 wrong arguments, 78 wrong configuration, 69 a plugin cannot be used,
            71 the system refused something.
            """, version: RotationDaemon.version)

    @Option(name: .long, help: "The configuration file.")
    var config = "/etc/rotationd/rotationd.yaml"

    @Option(
        name: .long, parsing: .singleValue,
        help: "A setting that goes before the file's, as key=value. Lists are separated by commas.")
    var set: [String] = []

    @Flag(name: .long, help: "Read the configuration, say what is wrong with it, and end.")
    var check = false

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        // Until reloading is possible: its default is to end the process.
        signal(SIGHUP, SIG_IGN)
        let settings: Settings
        do {
            settings = try await Settings.load(file: config, overrides: set)
        } catch {
            Self.fail("\(error)", status: EX_CONFIG)
        }
        if check { return }
        let level = Logger.Level(rawValue: settings.logLevel) ?? .info
        bootstrapLogging(identifier: "rotationd", level: level)
        let logger = Logger(label: "rotationd")
        let (file, overrides) = (config, set)
        do {
            try await RotationDaemon(settings: settings, logger: logger) {
                try await Settings.load(file: file, overrides: overrides)
            }.run()
        } catch {
            logger.log(.cannotStart, "cannot start: \(error)", metadata: ["reason": "\(error)"])
            Self.fail("\(error)", status: RotationDaemon.exitStatus(of: error))
        }
    }

    private static func fail(_ message: String, status: Int32) -> Never {
        FileHandle.standardError.write(Data("rotationd: \(message)\n".utf8))
        Foundation.exit(status)
    }
}
