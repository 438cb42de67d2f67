import Glibc

/// A file that is to be made from another: there whole and on disk, or not at all, and never in the place of one that is
/// there.
struct NewFile {
    let path: String
    private let folder: String
    private let part: String
    private let messages: Messages

    /// - Throws: When it is there already or cannot be made.
    init(_ path: String, _ messages: Messages) throws(Failure) {
        self.path = path
        self.messages = messages
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        folder = path.contains("/") ? String(path.dropLast(name.count)) : "./"
        part = "\(folder).\(name).part"
        guard !name.isEmpty, !path.hasSuffix("/") else { throw failure(EISDIR) }
        var status = stat()
        if lstat(path, &status) == 0 { throw failure(EEXIST) }
        guard access(folder, W_OK | X_OK) == 0 else { throw failure(errno) }
    }

    /// Copies the other one and removes it.
    /// - Returns: Whether this account may remove it.
    func take(_ source: String) throws(Failure) -> Bool {
        let from = open(source, O_RDONLY | O_CLOEXEC)
        guard from >= 0 else {
            throw Failure(
                .notAllowed, messages.backupUnreadable(source, String(cString: strerror(errno))),
                hint: messages.backupIsThere(source, path))
        }
        defer { close(from) }
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
        return unlink(source) == 0
    }

    private func failure(_ code: CInt, keeping source: String? = nil) -> Failure {
        Failure(
            .cannotCreate, messages.backupFailed(path, String(cString: strerror(code))),
            hint: source.map { messages.backupIsThere($0, path) })
    }
}
