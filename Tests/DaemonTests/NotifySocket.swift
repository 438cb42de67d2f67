import Foundation
import Synchronization

/// The service manager's end of sd_notify(3): an abstract socket, which needs no file.
final class NotifySocket: Sendable {
    let name: String
    private let descriptor: CInt
    private let told = Mutex<[String]>([])

    init() throws {
        let label = "rotationd-test-\(UUID().uuidString)"
        name = "@" + label
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0[1...].copyBytes(from: label.utf8) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + label.utf8.count)
        let bound = withUnsafeBytes(of: &address) {
            bind(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), length)
        }
        guard descriptor >= 0, bound == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    deinit { close(descriptor) }

    /// Everything that was told so far: `READY=1`, `STATUS=…`, in order.
    var assignments: [String] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        return told.withLock { told in
            while true {
                let count = recv(descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT))
                guard count >= 0 else { return told }
                told += String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
            }
        }
    }
}
