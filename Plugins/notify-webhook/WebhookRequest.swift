import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import PluginKit

/// One POST and what came back. TLS certificates are verified; redirections are the caller's business.
struct WebhookRequest: Sendable {
    let body: [UInt8]
    let headers: [(name: String, value: String)]
    /// From the look-up of the name to the head of the answer.
    let timeLimit: Duration
    /// Beside the public Internet.
    let allowedNetworks: [Network]
    let certificateAuthority: String?

    struct Answer: Sendable {
        let status: Int
        let reason: String
        let retryAfter: String?
        let location: String?
        /// How the body of an answer that is no success begins, on one line.
        let words: String
    }

    /// The name leads to no address that may be connected to.
    struct Refused: Error, CustomStringConvertible {
        let host: String
        let addresses: [String]
        var description: String {
            """
            \(host) is at \(addresses.joined(separator: ", ")), which is not of the public Internet; if it is to be \
            reached there, name its network in allow_networks
            """
        }
    }

    /// Of the body of an answer, which somebody else writes.
    private static let mostWords = 2048
    private static let wordsTimeLimit = Duration.seconds(2)
    /// Addresses of one name that are tried, one after another, while none can be connected to.
    private static let mostAddresses = 3

    func send(to url: WebhookURL) async throws -> Answer {
        let end = ContinuousClock.now + timeLimit
        let addresses = try await HostLookup.addresses(of: url.host, within: timeLimit)
        let permitted = addresses.filter { text in
            guard let address = Network(text) else { return false }
            return address.isPublic || allowedNetworks.contains { $0.contains(address) }
        }.prefix(Self.mostAddresses)
        guard let last = permitted.last else { throw Refused(host: url.host, addresses: addresses) }
        for (index, address) in permitted.dropLast().enumerated() {
            // What cannot be reached leaves time for the others.
            let limit = (end - ContinuousClock.now) / (permitted.count - index)
            do { return try await send(to: url, at: address, connecting: limit, until: end) } catch
                where Self.isConnectFailure(error)
            {}
        }
        return try await send(to: url, at: last, connecting: end - .now, until: end)
    }

    private func send(
        to url: WebhookURL, at address: String, connecting limit: Duration, until end: ContinuousClock.Instant
    ) async throws -> Answer {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: TimeAmount(limit)), decompression: .disabled)
        configuration.dnsOverride = [url.host: address]
        configuration.connectionPool.retryConnectionEstablishment = false
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let certificateAuthority { tls.trustRoots = .file(certificateAuthority) }
        configuration.tlsConfiguration = tls
        var request = HTTPClientRequest(url: url.text)
        request.method = .POST
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        let post = request
        // A client of its own for each: notifications are few, and no connection outlives the check of its address.
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            let response = try await client.execute(post, timeout: TimeAmount(end - .now))
            let isSuccess = (200..<300).contains(Int(response.status.code))
            return Answer(
                status: Int(response.status.code), reason: response.status.reasonPhrase,
                retryAfter: response.headers.first(name: "retry-after"),
                location: response.headers.first(name: "location"),
                words: isSuccess ? "" : await Self.words(of: response.body))
        }
    }

    /// As much as came in time.
    private static func words(of body: HTTPClientResponse.Body) async -> String {
        let bytes = try? await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                var bytes: [UInt8] = []
                for try await chunk in body {
                    bytes += chunk.readableBytesView.prefix(mostWords - bytes.count)
                    if bytes.count == mostWords { break }
                }
                return bytes
            }
            group.addTask {
                try await Task.sleep(for: wordsTimeLimit)
                return []
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
        return String(decoding: bytes ?? [], as: UTF8.self).oneLine(200)
    }

    private static func isConnectFailure(_ error: any Error) -> Bool {
        if let error = error as? IOError {
            return [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL, ETIMEDOUT].contains(error.errnoCode)
        }
        return error as? HTTPClientError == .connectTimeout
    }
}
