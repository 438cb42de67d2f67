import JSONCore
import NIOCore

/// One client's connection: does what ``ServerConnectionState`` says. Everything happens on the event loop.
final class ServerConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private let server: VarlinkServer
    private let id: UInt64
    private let peer: Peer
    private let idleTimeout: TimeAmount?
    private let executor: EventLoopTaskExecutor
    private var state: ServerConnectionState
    private var context: ChannelHandlerContext?

    private struct Current {
        let id: UInt64
        let isStream: Bool
        let isOneway: Bool
        var task: Task<Void, Never>?
    }
    private var current: Current?
    private var lastCall: UInt64 = 0
    private var isOpen = true
    private var closeReason = ConnectionError.Reason.closedByPeer
    private var isShuttingDown = false
    private var isReadHeld = false
    private var isFlushScheduled = false
    private var waitingSenders: [CheckedContinuation<Void, any Error>] = []

    private var clock: RepeatedTask?
    private var lastActivity = NIODeadline.now()
    private var writtenBytes = 0
    /// How many bytes the kernel had taken, and since when no more.
    private var taken = (bytes: 0, since: NIODeadline.now())

    init(server: VarlinkServer, id: UInt64, peer: Peer, isLimited: Bool, eventLoop: any EventLoop) {
        self.server = server
        self.id = id
        self.peer = peer
        idleTimeout = isLimited ? server.limits.idleTimeout.map(TimeAmount.init) : nil
        executor = EventLoopTaskExecutor(eventLoop)
        state = ServerConnectionState(limits: server.limits)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let writeTimeout = TimeAmount(server.limits.writeTimeout)
        let shortest = idleTimeout.map { min($0, writeTimeout) } ?? writeTimeout
        let interval = max(shortest / 4, .milliseconds(1))
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        clock = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            connection.value.checkTime()
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connectionClosed()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        connectionClosed()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        perform(state.received(unwrapInboundIn(data)))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flushNow()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if state.wantsRead { context.read() } else { isReadHeld = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { resumeSenders() }
        perform(state.writabilityChanged(context.channel.isWritable))
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { perform(state.receivedEndOfInput()) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: The server's wishes

    /// Answers the call under way, cancels a stream, begins nothing more, then closes.
    func shutDown() {
        isShuttingDown = true
        if current?.isStream == true {
            current?.task?.cancel()
            resumeSenders(throwing: CancellationError())
        }
        perform(state.shutDown())
    }

    // MARK: Calls

    private func perform(_ action: ServerConnectionState.Action) {
        var action = action
        while true {
            switch action {
            case .none:
                if isReadHeld, state.wantsRead {
                    isReadHeld = false
                    context?.read()
                }
                return
            case .start(let message):
                lastActivity = .now()
                do throws(VarlinkError) {
                    try begin(message)
                    action = .none
                } catch {
                    if message.mode != .oneway { write(ReplyMessage(error).encoded()) }
                    action = state.finished()
                }
            case .close:
                closeWhenFlushed()
                return
            }
        }
    }

    private func begin(_ message: CallMessage) throws(VarlinkError) {
        let (route, parameters) = try server.router.route(message)
        lastCall += 1
        let id = lastCall
        let call = Call(
            method: message.method, parameters: parameters, peer: peer, wantsMore: message.mode == .more,
            isOneway: message.mode == .oneway, connection: self.id)
        let connection = NIOLoopBound(self, eventLoop: executor.loop)
        let isStream = if case .unary = route.handler { false } else { call.wantsMore }
        current = Current(id: id, isStream: isStream, isOneway: call.isOneway)
        let server = server
        current?.task = Task(executorPreference: executor) {
            let reply = await server.answer(call, route, ReplyStream(connection: connection, call: id))
            connection.value.answered(reply)
        }
    }

    private func answered(_ reply: [UInt8]?) {
        guard let current else { return }
        self.current = nil
        guard isOpen else {
            server.connectionEnded(id, uid: peer.uid)
            return
        }
        lastActivity = .now()
        if let reply, !current.isOneway { write(reply) }
        perform(state.finished())
    }

    // MARK: Streams

    /// Sends at once, or returns false when the reader is behind.
    func sendNow(_ message: [UInt8], call: UInt64) throws -> Bool {
        try checkMaySend(message, call: call)
        guard let context, context.channel.isWritable else { return false }
        write(message)
        return true
    }

    func send(_ message: [UInt8], call: UInt64, _ continuation: CheckedContinuation<Void, any Error>) {
        do {
            try checkMaySend(message, call: call)
        } catch {
            return continuation.resume(throwing: error)
        }
        write(message)
        if context?.channel.isWritable == true {
            continuation.resume()
        } else {
            waitingSenders.append(continuation)
        }
    }

    private func checkMaySend(_ message: [UInt8], call: UInt64) throws {
        guard isOpen, current?.id == call else { throw closedError }
        if isShuttingDown { throw CancellationError() }
        try server.checkSize(message, endpoint: "\(peer)")
    }

    private func resumeSenders(throwing error: (any Error)? = nil) {
        let senders = waitingSenders
        waitingSenders = []
        for sender in senders {
            if let error { sender.resume(throwing: error) } else { sender.resume() }
        }
    }

    // MARK: Writing and closing

    private func write(_ message: [UInt8]) {
        guard let context else { return }
        writtenBytes += message.count
        context.write(wrapOutboundOut(ByteBuffer(bytes: message)), promise: nil)
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute { self.flushNow() }
    }

    private func flushNow() {
        guard isFlushScheduled else { return }
        isFlushScheduled = false
        context?.flush()
    }

    private func closeWhenFlushed() {
        guard let context else { return }
        let channel = context.channel
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.whenComplete { _ in channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: flushed)
    }

    private var closedError: ConnectionError { ConnectionError(closeReason, endpoint: "\(peer)") }

    private func connectionClosed() {
        guard isOpen else { return }
        isOpen = false
        clock?.cancel()
        clock = nil
        resumeSenders(throwing: closedError)
        if let current { current.task?.cancel() } else { server.connectionEnded(id, uid: peer.uid) }
    }

    private func checkTime() {
        guard isOpen, let context else { return }
        let now = NIODeadline.now()
        let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        if waiting == 0 || writtenBytes - waiting != taken.bytes {
            taken = (writtenBytes - waiting, now)
        } else if now - taken.since >= TimeAmount(server.limits.writeTimeout) {
            closeReason = .timedOut
            return context.close(promise: nil)
        }
        if let idleTimeout, state.isIdle, waiting == 0, now - lastActivity >= idleTimeout {
            context.close(promise: nil)
        }
    }
}
