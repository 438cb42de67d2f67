import Glibc
import Logging

/// Makes every `Logger` of this process write to the journal when its standard error does, as under systemd, and to
/// standard error in readable lines otherwise. Call it once, first of all.
///
/// - Parameters:
///   - identifier: the program's name, SYSLOG_IDENTIFIER in the journal.
///   - level: what is less important than this is not logged.
public func bootstrapLogging(identifier: String, level: Logger.Level = .info) {
    let journal = isJournal(STDERR_FILENO)
    LoggingSystem.bootstrap(
        { label, provider in
            guard journal else { return TerminalLogHandler(level: level, metadataProvider: provider) }
            return JournalLogHandler(label: label, identifier: identifier, level: level, metadataProvider: provider)
        }, metadataProvider: nil)
}

/// Whether the descriptor is the one that systemd connected to the journal: JOURNAL_STREAM holds its device and inode,
/// so that a redirected standard error is not taken for it; see systemd.exec(5).
func isJournal(_ descriptor: CInt) -> Bool {
    var status = stat()
    guard let stream = ServiceManager.variable("JOURNAL_STREAM"), fstat(descriptor, &status) == 0 else { return false }
    return stream == "\(status.st_dev):\(status.st_ino)"
}
