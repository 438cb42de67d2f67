import Dispatch
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A client that writes any bytes. Its calls block, so they run beside the tasks' threads.
final class RawClient: Sendable {
    let descriptor: CInt
    private let queue = DispatchQueue(label: "raw client")

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
    }

    init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    private func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in queue.async { continuation.resume(returning: body()) } }
    }

    /// - Returns: How many of the bytes were taken before the other end closed.
    @discardableResult func send(_ bytes: [UInt8]) async -> Int {
        await run { [descriptor] in
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { break }
                sent += count
            }
            return sent
        }
    }

    @discardableResult func send(_ text: String) async -> Int { await send(Array(text.utf8)) }

    func endOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What comes until the next NUL or until the other end closes.
    func receive() async -> String? {
        await run { [descriptor] in
            var text: [UInt8] = []
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) == 1 {
                if byte == 0 { return String(decoding: text, as: UTF8.self) }
                text.append(byte)
            }
            return nil
        }
    }

    /// Every message until the other end closes.
    func receiveAll() async -> [String] {
        var messages: [String] = []
        while let message = await receive() { messages.append(message) }
        return messages
    }

    /// Sends a message and takes the next reply.
    func exchange(_ text: String) async -> String? {
        await send(text + "\0")
        return await receive()
    }
}
