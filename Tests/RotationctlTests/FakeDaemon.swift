import Foundation
import JSONCore
import Synchronization
import Varlink

/// A server of the daemon's real interfaces whose answers the test gives.
final class FakeDaemon: Sendable {
    typealias Answer = @Sendable (JSONObject) async throws -> JSONObject

    let folder: TemporaryFolder
    let socket: String
    private let server: VarlinkServer
    private let calls: CallLog

    /// Runs `body` beside a daemon that answers so.
    /// - Parameters:
    ///   - answers: By method, such as `Workflow.GetCase`.
    ///   - streams: Likewise, for methods called with "more".
    static func with(
        _ answers: [String: Answer] = [:],
        streams: [String: @Sendable (JSONObject, ReplyStream) async throws -> JSONObject] = [:],
        _ body: (FakeDaemon, Tool) async throws -> Void
    ) async throws {
        let daemon = try FakeDaemon(answers, streams)
        try await daemon.server.listen(path: daemon.socket, mode: 0o600)
        do {
            try await body(daemon, Tool(socket: daemon.socket))
        } catch {
            await daemon.server.shutdown()
            throw error
        }
        await daemon.server.shutdown()
    }

    private init(
        _ answers: [String: Answer],
        _ streams: [String: @Sendable (JSONObject, ReplyStream) async throws -> JSONObject]
    ) throws {
        folder = try TemporaryFolder()
        socket = folder.path + "/socket"
        var answers = answers
        if answers["Manager.GetClock"] == nil {
            answers["Manager.GetClock"] = { _ in
                ["clock": "real", "now": "2022-07-29T02:00:00.000Z", "timeZone": "Asia/Ho_Chi_Minh"]
            }
        }
        let calls = CallLog()
        self.calls = calls
        let interfaces = try ["Workflow", "Directory", "Manager"].map { name in
            let path = Tool.file("Sources/Daemon/Interfaces/org.rotationd.\(name).varlink")
            let description = try InterfaceDescription(parsing: String(contentsOfFile: path, encoding: .utf8))
            var handlers: [String: MethodHandler] = [:]
            for (method, answer) in answers where method.hasPrefix(name + ".") {
                handlers[String(method.dropFirst(name.count + 1))] = .unary { call in
                    calls.note(call)
                    return try await answer(call.parameters)
                }
            }
            for (method, answer) in streams where method.hasPrefix(name + ".") {
                handlers[String(method.dropFirst(name.count + 1))] = .stream { call, replies in
                    calls.note(call)
                    return try await answer(call.parameters, replies)
                }
            }
            return ServedInterface(description, handlers: handlers)
        }
        server = VarlinkServer(
            identity: ServiceIdentity(vendor: "test", product: "test", version: "0", url: ""), interfaces: interfaces,
            onUnexpectedError: { error, _ in VarlinkError("test.Unexpected", ["reason": .string("\(error)")]) })
    }

    /// The parameters of every call of a method.
    func calls(_ method: String) -> [JSONObject] {
        calls.entries.withLock { $0.filter { $0.method == method }.map(\.parameters) }
    }

    private final class CallLog: Sendable {
        let entries = Mutex<[(method: String, parameters: JSONObject)]>([])

        func note(_ call: Call) {
            entries.withLock { $0.append((String(call.method.dropFirst("org.rotationd.".count)), call.parameters)) }
        }
    }
}
