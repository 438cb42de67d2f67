import Glibc

/// A file of the person's own that is open in an editor.
struct EditedFile {
    let path: String
    private let messages: Messages

    /// Makes it, empty, where it outlives a restart of the machine if there is such a place.
    init(name: String, _ messages: Messages) throws(Failure) {
        self.messages = messages
        let folder = try Self.folder(messages)
        var template = Array("\(folder)/\(name)-XXXXXX.yaml".utf8CString)
        let descriptor = mkstemps(&template, 5)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard descriptor >= 0 else { throw Self.failure(path, messages) }
        close(descriptor)
    }

    private static func folder(_ messages: Messages) throws(Failure) -> String {
        func variable(_ name: String) -> String? {
            Self.variable(name).flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        if let state = variable("XDG_STATE_HOME") ?? variable("HOME").map({ $0 + "/.local/state" }) {
            let folder = state + "/rotationctl"
            var parent = ""
            for part in folder.split(separator: "/") {
                parent += "/" + part
                mkdir(parent, 0o700)
            }
            if access(folder, W_OK | X_OK) == 0 { return folder }
        }
        var template = Array("\(variable("TMPDIR") ?? "/tmp")/rotationctl-XXXXXX".utf8CString)
        guard let folder = mkdtemp(&template) else { throw failure(variable("TMPDIR") ?? "/tmp", messages) }
        return String(cString: folder)
    }

    /// Of the environment; nil when it is empty.
    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// With the line ends that we write, whatever the editor makes of them.
    func text() throws(Failure) -> String {
        try InputFile(path, messages).text.replacing("\r\n", with: "\n")
    }

    func write(_ text: String) throws(Failure) {
        guard let file = fopen(path, "we") else { throw Self.failure(path, messages) }
        let isWritten = fputs(text, file) >= 0
        guard fclose(file) == 0, isWritten else { throw Self.failure(path, messages) }
    }

    func remove() { unlink(path) }

    /// Opens the editor, as the shell would, and waits until it is closed.
    func edit() throws(Failure) {
        let editor = Self.variable("VISUAL") ?? Self.variable("EDITOR") ?? "vi"
        // Ctrl-C is the editor's while it is open.
        let ignored = [SIGINT, SIGQUIT].map { ($0, signal($0, SIG_IGN)) }
        defer { for (number, handler) in ignored { signal(number, handler) } }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for number in [SIGINT, SIGQUIT, SIGPIPE] { sigaddset(&defaults, number) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        let words = ["sh", "-c", "\(editor) \"$@\"", editor, path]
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, "/bin/sh", nil, &attributes, arguments, environ)
        guard code == 0 else {
            throw Failure(.unavailable, messages.editorFailed(editor, Int(code)), hint: messages.chooseEditor)
        }
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        // As the shell counts: 128 and the signal, when it was killed.
        let result = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        guard result == 0 else {
            throw Failure(.unavailable, messages.editorFailed(editor, Int(result)), hint: messages.chooseEditor)
        }
    }

    private static func failure(_ path: String, _ messages: Messages) -> Failure {
        Failure(.cannotCreate, messages.cannotWrite(path, String(cString: strerror(errno))))
    }
}
