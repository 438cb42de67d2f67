import NIOCore

/// What a server does about one connection, without doing it: methods are events, what they return is to be done.
///
/// Calls are handled one after another: bytes behind the call under way stay unparsed until it is answered, so what a
/// client has pipelined is bounded by ``wantsRead``.
struct ServerConnectionState {
    enum Action: Equatable {
        case none
        /// Begin this call; ``finished()`` follows.
        case start(CallMessage)
        /// Flush what was answered, then close.
        case close(CloseReason)
    }

    enum CloseReason: Equatable {
        case violation(String)
        case endOfInput
        case shutdown
    }

    private enum Phase { case idle, running, closing }

    private let maximumDepth: Int, maximumPipelinedBytes: Int
    private var framer: MessageFramer
    private var phase = Phase.idle
    private var isWritable = true
    private var isShuttingDown = false
    private var inputClosed = false

    init(limits: ServerLimits) {
        maximumDepth = limits.maximumDepth
        maximumPipelinedBytes = limits.maximumPipelinedBytes
        framer = MessageFramer(maximumBytes: limits.maximumMessageBytes)
    }

    /// A message that is whole or that will be: nothing else needs more bytes.
    var wantsRead: Bool {
        switch phase {
        case .idle: isWritable
        case .running: framer.bufferedBytes < maximumPipelinedBytes
        case .closing: false
        }
    }

    var isIdle: Bool { if case .idle = phase { true } else { false } }

    mutating func received(_ bytes: ByteBuffer) -> Action {
        if case .closing = phase { return .none }
        framer.append(bytes)
        return advance()
    }

    /// The other end writes no more; it may still read.
    mutating func receivedEndOfInput() -> Action {
        inputClosed = true
        return advance()
    }

    mutating func writabilityChanged(_ isWritable: Bool) -> Action {
        self.isWritable = isWritable
        return advance()
    }

    /// The call under way is answered, or needs no answer.
    mutating func finished() -> Action {
        if case .running = phase { phase = .idle }
        return advance()
    }

    /// Begin no more calls, and close when the one under way is answered.
    mutating func shutDown() -> Action {
        isShuttingDown = true
        return advance()
    }

    private mutating func advance() -> Action {
        guard case .idle = phase else { return .none }
        if isShuttingDown { return close(.shutdown) }
        guard isWritable else { return .none }
        do {
            if let message = try framer.next() {
                let call = try CallMessage(parsing: message, maximumDepth: maximumDepth)
                phase = .running
                return .start(call)
            }
        } catch let error as MessageFramer.MessageTooLarge {
            return close(.violation("a message has more than \(error.limit) bytes"))
        } catch {
            return close(.violation("\(error)"))
        }
        return inputClosed ? close(.endOfInput) : .none
    }

    private mutating func close(_ reason: CloseReason) -> Action {
        phase = .closing
        return .close(reason)
    }
}
