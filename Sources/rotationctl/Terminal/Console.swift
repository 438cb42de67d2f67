import Glibc

/// Standard output and standard error, and what is known about the terminal behind them.
final class Console {
    /// Columns of the terminal that standard output is; nil when it is none.
    let width: Int?
    private let colours: (output: Bool, errors: Bool)
    private let errorsAreTerminal = isatty(STDERR_FILENO) == 1
    private var buffer: [UInt8] = []
    private var hasProgress = false

    init() {
        width = Self.terminalWidth
        let allowed =
            (getenv("NO_COLOR").map { String(cString: $0).isEmpty } ?? true)
            && getenv("TERM").map { String(cString: $0) } != "dumb"
        colours = (allowed && width != nil, allowed && errorsAreTerminal)
    }

    deinit { flush() }

    /// Somebody sits at the terminal and can use an editor.
    static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    private static var terminalWidth: Int? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    // MARK: Standard output

    func print(_ line: String = "") {
        buffer.append(contentsOf: line.utf8)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count > 32 << 10 { flush() }
    }

    /// Writes out what was printed. Needed before anything that takes time.
    func flush() {
        Self.write(STDOUT_FILENO, buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    func styled(_ text: String, _ style: Style?) -> String {
        guard colours.output, let style, !text.isEmpty else { return text }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }

    // MARK: Standard error

    /// Something for the person that is no output.
    func note(_ line: String, _ style: Style? = nil) {
        clearProgress()
        flush()
        let text = colours.errors ? style.map { "\u{1B}[\($0.rawValue)m\(line)\u{1B}[0m" } ?? line : line
        Self.write(STDERR_FILENO, Array((text + "\n").utf8))
    }

    /// A line on standard error, from anywhere.
    static func error(_ line: String) { write(STDERR_FILENO, Array((line + "\n").utf8)) }

    /// How far a long piece of work is; each takes the place of the one before. Only on a terminal.
    func progress(_ text: String) {
        guard errorsAreTerminal else { return }
        hasProgress = true
        Self.write(STDERR_FILENO, Array("\r\u{1B}[K\(text)".utf8))
    }

    func clearProgress() {
        guard hasProgress else { return }
        hasProgress = false
        Self.write(STDERR_FILENO, Array("\r\u{1B}[K".utf8))
    }

    private static func write(_ descriptor: CInt, _ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                // The reader has what it wanted (`| head`): end as a program that never heard of it does.
                signal(SIGPIPE, SIG_DFL)
                raise(SIGPIPE)
            } else if errno != EINTR, errno != EAGAIN {
                if descriptor == STDERR_FILENO { return }
                perror("rotationctl: standard output")
                exit(ExitStatus.ioError.rawValue)
            }
        }
    }
}
