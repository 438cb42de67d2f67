import NIOCore

/// What a client does about its connection, without doing it: replies belong to calls in the order of the calls.
struct ClientConnectionState<Receiver> {
    enum Action {
        case none
        /// The first of the receivers gets this; `isLast` when nothing follows for it.
        case deliver(ReplyMessage, Receiver, isLast: Bool)
        case close(violation: String)
    }

    private let maximumDepth: Int
    private var framer: MessageFramer
    private var waiting = CircularBuffer<(receiver: Receiver, takesMore: Bool)>()
    private var isClosed = false

    init(limits: ClientLimits) {
        maximumDepth = limits.maximumDepth
        framer = MessageFramer(maximumBytes: limits.maximumMessageBytes)
    }

    mutating func sent(_ receiver: Receiver, takesMore: Bool) {
        waiting.append((receiver, takesMore))
    }

    mutating func received(_ bytes: ByteBuffer) {
        if !isClosed { framer.append(bytes) }
    }

    /// What is to be done next about the bytes received; to be asked until there is nothing.
    mutating func next() -> Action {
        guard !isClosed else { return .none }
        do {
            guard let message = try framer.next() else { return .none }
            let reply = try ReplyMessage(parsing: message, maximumDepth: maximumDepth)
            guard let first = waiting.first else { return close("a reply to no call") }
            if reply.continues, !first.takesMore { return close("a second reply to a call without \"more\"") }
            if !reply.continues { waiting.removeFirst() }
            return .deliver(reply, first.receiver, isLast: !reply.continues)
        } catch let error as MessageFramer.MessageTooLarge {
            return close("a message has more than \(error.limit) bytes")
        } catch {
            return close("\(error)")
        }
    }

    private mutating func close(_ violation: String) -> Action {
        isClosed = true
        return .close(violation: violation)
    }

    /// - Returns: Those who wait for a reply that will not come, in order.
    mutating func closed() -> [Receiver] {
        isClosed = true
        defer { waiting.removeAll() }
        return waiting.map(\.receiver)
    }
}
