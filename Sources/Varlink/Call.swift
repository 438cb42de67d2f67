import JSONCore

/// One call, as a method's handler gets it.
public struct Call: Sendable {
    /// The full name, e.g. `org.varlink.service.GetInfo`.
    public let method: String
    /// Valid as the interface describes them; members that were null are absent.
    public let parameters: JSONObject
    public let peer: Peer
    /// The client takes more than one reply.
    public let wantsMore: Bool
    /// The client takes no reply, not even an error.
    public let isOneway: Bool
    /// Unique within the server as long as it runs.
    public let connection: UInt64

    public init(
        method: String, parameters: JSONObject, peer: Peer, wantsMore: Bool, isOneway: Bool, connection: UInt64
    ) {
        self.method = method
        self.parameters = parameters
        self.peer = peer
        self.wantsMore = wantsMore
        self.isOneway = isOneway
        self.connection = connection
    }
}
