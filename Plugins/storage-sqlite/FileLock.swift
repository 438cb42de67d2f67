import Foundation

/// An exclusive hold of a file for as long as the process lives, taken on `<path>.lock` beside it: SQLite's own locks come
/// and go with each transaction, and closing any descriptor of the database itself would drop them.
struct FileLock: ~Copyable, Sendable {
    private let descriptor: Int32

    struct Held: Error {
        /// Who holds it, as far as is known.
        var holder: String
    }

    /// - Throws: ``Held``, or a POSIXError when the lock file cannot be made.
    init(path: String) throws {
        let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw POSIXError.current }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            var buffer = [UInt8](repeating: 0, count: 32)
            let count = pread(descriptor, &buffer, buffer.count, 0)
            close(descriptor)
            let pid = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            throw Held(holder: pid.isEmpty ? "another process" : "process \(pid)")
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
            let code = POSIXErrorCode(rawValue: errno) ?? .EIO
            close(descriptor)
            throw POSIXError(code)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
