import Foundation
import JSONCore
import PluginKit
import Testing
import Varlink
import Workflow

/// A receiver in Python and a plugin that sends to it.
final class WebhookServer {
    static let secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLAWS+0aX", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD+0aX"]
    private static let interpreter = ProcessInfo.processInfo.environment["VARLINK_PYTHON"] ?? "python3"

    /// Whether the Python of the tests has what the receiver judges by.
    static let isPossible: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [interpreter, "-c", "import standardwebhooks, cloudevents.core.bindings.http"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    private let folder: TemporaryFolder
    private let process = Process()
    /// It ends when this closes.
    private let input = Pipe()
    let port: Int
    let isTLS: Bool
    var authority: String { folder.path + "/ca.pem" }

    init(tls: Bool = false) throws {
        folder = try TemporaryFolder()
        isTLS = tls
        try Self.secrets.joined(separator: "\n").write(
            toFile: folder.path + "/secrets", atomically: true, encoding: .utf8)
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "webhook-server.py").path
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [Self.interpreter, "-u", script, folder.path]
        if tls {
            try Self.makeCertificates(folder.path)
            process.arguments? += [folder.path + "/server.pem", folder.path + "/server.key"]
        }
        process.standardInput = input
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        port = try #require(Int(said.trimmingCharacters(in: .newlines)), "\(said)")
    }

    deinit { stop() }

    /// Any other signal it may have inherited to be blocked, and its input another child may hold open.
    func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private static func makeCertificates(_ folder: String) throws {
        let (ca, server) = ("\(folder)/ca", "\(folder)/server")
        try "subjectAltName=DNS:localhost".write(toFile: server + ".ext", atomically: true, encoding: .utf8)
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try quietly(
            ["openssl", "req", "-x509", "-subj", "/CN=Test authority", "-keyout", ca + ".key", "-out", ca + ".pem"]
                + key)
        try quietly(
            ["openssl", "req", "-subj", "/CN=localhost", "-keyout", server + ".key", "-out", server + ".csr"] + key)
        try quietly([
            "openssl", "x509", "-req", "-in", server + ".csr", "-CA", ca + ".pem", "-CAkey", ca + ".key",
            "-CAcreateserial", "-extfile", server + ".ext", "-out", server + ".pem",
        ])
    }

    private static func quietly(_ command: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(command)")
    }

    func url(_ name: String) -> String { "\(isTLS ? "https" : "http")://localhost:\(port)/\(name)" }

    /// What it answers from now on; see webhook-server.py.
    func answer(_ name: String, _ plan: String) throws {
        try plan.write(toFile: "\(folder.path)/\(name)", atomically: true, encoding: .utf8)
    }

    /// What has come in, in its order.
    var requests: [JSONObject] {
        get throws {
            let text = (try? String(contentsOfFile: folder.path + "/requests", encoding: .utf8)) ?? ""
            return try text.split(separator: "\n").map { try #require(JSON(parsing: String($0)).objectValue) }
        }
    }

    func requests(at name: String) throws -> [JSONObject] {
        try requests.filter { $0["path"]?.stringValue == "/" + name }
    }
}

/// notify-webhook with a configuration of its own.
struct WebhookPlugin {
    let folder: TemporaryFolder
    let plugin: ConnectedPlugin

    /// An endpoint of a configuration file.
    static func endpoint(_ name: String, _ url: String, _ more: String...) -> String {
        let lines =
            ["name: \(name)", "url: \(url)", "allow_http: true", "allow_networks: [127.0.0.0/8, \"::1\"]"] + more
        return "  - " + lines.joined(separator: "\n    ") + "\n"
    }

    /// - Parameter secrets: The lines of the credential; nil: there is none.
    static func start(
        _ endpoints: String, settings: String = "retry_seconds: 1", secrets: String?, in folder: TemporaryFolder? = nil
    ) async throws -> WebhookPlugin {
        let folder = try folder ?? TemporaryFolder()
        let config = folder.path + "/notify-webhook.yaml"
        try "\(settings)\nendpoints:\n\(endpoints)".write(toFile: config, atomically: true, encoding: .utf8)
        try? FileManager.default.removeItem(atPath: folder.path + "/rotationd-notify-webhook")
        try secrets?.write(toFile: folder.path + "/rotationd-notify-webhook", atomically: true, encoding: .utf8)
        let plugin = try await ConnectedPlugin.start(
            "notify-webhook", ["--config", config, "--state", folder.path],
            wrapper: ["env", "CREDENTIALS_DIRECTORY=\(folder.path)"])
        return WebhookPlugin(folder: folder, plugin: plugin)
    }

    static func secrets(_ names: String...) -> String { names.map { "\($0) \(WebhookServer.secrets[0])\n" }.joined() }

    func deliver(_ id: String, _ adjust: (inout PluginKit.Notification) -> Void = { _ in }) async throws
        -> DeliveryOutcome
    {
        var notification = Samples.notification(id)
        adjust(&notification)
        return try await Samples.deliver(notification, over: plugin.clients[0])
    }

    /// Delivers again as long as it is told to, as the daemon does.
    func deliverUntilSettled(_ id: String) async throws -> DeliveryOutcome {
        while true {
            let outcome = try await deliver(id)
            guard case .retry(let seconds, _) = outcome else { return outcome }
            try await Task.sleep(for: .seconds(seconds))
        }
    }

    var state: PluginState { get async throws { try await PluginClient(plugin.clients[0]).probe() } }

    func stop() async {
        await plugin.close()
        #expect(await plugin.process.ended() == .init(code: 0))
    }
}

extension Samples {
    static func notification(_ id: String) -> PluginKit.Notification {
        PluginKit.Notification(
            id: id, caseID: "c1", version: 3, recipient: "cb-07", recipientName: "Cán bộ 07", address: "0905123456",
            language: "vi", topic: "remind", subject: "Nhắc việc", text: "Đề nghị đồng chí nộp phiếu tự đánh giá.",
            html: "<p>Đề nghị đồng chí nộp phiếu tự đánh giá.</p>", timeZone: "Asia/Ho_Chi_Minh", createdAt: start,
            data: ["title": "Tháng 7"])
    }

    /// What the plugin itself answers, where ``NotifierClient`` would make an outcome of a failure.
    static func deliver(
        _ notification: PluginKit.Notification, over client: VarlinkClient
    ) async throws -> DeliveryOutcome {
        try DeliveryOutcome(
            json: try await client.call("org.rotationd.Notification.Deliver", ["message": .object(notification.json)]))
    }
}
