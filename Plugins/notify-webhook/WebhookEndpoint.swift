import AsyncHTTPClient
import Foundation
import PluginKit
import Synchronization

/// One receiver: whether it is to be asked now, how it is asked, and what its answer means.
final class WebhookEndpoint: Sendable {
    enum Result: Sendable, Equatable {
        case taken
        /// Not asked, for a reason that only an administrator can remove.
        case out(String)
        case retry(afterSeconds: Int, String)
        case rejected(String)
    }

    let settings: WebhookSettings.Endpoint
    private let secrets: [WebhookSecret]
    private let timeLimit: Duration
    private let retrySeconds: Int
    /// There while the endpoint is disabled: its address and why. A file, so that it outlives a restart and an administrator
    /// can remove it.
    private let note: String
    /// Until when it is left alone, and why: messages that wait behind one that failed do not each wait for it to fail.
    private let pause = Mutex<(end: ContinuousClock.Instant, reason: String)?>(nil)

    init(_ settings: WebhookSettings.Endpoint, secrets: [WebhookSecret], of all: WebhookSettings, state: String) {
        self.settings = settings
        self.secrets = secrets
        timeLimit = all.timeLimit
        retrySeconds = all.retrySeconds
        note = Self.note(of: settings.name, state: state)
    }

    static func note(of name: String, state: String) -> String { "\(state)/disabled/\(name)" }

    /// What only an administrator can mend; nil when it may be asked.
    var trouble: String? {
        if secrets.isEmpty {
            return """
                no secret: put a line "\(settings.name) whsec_…" into the credential \(WebhookSecret.credential) \
                (/etc/credstore/\(WebhookSecret.credential)) and restart the plugin
                """
        }
        // Who gives it another address means another receiver.
        guard let lines = try? String(contentsOfFile: note, encoding: .utf8).split(separator: "\n"),
            lines.first.map(String.init) == settings.url.text
        else { return nil }
        return """
            disabled, \(lines.dropFirst().joined(separator: " ")); when it is to be used again: \
            notify-webhook --enable \(settings.name)
            """
    }

    func post(_ body: [UInt8], id: String) async -> Result {
        if let trouble { return .out(trouble) }
        let now = ContinuousClock.now
        if let pause = pause.withLock({ $0 }), pause.end > now {
            return .retry(afterSeconds: max(1, Int((pause.end - now) / .seconds(1))), pause.reason)
        }
        do {
            return try result(of: await answer(body, id: id))
        } catch let refused as WebhookRequest.Refused {
            return .rejected("\(refused)")
        } catch {
            return leaveAlone(for: retrySeconds, words(for: error))
        }
    }

    private func words(for error: any Error) -> String {
        switch error as? HTTPClientError {
        case .deadlineExceeded: return "no answer within \(timeLimit)"
        case .connectTimeout: return "no connection within \(timeLimit)"
        case .remoteConnectionClosed: return "the server closed the connection without an answer"
        default: break
        }
        let text = "\(error)".oneLine(300)
        guard text.contains("CERTIFICATE_VERIFY_FAILED") else { return text }
        return "the server's certificate is not trusted; is it of an authority for certificate_authority? (\(text))"
    }

    private func answer(_ body: [UInt8], id: String) async throws -> WebhookRequest.Answer {
        let timestamp = Int(Date().timeIntervalSince1970)
        let signatures = secrets.map { $0.signature(id: id, timestamp: timestamp, body: body) }
        let request = WebhookRequest(
            body: body,
            headers: [
                ("content-type", CloudEvent.contentType), ("user-agent", "notify-webhook/\(WebhookNotifier.version)"),
                ("webhook-id", id), ("webhook-timestamp", "\(timestamp)"),
                ("webhook-signature", signatures.joined(separator: " ")),
            ], timeLimit: timeLimit, allowedNetworks: settings.allowedNetworks,
            certificateAuthority: settings.certificateAuthority)
        var url = settings.url
        for _ in 0..<settings.redirects {
            let answer = try await request.send(to: url)
            // Those that repeat the request; the others would make it a GET.
            guard [307, 308].contains(answer.status),
                let next = answer.location.flatMap({ WebhookURL($0, relativeTo: url) }),
                next.isHTTPS || (settings.allowsHTTP && !url.isHTTPS)
            else { return answer }
            url = next
        }
        return try await request.send(to: url)
    }

    private func result(of answer: WebhookRequest.Answer) throws -> Result {
        let words = answer.words.isEmpty ? "" : ": " + answer.words
        let said = "answered \(answer.status) \(answer.reason)\(words)"
        let now = Date()
        let seconds = answer.retryAfter.flatMap { RetryAfter.seconds($0, now: now) }
        switch answer.status {
        case 200..<300: return .taken
        case 410:
            try FileManager.default.createDirectory(
                atPath: (note as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            let lines = "\(settings.url.text)\nsince \(now.ISO8601Format()): it \(said)\n"
            try Data(lines.utf8).write(to: URL(filePath: note), options: .atomic)
            return .out(trouble ?? said)
        case 429, 503: return leaveAlone(for: seconds ?? retrySeconds, said)
        // The other answers that may be another one later (RFC 9110, 15.5.9; RFC 8470).
        case 408, 425, 500...: return .retry(afterSeconds: seconds ?? retrySeconds, said)
        case 300..<400:
            let target = answer.location.map { " to \($0.oneLine(200))" } ?? ""
            return .rejected("\(said): redirected\(target), which is not followed; see url and redirects")
        default: return .rejected(said)
        }
    }

    private func leaveAlone(for seconds: Int, _ reason: String) -> Result {
        pause.withLock { $0 = (.now + .seconds(seconds), reason) }
        return .retry(afterSeconds: seconds, reason)
    }
}
