import Crypto
import Foundation
import JSONCore
import Logging
import PluginKit

/// Sends every notification to every endpoint.
struct WebhookNotifier: Notifier {
    static let version = "1.0.0"

    private let settings: WebhookSettings
    private let endpoints: [WebhookEndpoint]
    private let log: DeliveryLog
    private let logger = Logger(label: "webhook")

    /// - Parameter state: The folder for what must outlive a restart.
    init(_ settings: WebhookSettings, secrets: [String: [WebhookSecret]], state: String) throws {
        self.settings = settings
        endpoints = settings.endpoints.map {
            WebhookEndpoint($0, secrets: secrets[$0.name] ?? [], of: settings, state: state)
        }
        log = try DeliveryLog(path: state + "/taken")
    }

    func probe() -> PluginState {
        let troubles = endpoints.compactMap { endpoint in
            endpoint.trouble.map { "endpoint \(endpoint.settings.name): \($0)" }
        }
        if endpoints.isEmpty { return .failing("no endpoint is set in \(settings.file)") }
        return troubles.isEmpty ? .ready : .failing(troubles.joined(separator: "; "))
    }

    func deliver(_ notification: PluginKit.Notification) async -> DeliveryOutcome {
        let id = Self.webhookID(notification.id)
        let body = CloudEvent.json(notification, source: settings.source).bytes()
        let results = await withTaskGroup(of: (name: String, result: WebhookEndpoint.Result).self) { group in
            for endpoint in endpoints {
                group.addTask { (endpoint.settings.name, await deliver(body, id, to: endpoint)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }.sorted { $0.name < $1.name }
        return outcome(of: results)
    }

    /// The message's id, or what stands for it: it becomes a header and part of what is signed, where a dot would end it.
    private static func webhookID(_ id: String) -> String {
        let isPlain = id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ".") }
        if isPlain, !id.isEmpty { return id }
        return "sha256-" + Data(SHA256.hash(data: Data(id.utf8))).base64EncodedString()
    }

    private func deliver(_ body: [UInt8], _ id: String, to endpoint: WebhookEndpoint) async -> WebhookEndpoint.Result {
        let name = endpoint.settings.name
        if await log.contains(id, at: name) { return .taken }
        let result = await endpoint.post(body, id: id)
        if result == .taken {
            do { try await log.add(id, at: name) } catch {
                logger.warning("message \(id) was delivered to \(name), which could not be noted: \(error)")
            }
        }
        return result
    }

    /// Delivered when all have taken it whom it can reach; one that is out holds nothing up while others are there.
    private func outcome(of results: [(name: String, result: WebhookEndpoint.Result)]) -> DeliveryOutcome {
        var soonest: Int?
        var (retries, rejections, troubles): ([String], [String], [String]) = ([], [], [])
        for (name, result) in results {
            switch result {
            case .taken: break
            case .out(let reason): troubles.append("\(name): \(reason)")
            case .rejected(let reason): rejections.append("\(name): \(reason)")
            case .retry(let seconds, let reason):
                soonest = min(soonest ?? seconds, seconds)
                retries.append("\(name): \(reason)")
            }
        }
        if let soonest { return .retry(afterSeconds: soonest, reason: retries.joined(separator: "; ")) }
        if !rejections.isEmpty { return .rejected(reason: rejections.joined(separator: "; ")) }
        if troubles.count < results.count { return .delivered }
        let reason = results.isEmpty ? "no endpoint is set in \(settings.file)" : troubles.joined(separator: "; ")
        return .retry(afterSeconds: 3600, reason: reason)
    }
}
