import JSONCore
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Serves Varlink interfaces on Unix sockets (UAPI.20).
///
/// The calls of one connection are handled one after another and answered in order. `org.varlink.service` is served by
/// itself.
public final class VarlinkServer: Sendable {
    public let limits: ServerLimits
    let router: Router
    private let group: any EventLoopGroup
    private let onUnexpectedError: @Sendable (any Error, Call) -> VarlinkError
    private let state = Mutex(State())

    private struct State {
        var isShuttingDown = false
        var listeners: [Listener] = []
        var lastConnection: UInt64 = 0
        var connections: [UInt64: Connection] = [:]
        var connectionsPerUser: [UInt32: Int] = [:]
        var endWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private struct Listener {
        let channel: any Channel
        let path: String?
        let identity: UnixSocket.Identity?

        func close() async {
            // A successor may have put its own socket there.
            if let path, UnixSocket.Identity(path: path) == identity { unlink(path) }
            try? await channel.close()
        }
    }

    private struct Connection {
        let channel: any Channel
        let isLimited: Bool
        /// Nil until it is on its event loop.
        var handler: NIOLoopBound<ServerConnectionHandler>?
        let ended: EventLoopPromise<Void>
    }

    /// - Parameters:
    ///   - group: Where connections live. One event loop is enough for tens of thousands of small calls a second.
    ///   - onUnexpectedError: Turns an error that is not a ``VarlinkError`` into what the client gets, and is the place
    ///     to log it. In debug builds it also gets replies that break their description.
    public init(
        identity: ServiceIdentity, interfaces: [ServedInterface], limits: ServerLimits = ServerLimits(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        onUnexpectedError: @escaping @Sendable (any Error, Call) -> VarlinkError
    ) {
        self.limits = limits
        self.group = group
        self.onUnexpectedError = onUnexpectedError
        router = Router(identity: identity, interfaces: interfaces)
    }

    /// Connections that are open now.
    public var connectionCount: Int { state.withLock { $0.connections.count } }

    /// Returns when every event loop that connections live on has come round. While one hangs it does not.
    public func eventLoopsTurn() async {
        for loop in group.makeIterator() { try? await loop.submit {}.get() }
    }

    // MARK: Listening

    /// Listens on a new socket. A stale socket at `path`, on which nobody answers, is replaced.
    /// - Parameter mode: The socket's permissions; writing is what connecting needs.
    /// - Throws: ``SocketError``, also when another process listens there or the path is longer than a socket's may be.
    public func listen(path: String, mode: mode_t) async throws {
        let (descriptor, identity) = try UnixSocket.listen(path: path, mode: mode)
        try await listen(descriptor, path: path, identity: identity)
    }

    /// Listens on a socket from socket activation, which becomes the server's to close.
    public func listen(descriptor: CInt) async throws {
        try UnixSocket.check(descriptor, isListening: true)
        try await listen(descriptor, path: nil, identity: nil)
    }

    private func listen(_ descriptor: CInt, path: String?, identity: UnixSocket.Identity?) async throws {
        let channel = try await ServerBootstrap(group: group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: waterMark)
            .childChannelInitializer { self.initialize($0, isLimited: true).map { _ in } }
            .withBoundSocket(descriptor).get()
        let listener = Listener(channel: channel, path: path, identity: identity)
        let isWanted = state.withLock { state in
            if !state.isShuttingDown { state.listeners.append(listener) }
            return !state.isShuttingDown
        }
        if !isWanted { await listener.close() }
    }

    private var waterMark: ChannelOptions.Types.WriteBufferWaterMark {
        let high = max(limits.maximumUnreadReplyBytes, 1)
        return .init(low: max(high / 2, 1), high: high)
    }

    // MARK: Connections

    /// Serves one socket that is already connected, such as a plugin's end of its socket pair, which becomes the
    /// server's to close. The other end has started us: it is neither counted nor closed for being idle.
    /// - Returns: When the connection has closed and its handlers have ended. Cancelling closes it.
    public func serve(connected descriptor: CInt) async throws {
        try UnixSocket.check(descriptor, isListening: false)
        let ended = Mutex<EventLoopFuture<Void>?>(nil)
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.writeBufferWaterMark, value: waterMark)
            .channelInitializer { channel in
                self.initialize(channel, isLimited: false).map { future in ended.withLock { $0 = future } }
            }
            .withConnectedSocket(descriptor).get()
        try await withTaskCancellationHandler {
            try await ended.withLock { $0 }?.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    /// - Returns: When the connection is admitted, a future of its end.
    private func initialize(_ channel: any Channel, isLimited: Bool) -> EventLoopFuture<EventLoopFuture<Void>> {
        struct Credentials {
            var pid: Int32, uid: UInt32, gid: UInt32
        }
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(SocketError("a connection is not a socket"))
        }
        return provider.unsafeGetSocketOption(level: .socket, name: .init(rawValue: SO_PEERCRED))
            .flatMapThrowing { (credentials: Credentials) in
                let peer = Peer(uid: credentials.uid, gid: credentials.gid, pid: credentials.pid)
                let ended = channel.eventLoop.makePromise(of: Void.self)
                let connection = Connection(channel: channel, isLimited: isLimited, ended: ended)
                guard let id = self.admit(connection, peer) else {
                    ended.succeed()
                    throw SocketError("connection of \(peer) refused: too many connections, or shutting down")
                }
                let handler = ServerConnectionHandler(
                    server: self, id: id, peer: peer, isLimited: isLimited, eventLoop: channel.eventLoop)
                let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
                try channel.pipeline.syncOperations.addHandler(handler)
                self.state.withLock { $0.connections[id]?.handler = bound }
                return ended.futureResult
            }
    }

    private func admit(_ connection: Connection, _ peer: Peer) -> UInt64? {
        state.withLock { state in
            guard !state.isShuttingDown else { return nil }
            if connection.isLimited {
                let ofUser = state.connectionsPerUser[peer.uid, default: 0]
                guard ofUser < limits.maximumConnectionsPerUser, state.connections.count < limits.maximumConnections
                else { return nil }
                state.connectionsPerUser[peer.uid] = ofUser + 1
            }
            state.lastConnection += 1
            state.connections[state.lastConnection] = connection
            return state.lastConnection
        }
    }

    /// The connection is closed and none of its handlers runs.
    func connectionEnded(_ id: UInt64, uid: UInt32) {
        let (ended, waiters) = state.withLock { state in
            let connection = state.connections.removeValue(forKey: id)
            if connection?.isLimited == true, let count = state.connectionsPerUser[uid] {
                state.connectionsPerUser[uid] = count > 1 ? count - 1 : nil
            }
            var waiters: [CheckedContinuation<Void, Never>] = []
            if state.connections.isEmpty { swap(&waiters, &state.endWaiters) }
            return (connection?.ended, waiters)
        }
        ended?.succeed()
        for waiter in waiters { waiter.resume() }
    }

    // MARK: Calls

    /// Runs the handler.
    /// - Returns: The reply to send, nil when there is nobody to send it to.
    func answer(_ call: Call, _ route: Router.Route, _ stream: ReplyStream) async -> [UInt8]? {
        do {
            let parameters =
                switch route.handler {
                case .unary(let handler): try await handler(call)
                case .stream(let handler): try await handler(call, stream)
                case .either(let handler): try await handler(call, call.wantsMore ? stream : nil)
                }
            if call.isOneway { return nil }
            #if DEBUG
                try InvalidReply.check(parameters, route)
            #endif
            let reply = ReplyMessage(parameters: parameters).encoded()
            try checkSize(reply, endpoint: "\(call.peer)")
            return reply
        } catch let error as VarlinkError {
            return ReplyMessage(error).encoded()
        } catch is CancellationError where Task.isCancelled {
            return nil
        } catch {
            return ReplyMessage(onUnexpectedError(error, call)).encoded()
        }
    }

    func checkSize(_ message: [UInt8], endpoint: @autoclosure () -> String) throws {
        guard message.count - 1 <= limits.maximumMessageBytes else {
            throw ConnectionError(
                .messageTooLarge(bytes: message.count - 1, limit: limits.maximumMessageBytes), endpoint: endpoint())
        }
    }

    // MARK: The end

    /// Stops accepting, lets the calls under way finish and answers them, cancels streams, then closes every
    /// connection. Cancelling closes at once.
    public func shutdown() async {
        let (listeners, connections) = state.withLock { state in
            state.isShuttingDown = true
            defer { state.listeners = [] }
            return (state.listeners, state.connections)
        }
        for listener in listeners { await listener.close() }
        await withTaskCancellationHandler {
            for connection in connections.values {
                connection.channel.eventLoop.execute { connection.handler?.value.shutDown() }
            }
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.connections.isEmpty { state.endWaiters.append(continuation) }
                    return state.connections.isEmpty
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            for connection in connections.values { connection.channel.close(promise: nil) }
        }
    }
}
