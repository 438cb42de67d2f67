/// What a client takes from a server.
public struct ClientLimits: Sendable {
    /// Bytes of one message, either way. A longer call is not sent; a longer reply closes the connection.
    public var maximumMessageBytes = 4 << 20
    /// Levels of nesting in a reply.
    public var maximumDepth = 128
    /// Replies of a stream that wait for their reader; then reading pauses.
    public var maximumUnreadReplies = 64
    public var connectTimeout: Duration = .seconds(10)

    public init() {}
}
