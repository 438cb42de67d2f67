import Crypto
import Foundation
import JSONCore
import Systemd

/// A key that the receiver has too: the part after `whsec_`, in base64.
struct WebhookSecret: Sendable {
    private let key: SymmetricKey

    init?(_ text: some StringProtocol) {
        // Standard Webhooks asks for 24 to 64 bytes.
        guard text.hasPrefix("whsec_") else { return nil }
        let base64 = String(text.dropFirst(6))
        // Some write it without the padding.
        let padding = String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: base64 + padding), (24...64).contains(data.count) else { return nil }
        key = SymmetricKey(data: data)
    }

    /// `v1,` and the signature in base64, as it stands in the header webhook-signature.
    func signature(id: String, timestamp: Int, body: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data("\(id).\(timestamp).".utf8) + body, using: key)
        return "v1," + Data(code).base64EncodedString()
    }

    /// The name of the credential with all endpoints' secrets.
    static let credential = "rotationd-notify-webhook"

    /// Every endpoint's secrets in the order of the lines; empty without the credential.
    static func load() throws -> [String: [WebhookSecret]] {
        guard let bytes = try ServiceManager.credential(named: credential) else { return [:] }
        return try parse(String(decoding: bytes, as: UTF8.self))
    }

    struct Problem: Error, CustomStringConvertible {
        let line: Int
        /// The line itself is not quoted: it may hold a secret.
        var description: String {
            "the credential \"\(credential)\": line \(line) must be: ENDPOINT whsec_BASE64 (of 24 to 64 bytes)"
        }
    }

    /// - Parameter text: Lines of an endpoint's name and a secret; empty ones and comments (#) are skipped.
    static func parse(_ text: String) throws(Problem) -> [String: [WebhookSecret]] {
        var secrets: [String: [WebhookSecret]] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let name = words.first, !name.hasPrefix("#") else { continue }
            guard words.count == 2, let secret = WebhookSecret(words[1]) else { throw Problem(line: index + 1) }
            secrets[String(name), default: []].append(secret)
        }
        return secrets
    }
}
