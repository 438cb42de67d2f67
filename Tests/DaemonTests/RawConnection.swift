import Dispatch
import Foundation
import Testing

/// A connection that writes any bytes. Its calls block, so they run beside the tasks' threads, and give up after a while.
final class RawConnection: Sendable {
    private let descriptor: CInt
    private let queue = DispatchQueue(label: "raw connection")

    init(path: String) throws {
        descriptor = try Self.connected(to: path)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    private static func connected(to path: String) throws -> CInt {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0, "connect to \(path): \(String(cString: strerror(errno)))")
        return descriptor
    }

    /// A connected socket of another user. The kernel keeps credentials by thread, and glibc's setresuid(2) changes those of
    /// all threads: the bare call, on a thread that ends afterwards, changes only its own.
    static func descriptor(path: String, uid: uid_t) async throws -> CInt {
        typealias Syscall = @convention(c) (Int, Int, Int, Int) -> Int
        // Swift does not import variadic functions such as syscall(2).
        let syscall = unsafeBitCast(try #require(dlsym(nil, "syscall")), to: Syscall.self)
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                #if arch(x86_64)
                    let setresuid = 117
                #else
                    let setresuid = 147
                #endif
                _ = syscall(setresuid, -1, Int(uid), -1)
                continuation.resume(with: Result { try connected(to: path) })
            }
        }
    }

    private func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
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

    func endOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What comes until the other end closes; nil when it does not.
    func receiveAll() async -> [UInt8]? {
        await run { [descriptor] in
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                // Closed with what we wrote unread, a socket says so with a reset.
                if count == 0 || (count < 0 && errno == ECONNRESET) { return bytes }
                if count < 0 { return nil }
                bytes += buffer[..<count]
            }
        }
    }
}
