/// Who is at the other end of a connection, as the kernel recorded it when the connection was made (SO_PEERCRED).
public struct Peer: Hashable, Sendable, CustomStringConvertible {
    public let uid: UInt32, gid: UInt32
    /// The process that connected. It may have ended since, and its number may have been given to another.
    public let pid: Int32

    public init(uid: UInt32, gid: UInt32, pid: Int32) {
        self.uid = uid
        self.gid = gid
        self.pid = pid
    }

    public var description: String { "uid \(uid), gid \(gid), pid \(pid)" }
}
