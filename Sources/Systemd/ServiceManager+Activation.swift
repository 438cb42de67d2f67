import Glibc

extension ServiceManager {
    /// The sockets that this process was started with: descriptor 3 and those after it, LISTEN_FDS of them, named by
    /// LISTEN_FDNAMES. Sets close-on-exec on each; a descriptor that is not an open socket is left out.
    ///
    /// As in sd_listen_fds(3) nothing is taken when LISTEN_PID names another process. Unlike there LISTEN_PID may be
    /// absent: a parent that uses posix_spawn, as the daemon does for a plugin's `exec:` address, cannot know the pid
    /// of its child beforehand, so such a parent removes an inherited LISTEN_PID instead.
    public static func listenDescriptors() -> [ActivatedSocket] {
        if let pid = variable("LISTEN_PID"), pid_t(pid) != getpid() { return [] }
        guard let count = variable("LISTEN_FDS").flatMap(CInt.init), count > 0, count <= maximumDescriptors else {
            return []
        }
        let names = variable("LISTEN_FDNAMES")?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        return (0..<count).compactMap { index in
            let descriptor = firstDescriptor + index
            guard let kind = kind(of: descriptor) else { return nil }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            let name = names.indices.contains(Int(index)) ? names[Int(index)] : ""
            return ActivatedSocket(descriptor: descriptor, name: name.isEmpty ? "unknown" : String(name), kind: kind)
        }
    }

    /// SD_LISTEN_FDS_START.
    private static let firstDescriptor: CInt = 3
    /// More than any unit here asks for: a nonsensical LISTEN_FDS must not become a loop over two billion numbers.
    private static let maximumDescriptors: CInt = 4096

    private static func kind(of descriptor: CInt) -> ActivatedSocket.Kind? {
        var accepts: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &size) == 0 else { return nil }
        return accepts == 0 ? .connected : .listening
    }
}
