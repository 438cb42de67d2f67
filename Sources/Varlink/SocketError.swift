#if canImport(Glibc)
    import Glibc
#endif

/// Why a socket could not be listened on.
public struct SocketError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was tried, on what, why it failed and what to do about it.
    public let description: String

    init(_ description: String) { self.description = description }

    /// For a system call that has just failed.
    init(_ operation: String, _ subject: String, errno code: CInt = errno) {
        description = "\(operation) \(subject): \(String(cString: strerror(code)))"
    }
}
