/// A socket that was opened before this process began and handed to it; see sd_listen_fds(3).
public struct ActivatedSocket: Sendable, Hashable {
    /// What can be done with the descriptor.
    public enum Kind: Sendable, Hashable {
        /// `accept` yields connections (SO_ACCEPTCONN is set).
        case listening
        /// It is one end of a connection already, or a datagram socket.
        case connected
    }

    /// The open descriptor. Close-on-exec is set; the receiver owns it and closes it.
    public let descriptor: CInt
    /// `FileDescriptorName=` of the socket unit, `varlink` from the daemon's `exec:`, and `unknown` without a name.
    public let name: String
    public let kind: Kind

    public init(descriptor: CInt, name: String, kind: Kind) {
        self.descriptor = descriptor
        self.name = name
        self.kind = kind
    }
}
