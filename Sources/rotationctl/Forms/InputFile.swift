import Glibc

/// A file's text, or that of standard input.
struct InputFile {
    /// As it is called in messages.
    let name: String
    let text: String

    init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// Reads a UTF-8 text without its byte order mark.
    /// - Parameter path: `-` for standard input.
    init(_ path: String, _ messages: Messages) throws(Failure) {
        name = path == "-" ? "stdin" : path
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(name, messages) }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure(name, messages)
            }
            bytes.append(contentsOf: chunk[..<count])
        }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else {
            let line = content.split(separator: 0x0A, omittingEmptySubsequences: false)
                .firstIndex { String(validating: $0, as: UTF8.self) == nil }
            throw Failure(.data, messages.notUTF8(name, line: (line ?? 0) + 1))
        }
        self.text = text
    }

    private static func failure(_ name: String, _ messages: Messages) -> Failure {
        Failure(.noInput, messages.cannotRead(name, String(cString: strerror(errno))))
    }
}
