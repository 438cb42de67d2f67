import JSONCore

/// How somebody wants to be notified. What an official leaves out follows from the unit, and then from the daemon's
/// configuration.
public struct Preferences: Sendable, Equatable {
    public enum Digest: String, Sendable, CaseIterable {
        case atOnce = "at_once"
        case daily, weekly
    }

    /// The name of a notification plugin.
    public var channel: String?
    public var language: String?
    /// When nothing that can wait is sent, such as "21:00-06:30", in the daemon's time zone.
    public var quietHours: String?
    public var digest: Digest?

    public init(
        channel: String? = nil, language: String? = nil, quietHours: String? = nil, digest: Digest? = nil
    ) {
        self.channel = channel
        self.language = language
        self.quietHours = quietHours
        self.digest = digest
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            channel: try json.optionalString("channel"), language: try json.optionalString("language"),
            quietHours: try json.optionalString("quietHours"), digest: try json.optionalWord("digest"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "channel": JSON(channel), "language": JSON(language), "quietHours": JSON(quietHours),
            "digest": JSON(digest?.rawValue),
        ]
        return json.withoutNulls
    }
}

extension JSONObject {
    /// Absent when nothing is preferred.
    func preferences() throws(JSONFieldError) -> Preferences {
        try optionalValue("preferences", Preferences.init(json:)) ?? Preferences()
    }
}

extension JSON {
    init(_ preferences: Preferences) { self = preferences == Preferences() ? .null : .object(preferences.json) }
}
