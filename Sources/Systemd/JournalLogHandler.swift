import Logging

/// Writes log messages to journald as structured entries, by its native protocol.
///
/// An entry has MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, LOGGER (the logger's label), CODE_FILE, CODE_LINE and CODE_FUNC.
/// The metadata key `case` becomes the field ROTATIOND_CASE (`journalctl ROTATIOND_CASE=…` finds the entries), the key
/// `message_id` becomes MESSAGE_ID. Key and value cannot forge another field: see systemd.journal-fields(7).
///
/// Logging never waits for journald, see ``JournalSender``.
public struct JournalLogHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level

    private let fieldPrefix: String
    /// The fields that are the same in every entry.
    private let constantFields: JournalFields

    /// - Parameters:
    ///   - label: the logger's label.
    ///   - identifier: SYSLOG_IDENTIFIER, by which `journalctl -t` selects.
    ///   - fieldPrefix: begins the names of the fields made of metadata; capitals, digits and `_`, a letter first.
    public init(
        label: String, identifier: String, fieldPrefix: String = "ROTATIOND_", level: Logger.Level = .info,
        metadataProvider: Logger.MetadataProvider? = nil
    ) {
        precondition(fieldPrefix.first?.isLetter == true, "journald drops a field whose name begins with no letter")
        self.fieldPrefix = fieldPrefix
        self.logLevel = level
        self.metadataProvider = metadataProvider
        var fields = JournalFields()
        fields.append("SYSLOG_IDENTIFIER", identifier)
        fields.append("LOGGER", label)
        constantFields = fields
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let all = event.metadata(over: metadata, provider: metadataProvider)
        JournalSender.shared.send(JournalSender.Entry(handler: self, event: event, metadata: all))
    }

    func fields(of event: LogEvent, metadata: Logger.Metadata) -> JournalFields {
        var fields = constantFields
        fields.reserve(bytes: 1024, fields: 24)
        fields.append("MESSAGE", event.message.description)
        fields.append("PRIORITY", event.level.syslogPriority)
        fields.append("CODE_FILE", event.file)
        fields.append("CODE_LINE", String(event.line))
        fields.append("CODE_FUNC", event.function)
        for (key, value) in metadata {
            if key == LogEvent.messageIDKey {
                fields.append("MESSAGE_ID", value.description)
            } else {
                fields.append(prefix: fieldPrefix, key: key, value.description)
            }
        }
        return fields
    }
}
