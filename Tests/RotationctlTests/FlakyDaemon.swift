import Foundation
import JSONCore
import Synchronization

/// A socket that closes the connection on calls before it answers one, as a daemon does that dies.
final class FlakyDaemon: Sendable {
    private let state: Mutex<(closing: Int, calls: [JSON])>
    private let reply: JSONObject
    /// What comes before the connection is closed.
    private let first: JSON?
    private let descriptor: CInt

    /// What came in, answered or not, without GetClock.
    var calls: [JSON] { state.withLock { $0.calls } }

    static func with(
        closing: Int, after first: JSON? = nil, _ reply: JSONObject,
        _ body: (FlakyDaemon, Tool) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let daemon = try FlakyDaemon(folder.path + "/socket", closing, first, reply)
        defer {
            shutdown(daemon.descriptor, CInt(SHUT_RDWR))
            withExtendedLifetime(folder) {}
        }
        try await body(daemon, Tool(socket: folder.path + "/socket"))
    }

    private init(_ path: String, _ closing: Int, _ first: JSON?, _ reply: JSONObject) throws {
        state = Mutex((closing, []))
        self.reply = reply
        self.first = first
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 }
        }
        guard isBound, listen(descriptor, 8) == 0 else { throw CocoaError(.fileNoSuchFile) }
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                if connection < 0 { break }
                serve(connection)
                close(connection)
            }
            close(descriptor)
        }
    }

    private func serve(_ connection: CInt) {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while read(connection, &byte, 1) == 1 {
            guard byte == 0 else {
                bytes.append(byte)
                continue
            }
            guard let call = try? JSON(parsing: bytes) else { return }
            bytes = []
            var parameters = reply
            if call["method"] == "org.rotationd.Manager.GetClock" {
                parameters = ["clock": "real", "now": "2022-07-29T02:00:00.000Z", "timeZone": "Asia/Ho_Chi_Minh"]
            } else {
                let isClosing = state.withLock { state in
                    state.calls.append(call)
                    state.closing -= 1
                    return state.closing >= 0
                }
                if isClosing {
                    if let first { send(first, connection) }
                    return
                }
            }
            send(["parameters": .object(parameters)], connection)
        }
    }

    private func send(_ message: JSON, _ connection: CInt) {
        let bytes = message.bytes() + [0]
        _ = write(connection, bytes, bytes.count)
    }
}
