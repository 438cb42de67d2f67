import JSONCore
import NIOCore

#if canImport(Glibc)
    import Glibc
#endif

/// A client's end of a connection: does what ``ClientConnectionState`` says. Everything happens on the event loop.
final class ClientConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    enum Receiver {
        case unary(CheckedContinuation<JSONObject, any Error>)
        case stream(ReplySequence.Producer.Source)
    }

    private let endpoint: String
    private let closed: EventLoopPromise<ConnectionError>
    private var state: ClientConnectionState<UInt64>
    /// By the call's number. One that is missing was given up: its reply comes and goes unseen.
    private var receivers: [UInt64: Receiver] = [:]
    private var context: ChannelHandlerContext?
    private var reason: ConnectionError.Reason?
    private var isOpen = true
    /// The stream whose reader is behind.
    private var pausedStream: UInt64?
    private var isReadHeld = false
    private var isFlushScheduled = false

    init(endpoint: String, limits: ClientLimits, closed: EventLoopPromise<ConnectionError>) {
        self.endpoint = endpoint
        self.closed = closed
        state = ClientConnectionState(limits: limits)
    }

    private var closedError: ConnectionError { ConnectionError(reason ?? .closedByPeer, endpoint: endpoint) }

    // MARK: Calls

    func call(_ message: [UInt8], id: UInt64, _ continuation: CheckedContinuation<JSONObject, any Error>) {
        guard isOpen else { return continuation.resume(throwing: closedError) }
        receivers[id] = .unary(continuation)
        state.sent(id, takesMore: false)
        write(message, promise: nil)
    }

    func giveUp(_ id: UInt64) {
        guard case .unary(let continuation)? = receivers.removeValue(forKey: id) else { return }
        continuation.resume(throwing: CancellationError())
    }

    func callOneway(_ message: [UInt8], promise: EventLoopPromise<Void>) {
        guard isOpen else { return promise.fail(closedError) }
        write(message, promise: promise)
    }

    func stream(_ message: [UInt8], id: UInt64, _ source: ReplySequence.Producer.Source) {
        guard isOpen else { return source.finish(closedError) }
        receivers[id] = .stream(source)
        state.sent(id, takesMore: true)
        write(message, promise: nil)
    }

    func readerWantsMore(of id: UInt64) {
        guard pausedStream == id else { return }
        pausedStream = nil
        deliver()
        releaseRead()
    }

    func readerEnded(_ id: UInt64) {
        guard receivers.removeValue(forKey: id) != nil else { return }
        close()
    }

    func close() {
        reason = reason ?? .closed
        context?.close(promise: nil)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        connectionClosed()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        connectionClosed()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        state.received(unwrapInboundIn(data))
        deliver()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flushNow()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if pausedStream == nil { context.read() } else { isReadHeld = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? IOError, ![ECONNRESET, EPIPE].contains(error.errnoCode) {
            reason = reason ?? .failed("\(error)")
        }
        context.close(promise: nil)
    }

    private func deliver() {
        while pausedStream == nil {
            switch state.next() {
            case .none: return
            case .close(let violation):
                reason = reason ?? .violation(violation)
                context?.close(promise: nil)
                return
            case .deliver(let reply, let id, let isLast):
                deliver(reply, to: id, isLast: isLast)
            }
        }
    }

    private func deliver(_ reply: ReplyMessage, to id: UInt64, isLast: Bool) {
        let receiver = isLast ? receivers.removeValue(forKey: id) : receivers[id]
        let error = reply.error.map { VarlinkError($0, reply.parameters) }
        switch receiver {
        case .unary(let continuation):
            if let error {
                continuation.resume(throwing: error)
            } else {
                continuation.resume(returning: reply.parameters)
            }
        case .stream(let source):
            if let error { return source.finish(error) }
            let result = source.yield(reply.parameters)
            if isLast { return source.finish() }
            if case .stopProducing = result { pausedStream = id }
        case nil: break
        }
    }

    private func releaseRead() {
        guard isReadHeld, pausedStream == nil else { return }
        isReadHeld = false
        context?.read()
    }

    private func connectionClosed() {
        guard isOpen else { return }
        isOpen = false
        // What came before the end is delivered even when its reader was behind.
        pausedStream = nil
        deliver()
        let error = closedError
        for id in state.closed() {
            switch receivers.removeValue(forKey: id) {
            case .unary(let continuation): continuation.resume(throwing: error)
            case .stream(let source): source.finish(error)
            case nil: break
            }
        }
        closed.succeed(error)
    }

    // MARK: Writing

    private func write(_ message: [UInt8], promise: EventLoopPromise<Void>?) {
        guard let context else { return }
        context.write(wrapOutboundOut(ByteBuffer(bytes: message)), promise: promise)
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute { self.flushNow() }
    }

    private func flushNow() {
        guard isFlushScheduled else { return }
        isFlushScheduled = false
        context?.flush()
    }
}
