import Glibc
import Logging

/// Writes log messages for a person to read: one line each on standard error, with the local time, the level, the
/// message and the metadata as key=value, sorted by key. In colour on a terminal unless NO_COLOR says otherwise.
///
/// Whatever a message or a value contains, it stays on its line: control and invisible formatting characters appear
/// escaped, and a value with a space, `=` or `"` in it is quoted.
public struct TerminalLogHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level

    private let colour: Bool

    public init(level: Logger.Level = .info, metadataProvider: Logger.MetadataProvider? = nil) {
        logLevel = level
        self.metadataProvider = metadataProvider
        // An empty NO_COLOR counts as unset, see no-color.org.
        colour = isatty(STDERR_FILENO) == 1 && (ServiceManager.variable("NO_COLOR") ?? "").isEmpty
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        write(event, metadata: event.metadata(over: metadata, provider: metadataProvider))
    }

    func write(_ event: LogEvent, metadata: Logger.Metadata) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var line = TerminalLine.text(of: event, metadata: metadata, time: now, colour: colour)
        // One write a line, so that lines of several threads and processes do not mix.
        line.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
