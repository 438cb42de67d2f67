import JSONCore
import NIOCore

/// Where a stream's handler sends its replies, all but the last.
public struct ReplyStream: Sendable {
    let connection: NIOLoopBound<ServerConnectionHandler>
    let call: UInt64

    /// Sends one reply that says that more follow. Suspends while the client is slow to read.
    /// - Throws: ``ConnectionError`` when the connection is gone or the reply too large; CancellationError.
    public func send(_ parameters: JSONObject) async throws {
        try Task.checkCancellation()
        let message = ReplyMessage(parameters: parameters, continues: true).encoded()
        let loop = connection.eventLoop
        if loop.inEventLoop, try connection.value.sendNow(message, call: call) { return }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            if loop.inEventLoop {
                connection.value.send(message, call: call, continuation)
            } else {
                loop.execute { connection.value.send(message, call: call, continuation) }
            }
        }
    }
}
