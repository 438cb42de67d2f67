import Glibc
import NIOCore
import NIOPosix

/// What a name leads to, asked once: the connection goes to an address of this answer and to no other, so that a name whose
/// answer changes between the check and the connection (DNS rebinding) gains nothing.
enum HostLookup {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The addresses in the system's order of preference.
    /// - Parameter limit: getaddrinfo(3) cannot be interrupted; it is left to itself then.
    static func addresses(of host: String, within limit: Duration) async throws -> [String] {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let promise = loop.makePromise(of: [String].self)
        // Who comes second is not heard.
        let timeout = loop.scheduleTask(in: TimeAmount(limit)) {
            promise.fail(Failure(description: "the name \(host) could not be looked up within \(limit)"))
        }
        NIOThreadPool.singleton.submit { _ in promise.completeWith(Result { try lookUp(host) }) }
        defer { timeout.cancel() }
        return try await promise.futureResult.get()
    }

    private static func lookUp(_ host: String) throws -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else {
            throw Failure(description: "the name \(host) cannot be looked up: \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(list) }
        return sequence(first: list, next: { $0?.pointee.ai_next }).compactMap { entry in
            guard let entry = entry?.pointee else { return nil }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let code = getnameinfo(
                entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            return code == 0
                ? String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
        }
    }
}
