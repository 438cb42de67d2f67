/// What a server grants to its clients.
public struct ServerLimits: Sendable {
    /// Bytes of one message, either way. A longer call closes its connection as soon as it passes the limit.
    public var maximumMessageBytes = 4 << 20
    /// Levels of nesting in a call.
    public var maximumDepth = 64
    /// Connections of everybody; those beyond it are closed at once.
    public var maximumConnections = 512
    /// Connections of one uid; those beyond it are closed at once.
    public var maximumConnectionsPerUser = 64
    /// A connection that has made no call for so long is closed; nil for never.
    public var idleTimeout: Duration? = .seconds(600)
    /// Bytes of replies that wait for a slow reader; then streams pause and no call begins until half is read.
    public var maximumUnreadReplyBytes = 1 << 20
    /// A connection that has read nothing of what waits for it for so long is closed.
    public var writeTimeout: Duration = .seconds(30)
    /// Bytes behind the call under way that are taken in before its answer; then reading pauses.
    public var maximumPipelinedBytes = 64 << 10

    public init() {}
}
