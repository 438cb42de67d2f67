import Varlink

/// What daemon and plugin grant each other: more than strangers, for a batch of large documents is one message.
public enum PluginLimits {
    /// Bytes of one message.
    public static let messageBytes = 64 << 20

    public static var client: ClientLimits {
        var limits = ClientLimits()
        limits.maximumMessageBytes = messageBytes
        return limits
    }

    public static var server: ServerLimits {
        var limits = ServerLimits()
        limits.maximumMessageBytes = messageBytes
        limits.maximumDepth = 128
        limits.idleTimeout = nil
        return limits
    }
}
