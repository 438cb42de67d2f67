import Glibc

/// A file that is to be made from another: there whole and on disk, or not at all, and never in the place of one that is
/// there.
struct NewFile {
    let path: String
    private let folder: String
    private let part: String
    private let messages: Messages
    private let begin: timespec

    /// - Throws: When it is there already or cannot be made.
    init(_ path: String, _ messages: Messages) throws(Failure) {
        self.path = path
        self.messages = messages
        // The clock of files' times, which is a little behind the real one.
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        begin = now
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        folder = path.contains("/") ? String(path.dropLast(name.count)) : "./"
        part = "\(folder).\(name).part"
        guard !name.isEmpty, !path.hasSuffix("/") else { throw failure(EISDIR) }
        var status = stat()
        if lstat(path, &status) == 0 { throw failure(EEXIST) }
        guard access(folder, W_OK | X_OK) == 0 else { throw failure(errno) }
    }

    /// Copies a backup and removes it. Its path is what a plugin in a sandbox says, and root may remove everything: so it
    /// must be a file that has been made since this value was, by the owner of its folder.
    /// - Parameter socket: The daemon's. When it is root's, so may be the backup: then all was started by hand.
    /// - Returns: Whether this account may remove it.
    func take(_ source: String, from socket: String) throws(Failure) -> Bool {
        let end = source.lastIndex(of: "/") ?? source.startIndex
        let name = String(source[end...].dropFirst())
        let shelf = open(String(source[..<end]) + "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard shelf >= 0 else { throw unreadable(source) }
        defer { close(shelf) }
        // It could be a FIFO, which would be waited for.
        let from = openat(shelf, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard from >= 0 else { throw errno == ELOOP ? foreign(source) : unreadable(source) }
        defer { close(from) }
        guard isNew(from, in: shelf, socket) else { throw foreign(source) }
        unlink(part)
        let to = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard to >= 0 else { throw failure(errno, keeping: source) }
        defer {
            close(to)
            unlink(part)
        }
        while true {
            let count = sendfile(to, from, nil, 1 << 30)
            if count == 0 { break }
            if count < 0, errno != EINTR { throw failure(errno, keeping: source) }
        }
        // A link, unlike a new name, replaces nothing that has come meanwhile.
        guard fsync(to) == 0, link(part, path) == 0 else { throw failure(errno, keeping: source) }
        let place = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if place >= 0 {
            fsync(place)
            close(place)
        }
        return unlinkat(shelf, name, 0) == 0
    }

    private func isNew(_ file: CInt, in folder: CInt, _ socket: String) -> Bool {
        var (status, place, daemon) = (stat(), stat(), stat())
        guard fstat(file, &status) == 0, fstat(folder, &place) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_nlink == 1, status.st_uid == place.st_uid
        else { return false }
        if geteuid() == 0, status.st_uid == 0 {
            guard stat(socket, &daemon) == 0, daemon.st_uid == 0 else { return false }
        }
        let changed = status.st_ctim
        return (changed.tv_sec, changed.tv_nsec) >= (begin.tv_sec, begin.tv_nsec)
    }

    private func foreign(_ source: String) -> Failure {
        Failure(.notAllowed, messages.backupForeign(source), hint: messages.nothingRemoved)
    }

    private func unreadable(_ source: String) -> Failure {
        Failure(
            .notAllowed, messages.backupUnreadable(source, String(cString: strerror(errno))),
            hint: messages.backupIsThere(source, path))
    }

    private func failure(_ code: CInt, keeping source: String? = nil) -> Failure {
        Failure(
            .cannotCreate, messages.backupFailed(path, String(cString: strerror(code))),
            hint: source.map { messages.backupIsThere($0, path) })
    }
}
