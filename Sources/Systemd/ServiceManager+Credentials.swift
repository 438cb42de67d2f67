import Glibc

extension ServiceManager {
    /// The bytes of a credential (`LoadCredential=`, `SetCredential=`); nil when the unit sets none of this name.
    ///
    /// - Throws: ``CredentialError`` for a name that cannot be one, a file that cannot be read or is larger than the
    ///   1 MiB that systemd allows to all credentials of a service together.
    public static func credential(named name: String) throws(CredentialError) -> [UInt8]? {
        // systemd's credential_name_valid: one path component that is also a descriptor's name.
        guard !name.isEmpty, name != ".", name != "..", name.utf8.count <= 255,
            name.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") })
        else { throw CredentialError(name: name, reason: "no name of a credential; use a plain file name") }
        guard let folder = variable("CREDENTIALS_DIRECTORY") else { return nil }
        let path = folder + "/" + name
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw CredentialError(name: name, path: path, errno: errno)
        }
        defer { close(file) }

        let limit = 1 << 20
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= limit {
            let count = read(file, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw CredentialError(name: name, path: path, errno: errno) }
            bytes += chunk[..<count]
        }
        throw CredentialError(name: name, reason: "\(path) is larger than 1 MiB; store a smaller one")
    }
}
