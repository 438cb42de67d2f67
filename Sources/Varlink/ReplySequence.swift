import JSONCore
import NIOCore

/// The replies of a call with `more`, in order; read by one reader. A slow reader makes the server wait.
///
/// Ending it before the last reply closes the connection, because Varlink has no other way to say so.
public struct ReplySequence: AsyncSequence, Sendable {
    typealias Producer = NIOThrowingAsyncSequenceProducer<JSONObject, any Error, BackPressure, Reader>
    typealias BackPressure = NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark

    /// What the reader does to the connection.
    struct Reader: NIOAsyncSequenceProducerDelegate {
        let loop: any EventLoop
        let connection: NIOLoopBound<ClientConnectionHandler>
        let id: UInt64

        func produceMore() { loop.execute { connection.value.readerWantsMore(of: id) } }
        func didTerminate() { loop.execute { connection.value.readerEnded(id) } }
    }

    /// Kept until the last reply, because a client that nobody holds closes its connection.
    let client: VarlinkClient
    let producer: Producer

    public struct AsyncIterator: AsyncIteratorProtocol {
        let client: VarlinkClient
        var iterator: Producer.AsyncIterator

        /// - Throws: ``VarlinkError``, ``ConnectionError``, CancellationError.
        public mutating func next() async throws -> JSONObject? { try await iterator.next() }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(client: client, iterator: producer.makeAsyncIterator())
    }
}
