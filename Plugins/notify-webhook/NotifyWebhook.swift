import ArgumentParser
import Foundation
import PluginKit
import Systemd

/// The plugin's process.
@main struct NotifyWebhook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify-webhook", abstract: "Sends rotationd's notifications to web servers.",
        discussion: """
            Each notification is a CloudEvent (1.0, JSON), signed as Standard Webhooks asks for. The configuration file \
            explains its settings. The secrets are the credential \(WebhookSecret.credential): a line for each, with the \
            endpoint's name and the secret, whsec_…; two lines for one endpoint while its secret is being replaced.

            2xx is delivered. An endpoint that answers 410 is disabled until --enable. 429 and 503 are tried again when \
            Retry-After says so, other faults of the server or the network after a pause. Every other answer is a rejection.

            Exit status: 0 stopped as asked, 64 wrong arguments, 78 wrong configuration or secrets.
            """,
        version: WebhookNotifier.version)

    @Option(help: "The configuration file.")
    var config = "/etc/rotationd/notify-webhook.yaml"

    @Option(help: "The folder for what must outlive a restart. Default: the service's state directory.")
    var state: String?

    @Option(help: "Listen here; for trying the plugin by hand.")
    var socket: String?

    @Flag(help: "Read the configuration, say what is wrong with it, and end.")
    var check = false

    @Option(help: "Use this endpoint again, which answered 410 and was disabled, and end. Needs no restart.")
    var enable: String?

    private static let installed = "/var/lib/rotationd-notify-webhook"

    func run() async throws {
        let settings: WebhookSettings
        let secrets: [String: [WebhookSecret]]
        do {
            settings = try WebhookSettings.load(file: config)
            secrets = try WebhookSecret.load()
        } catch {
            FileHandle.standardError.write(Data("notify-webhook: \(error)\n".utf8))
            throw ExitCode(EX_CONFIG)
        }
        if check { return }
        if let enable { return try self.enable(enable, of: settings) }
        bootstrapLogging(identifier: "notify-webhook")
        guard let folder = state ?? ServiceManager.directories(.state).first else {
            throw ValidationError("give --state FOLDER, or let systemd start this with StateDirectory=")
        }
        let notifier = try WebhookNotifier(settings, secrets: secrets, state: folder)
        try await PluginMain.run(
            PluginDescription(name: "webhook", version: WebhookNotifier.version, kind: .notification),
            serving: [NotifierService.interface(notifier)], socket: socket, probe: { notifier.probe() })
    }

    private func enable(_ name: String, of settings: WebhookSettings) throws {
        guard settings.endpoints.contains(where: { $0.name == name }) else {
            throw ValidationError("there is no endpoint \"\(name)\" in \(config)")
        }
        let note = WebhookEndpoint.note(of: name, state: state ?? Self.installed)
        guard FileManager.default.fileExists(atPath: note) else { return print("\(name) is not disabled") }
        try FileManager.default.removeItem(atPath: note)
        print("\(name) is used again")
    }
}
