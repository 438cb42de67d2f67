import Foundation
import JSONCore
import NIOSSL
import PluginKit

/// What an administrator has set in `notify-webhook.yaml`; config/notify-webhook.yaml explains every key.
struct WebhookSettings: Sendable {
    /// One receiver.
    struct Endpoint: Sendable {
        var name: String
        var url: WebhookURL
        var allowsHTTP: Bool
        var allowedNetworks: [Network]
        /// A PEM file in place of the system's authorities.
        var certificateAuthority: String?
        var redirects: Int
    }

    var file: String
    var source: String
    var timeLimit: Duration
    var retrySeconds: Int
    var endpoints: [Endpoint]

    /// - Throws: ``ConfigurationFile/Problems``.
    static func load(file path: String) throws -> WebhookSettings {
        let file = try ConfigurationFile(path: path, schema: PackageResources.notify_webhook_schema_json)
        var endpoints: [Endpoint] = []
        for (index, entry) in (file.values["endpoints"]?.arrayValue ?? []).enumerated() {
            let pointer = JSONPointer(tokens: ["endpoints"]).appending(index)
            let endpoint = try endpoint(entry.objectValue ?? [:], file, pointer)
            if endpoints.contains(where: { $0.name == endpoint.name }) {
                throw file.problem("there are two endpoints \"\(endpoint.name)\"", at: pointer.appending("name"))
            }
            endpoints.append(endpoint)
        }
        return WebhookSettings(
            file: path, source: try file.values.optionalString("source") ?? "/rotationd",
            timeLimit: .seconds(try file.values.optionalInt("time_limit_seconds") ?? 10),
            retrySeconds: try file.values.optionalInt("retry_seconds") ?? 60, endpoints: endpoints)
    }

    private static func endpoint(
        _ entry: JSONObject, _ file: ConfigurationFile, _ pointer: JSONPointer
    ) throws -> Endpoint {
        let allowsHTTP = try entry.optionalBool("allow_http") ?? false
        guard let url = WebhookURL(try entry.string("url")) else {
            throw file.problem(
                "must be https://HOST/PATH; the host in ASCII, no user, no password, no fragment",
                at: pointer.appending("url"))
        }
        if !url.isHTTPS, !allowsHTTP {
            throw file.problem("is not https; allow_http: true allows it", at: pointer.appending("url"))
        }
        let networks = try (entry.optionalStrings("allow_networks") ?? []).enumerated().map { index, text in
            guard let network = Network(text) else {
                throw file.problem(
                    "must be a network such as 10.1.0.0/16 or fd00::/8",
                    at: pointer.appending("allow_networks").appending(index))
            }
            return network
        }
        let authority = try entry.optionalString("certificate_authority")
        if let authority {
            do { _ = try NIOSSLCertificate.fromPEMFile(authority) } catch {
                throw file.problem(
                    "\(authority) cannot be read as a PEM file of certificates",
                    at: pointer.appending("certificate_authority"))
            }
        }
        return Endpoint(
            name: try entry.string("name"), url: url, allowsHTTP: allowsHTTP, allowedNetworks: networks,
            certificateAuthority: authority, redirects: try entry.optionalInt("redirects") ?? 0)
    }
}
