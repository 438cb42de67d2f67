import JSONCore
import NIOCore
import NIOPosix
import Synchronization

/// One connection to a Varlink service.
///
/// Calls may be made concurrently: they are sent at once and answered in order, because a connection handles one call
/// after another. A stream occupies its connection until it ends.
public final class VarlinkClient: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<ClientConnectionHandler>
    private let closed: EventLoopFuture<ConnectionError>
    private let endpoint: String
    private let limits: ClientLimits
    private let lastCall = Atomic<UInt64>(0)

    private init(
        _ channel: any Channel, _ handler: NIOLoopBound<ClientConnectionHandler>,
        _ closed: EventLoopFuture<ConnectionError>, _ endpoint: String, _ limits: ClientLimits
    ) {
        self.channel = channel
        self.handler = handler
        self.closed = closed
        self.endpoint = endpoint
        self.limits = limits
    }

    deinit { run { $0.close() } }

    /// Connects to the socket at `path`.
    /// - Throws: ``ConnectionError``.
    public static func connect(
        path: String, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        limits: ClientLimits = ClientLimits()
    ) async throws -> VarlinkClient {
        guard path.utf8.count <= UnixSocket.maximumPathBytes else {
            throw ConnectionError(
                .unreachable(
                    "the path has \(path.utf8.count) bytes, a socket's may have \(UnixSocket.maximumPathBytes)"),
                endpoint: path)
        }
        return try await connect(endpoint: path, group, limits) { $0.connect(unixDomainSocketPath: path) }
    }

    /// Speaks over a socket that is already connected, which becomes the client's to close.
    /// - Parameter endpoint: What to call the other end in errors.
    public static func connect(
        descriptor: CInt, endpoint: String, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        limits: ClientLimits = ClientLimits()
    ) async throws -> VarlinkClient {
        do {
            try UnixSocket.check(descriptor, isListening: false)
        } catch {
            throw ConnectionError(.unreachable("\(error)"), endpoint: endpoint)
        }
        return try await connect(endpoint: endpoint, group, limits) { $0.withConnectedSocket(descriptor) }
    }

    private static func connect(
        endpoint: String, _ group: any EventLoopGroup, _ limits: ClientLimits,
        _ open: (ClientBootstrap) -> EventLoopFuture<any Channel>
    ) async throws -> VarlinkClient {
        let parts = Mutex<(NIOLoopBound<ClientConnectionHandler>, EventLoopFuture<ConnectionError>)?>(nil)
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(TimeAmount(limits.connectTimeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let closed = channel.eventLoop.makePromise(of: ConnectionError.self)
                    let handler = ClientConnectionHandler(endpoint: endpoint, limits: limits, closed: closed)
                    let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
                    parts.withLock { $0 = (bound, closed.futureResult) }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        do {
            let channel = try await open(bootstrap).get()
            guard let (handler, closed) = parts.withLock({ $0 }) else { throw ChannelError.ioOnClosedChannel }
            return VarlinkClient(channel, handler, closed, endpoint, limits)
        } catch {
            throw ConnectionError(.unreachable("\(error)"), endpoint: endpoint)
        }
    }

    /// Calls a method that answers once.
    /// - Parameters:
    ///   - method: The full name, e.g. `org.varlink.service.GetInfo`.
    ///   - parameters: Null members mean the same as absent ones.
    /// - Throws: ``VarlinkError`` for an error reply; ``ConnectionError`` when no reply came, and then it is not known
    ///   whether the call was acted on; CancellationError when the task was cancelled, which the service does not learn.
    public func call(_ method: String, _ parameters: JSONObject = [:]) async throws -> JSONObject {
        let message = try encode(method, parameters, .unary)
        let id = nextCall()
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await withCheckedThrowingContinuation { continuation in
                run { $0.call(message, id: id, continuation) }
                // Cancelled between the check above and the call, the handler below found nothing to give up.
                if Task.isCancelled { run { $0.giveUp(id) } }
            }
        } onCancel: {
            run { $0.giveUp(id) }
        }
    }

    /// Calls a method that answers nothing, not even an error; returns when the call is on its way.
    public func callOneway(_ method: String, _ parameters: JSONObject = [:]) async throws {
        let message = try encode(method, parameters, .oneway)
        let promise = channel.eventLoop.makePromise(of: Void.self)
        run { $0.callOneway(message, promise: promise) }
        do {
            try await promise.futureResult.get()
        } catch let error as ConnectionError {
            throw error
        } catch {
            throw ConnectionError(.failed("\(error)"), endpoint: endpoint)
        }
    }

    /// Calls a method with `more`; the call is sent at once. Its replies come one by one as they are read.
    public func stream(_ method: String, _ parameters: JSONObject = [:]) -> ReplySequence {
        let id = nextCall()
        let high = max(limits.maximumUnreadReplies, 1)
        let new = ReplySequence.Producer.makeSequence(
            backPressureStrategy: .init(lowWatermark: high / 2, highWatermark: high), finishOnDeinit: false,
            delegate: ReplySequence.Reader(loop: channel.eventLoop, connection: handler, id: id))
        do {
            let message = try encode(method, parameters, .more)
            let source = new.source
            run { $0.stream(message, id: id, source) }
        } catch {
            new.source.finish(error)
        }
        return ReplySequence(client: self, producer: new.sequence)
    }

    /// Closes the connection. Calls without an answer throw ``ConnectionError``.
    public func close() async {
        run { $0.close() }
        _ = try? await closed.get()
    }

    /// Why the connection closed, when it has. Waits until then; throws CancellationError when the task is cancelled.
    public var whenClosed: ConnectionError {
        get async throws {
            let (reasons, continuation) = AsyncStream.makeStream(of: ConnectionError.self)
            closed.whenSuccess {
                continuation.yield($0)
                continuation.finish()
            }
            for await reason in reasons { return reason }
            throw CancellationError()
        }
    }

    private func nextCall() -> UInt64 { lastCall.add(1, ordering: .relaxed).newValue }

    private func encode(_ method: String, _ parameters: JSONObject, _ mode: CallMessage.Mode) throws -> [UInt8] {
        let message = CallMessage(method: method, parameters: parameters, mode: mode).encoded()
        guard message.count - 1 <= limits.maximumMessageBytes else {
            throw ConnectionError(
                .messageTooLarge(bytes: message.count - 1, limit: limits.maximumMessageBytes), endpoint: endpoint)
        }
        return message
    }

    private func run(_ body: @escaping @Sendable (ClientConnectionHandler) -> Void) {
        let loop = channel.eventLoop
        if loop.inEventLoop { body(handler.value) } else { loop.execute { [handler] in body(handler.value) } }
    }
}
