#if canImport(Glibc)
    import Glibc
#endif

/// What sockets in the file system need beyond what NIO does.
enum UnixSocket {
    /// A file, whatever its name may be by now.
    struct Identity: Equatable {
        let device: dev_t, inode: ino_t

        init?(path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            device = status.st_dev
            inode = status.st_ino
        }
    }

    /// Bytes of a path that `sockaddr_un` has room for, without the NUL.
    static let maximumPathBytes = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// Binds and listens on `path`. A socket that nobody answers on is replaced; nothing else is.
    static func listen(path: String, mode: mode_t) throws(SocketError) -> (descriptor: CInt, identity: Identity?) {
        guard path.utf8.count <= maximumPathBytes else {
            throw SocketError(
                "listen on \(path): the path has \(path.utf8.count) bytes, a socket's may have \(maximumPathBytes); "
                    + "use a shorter folder such as /run/NAME")
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError("make a socket for", path) }
        do throws(SocketError) {
            // Two servers that start at once must not both find the stale socket and then remove each other's.
            let folder = try lockFolder(of: path)
            defer { close(folder) }
            if bind(descriptor, path) != 0 {
                guard errno == EADDRINUSE else { throw SocketError("bind", path) }
                try removeStale(path)
                guard bind(descriptor, path) == 0 else { throw SocketError("bind", path) }
            }
            // Nobody can connect before listen(), so the mode is right from the first connection on.
            guard chmod(path, mode) == 0 else { throw SocketError("set the mode of", path) }
            guard Glibc.listen(descriptor, SOMAXCONN) == 0 else { throw SocketError("listen on", path) }
            return (descriptor, Identity(path: path))
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func lockFolder(of path: String) throws(SocketError) -> CInt {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SocketError("open the folder of socket", path) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let error = SocketError("lock the folder of socket", path)
                close(descriptor)
                throw error
            }
        }
        return descriptor
    }

    private static func removeStale(_ path: String) throws(SocketError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw SocketError("look at", path) }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SocketError("listen on \(path): a file that is not a socket is there; remove it or use another path")
        }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw SocketError("make a socket to probe", path) }
        defer { close(probe) }
        guard withAddress(path, { connect(probe, $0, $1) }) != 0, errno == ECONNREFUSED else {
            throw SocketError("listen on \(path): another process listens there; stop it or use another path")
        }
        guard unlink(path) == 0 else { throw SocketError("remove the stale socket", path) }
    }

    private static func bind(_ descriptor: CInt, _ path: String) -> CInt {
        withAddress(path) { Glibc.bind(descriptor, $0, $1) }
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    /// Refuses a descriptor that somebody else's mistake left here, before NIO would stop the process over it.
    static func check(_ descriptor: CInt, isListening: Bool) throws(SocketError) {
        func option(_ name: CInt) -> CInt? {
            var value: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
        }
        let subject = "descriptor \(descriptor)"
        guard let type = option(SO_TYPE) else { throw SocketError("use \(subject) as a socket", "it") }
        guard type == CInt(SOCK_STREAM.rawValue), option(SO_DOMAIN) == AF_UNIX else {
            throw SocketError("\(subject) is not a Unix stream socket")
        }
        guard (option(SO_ACCEPTCONN) == 1) == isListening else {
            throw SocketError(
                isListening ? "\(subject) is a socket that does not listen" : "\(subject) is a listening socket")
        }
        if isListening { return }
        var address = sockaddr_un()
        var size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let connected = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) }
        }
        guard connected == 0 else { throw SocketError("find the other end of", subject) }
    }
}
