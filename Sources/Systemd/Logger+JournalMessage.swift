import Logging

extension Logger {
    /// Logs a message of a known kind: at the kind's level, and in the journal with its MESSAGE_ID.
    public func log(
        _ kind: JournalMessage, _ message: @autoclosure () -> Logger.Message,
        metadata: @autoclosure () -> Logger.Metadata = [:], file: String = #fileID, function: String = #function,
        line: UInt = #line
    ) {
        guard logLevel <= kind.level else { return }
        var metadata = metadata()
        metadata[LogEvent.messageIDKey] = .string(kind.rawValue)
        log(level: kind.level, message(), metadata: metadata, file: file, function: function, line: line)
    }
}
