import Glibc

/// A credential that the service manager should have handed over could not be had.
public struct CredentialError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name that was asked for.
    public let name: String
    /// What went wrong, and the way out.
    public let reason: String

    public var description: String { "reading the credential \"\(name)\": \(reason)" }

    init(name: String, reason: String) {
        self.name = name
        self.reason = reason
    }

    init(name: String, path: String, errno: CInt) {
        self.init(
            name: name,
            reason: "\(path): \(String(cString: strerror(errno))); check LoadCredential= in the service's unit")
    }
}
