import Logging

extension LogEvent {
    /// The metadata key whose value identifies the kind of message: MESSAGE_ID in the journal, 32 hexadecimal digits.
    static let messageIDKey = "message_id"

    /// Everything that goes with the event: what the logger carries, then the provider's, then the call's own (a later
    /// one replaces an earlier one), and the error under swift-log's own names for it.
    func metadata(over base: Logger.Metadata, provider: Logger.MetadataProvider?) -> Logger.Metadata {
        if base.isEmpty, provider == nil, error == nil { return metadata ?? [:] }
        var merged = base
        if let provided = provider?.get() { merged.merge(provided) { $1 } }
        if let metadata { merged.merge(metadata) { $1 } }
        if let error {
            merged["error.message"] = "\(error)"
            merged["error.type"] = "\(String(reflecting: type(of: error)))"
        }
        return merged
    }
}
