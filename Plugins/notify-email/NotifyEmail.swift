import ArgumentParser
import Foundation
import PluginKit
import Systemd

/// The plugin's process.
@main struct NotifyEmail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify-email", abstract: "Sends rotationd's notifications as e-mail.",
        discussion: """
            Hands each message to the mail server of its configuration over SMTP, encrypted and with the server's \
            certificate verified. The password of the login is the credential "\(credential)" of the service (see \
            systemd.exec(5)), which its unit loads from \(passwordFile).

            Exit status: 0 ended as asked, 64 wrong arguments, 78 wrong configuration.
            """, version: EmailNotifier.version)

    static let credential = "smtp-password"
    /// Where the unit takes the credential from.
    static let passwordFile = "/etc/credstore/rotationd-notify-email"

    @Option(help: "The configuration file.")
    var config = "/etc/rotationd/notify-email.yaml"

    @Flag(help: "Read the configuration, say what is wrong with it, and end.")
    var check = false

    @Option(help: "Listen here; for trying the plugin by hand.")
    var socket: String?

    func run() async throws {
        let settings: EmailSettings
        do { settings = try EmailSettings(file: config) } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            throw ExitCode(EX_CONFIG)
        }
        if check { return }
        bootstrapLogging(identifier: "notify-email")
        let server = MailServer(settings, password: try Self.password())
        let idle = Task { await server.closeIdleConnections() }
        defer {
            idle.cancel()
            server.close()
        }
        try await PluginMain.run(
            PluginDescription(name: "email", version: EmailNotifier.version, kind: .notification),
            serving: [NotifierService.interface(EmailNotifier(settings, server))], socket: socket,
            probe: { await server.probe() })
    }

    /// The credential without the line end that editors put behind it; nil when there is none.
    private static func password() throws -> String? {
        let bytes = try ServiceManager.credential(named: credential) ?? []
        let password = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
        return password.isEmpty ? nil : password
    }
}
