import Configuration
import Foundation
import JSONCore
import Logging
import SystemPackage
import Workflow

/// What an administrator has set in `rotationd.yaml`; config/rotationd.yaml there explains every key.
public struct Settings: Sendable {
    public var listen: String
    public var socketMode: mode_t
    public var workflows: String
    public var forms: String
    public var calendars: String
    public var rosters: String
    public var reports: String
    public var templates: String
    public var timeZone: TimeZone
    public var language: Language
    public var storage: PluginAddress
    public var notifications: [PluginAddress]
    public var plugins: String
    public var isRehearsal: Bool
    public var rehearsalStart: LocalDate
    public var administrators: [String]
    public var gateways: [String]
    public var backupWarningDays: Int
    /// How long a message is tried before it is parked.
    public var giveUpHours: Int
    public var keepDeliveredDays: Int
    /// When digests go out: minutes after midnight, and for weekly ones the day, 1 is Monday (ISO 8601).
    public var digestTime: Int
    public var digestWeekday: Int
    public var messageBytes: Int
    public var connections: Int
    public var connectionsPerUser: Int
    public var idleSeconds: Int
    public var unreadBytes: Int
    public var unreadSeconds: Int
    public var cachedCases: Int
    public var logLevel: String

    /// A setting that is wrong, with its place.
    public struct Problem: Error, CustomStringConvertible {
        public let place: String
        public let message: String
        public var description: String { "\(place): \(message)" }
    }

    /// Every key of the file; anything else in it is an error.
    static let keys: Set<String> = [
        "listen", "socket_mode", "workflows", "forms", "calendars", "rosters", "reports", "templates",
        "time_zone", "language",
        "storage",
        "notifications", "plugins", "clock", "rehearsal_start", "administrators", "gateways", "backup_warning_days",
        "log_level",
        "outbox.give_up_hours", "outbox.keep_delivered_days", "outbox.digest_time", "outbox.digest_weekday",
        "limits.message_bytes", "limits.connections", "limits.connections_per_user", "limits.idle_seconds",
        "limits.unread_bytes", "limits.unread_seconds", "limits.cached_cases",
    ]

    /// Reads the file.
    /// - Parameter overrides: `key=value` from the command line, which go before the file.
    /// - Throws: ``Problem``.
    public static func load(file: String, overrides: [String] = []) async throws -> Settings {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw Problem(place: file, message: "cannot be read; give another file with --config")
        }
        let document: YAMLDocument
        do throws(YAMLError) { document = try YAMLDocument(text) } catch {
            throw Problem(place: "\(file):\(error)", message: "is not YAML")
        }
        for (key, value) in document.value.objectValue ?? [:] {
            let members = value.objectValue.map { $0.keys.map { (key + "." + $0, [key, $0]) } } ?? [(key, [key])]
            for (name, path) in members where !keys.contains(name) {
                let position = document.position(of: JSONPointer(tokens: path))
                throw Problem(
                    place: "\(file):\(position.line):\(position.column)",
                    message: "there is no setting \"\(name)\"; there are \(keys.sorted().joined(separator: ", "))")
            }
        }
        var given: [AbsoluteConfigKey: ConfigValue] = [:]
        for text in overrides {
            guard let equals = text.firstIndex(of: "="), keys.contains(String(text[..<equals])) else {
                throw Problem(place: "--set \(text)", message: "is not key=value with a key of the configuration file")
            }
            let key = AbsoluteConfigKey(text[..<equals].split(separator: ".").map(String.init))
            given[key] = ConfigValue(.string(String(text[text.index(after: equals)...])), isSecret: false)
        }
        // Numbers given on the command line are texts; the reader is asked for texts and they are read here.
        let config = ConfigReader(providers: [
            InMemoryProvider(values: given), try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)),
        ])
        func place(_ key: String) -> String {
            if overrides.contains(where: { $0.hasPrefix(key + "=") }) { return "--set \(key)" }
            let position = document.position(of: JSONPointer(tokens: key.split(separator: ".").map(String.init)))
            return "\(file):\(position.line):\(position.column)"
        }
        func path(_ key: ConfigKey, _ fallback: String) -> String {
            let path = config.string(forKey: key, default: fallback)
            let folder = URL(filePath: file).deletingLastPathComponent()
            return path.hasPrefix("/") ? path : folder.appending(path: path).standardizedFileURL.path
        }
        func list(_ key: String) -> [String] {
            if let given = given[AbsoluteConfigKey([key])], case .string(let text) = given.content {
                return text.split(separator: ",").map(String.init)
            }
            return config.stringArray(forKey: ConfigKey([key]), default: [])
        }
        func number(_ key: String, _ fallback: Int, _ range: ClosedRange<Int>) throws -> Int {
            let parts = key.split(separator: ".").map(String.init)
            var value = config.int(forKey: ConfigKey(parts))
            if let given = given[AbsoluteConfigKey(parts)], case .string(let text) = given.content { value = Int(text) }
            let result = value ?? fallback
            guard range.contains(result), value != nil || document.value[JSONPointer(tokens: parts)] == nil else {
                throw Problem(
                    place: place(key), message: "must be a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return result
        }
        func address(_ text: String, _ key: String) throws -> PluginAddress {
            guard let address = PluginAddress(text) else {
                throw Problem(
                    place: place(key), message: "\"\(text)\" is not unix:/path/of/a/socket or exec:program arguments …")
            }
            return address
        }
        let zone = config.string(forKey: "time_zone", default: "Asia/Ho_Chi_Minh")
        guard let timeZone = TimeZone(identifier: zone) else {
            throw Problem(place: place("time_zone"), message: "there is no time zone \"\(zone)\"")
        }
        let clock = config.string(forKey: "clock", default: "real")
        guard ["real", "rehearsal"].contains(clock) else {
            throw Problem(place: place("clock"), message: "must be real or rehearsal")
        }
        let start = config.string(forKey: "rehearsal_start", default: "2022-07-01")
        guard let rehearsalStart = LocalDate(start) else {
            throw Problem(place: place("rehearsal_start"), message: "must be a date such as 2022-07-01")
        }
        guard let language = Language(rawValue: config.string(forKey: "language", default: "vi")) else {
            throw Problem(place: place("language"), message: "must be vi or en")
        }
        let time = config.string(forKey: "outbox.digest_time", default: "07:30")
        guard let digestTime = QuietHours.minutes(time) else {
            throw Problem(place: place("outbox.digest_time"), message: "must be a time such as \"07:30\", in quotes")
        }
        let level = config.string(forKey: "log_level", default: "info")
        guard Logger.Level(rawValue: level) != nil else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(place: place("log_level"), message: "must be one of \(levels)")
        }
        let modeText = config.string(forKey: "socket_mode", default: "0660")
        guard let mode = mode_t(modeText, radix: 8), mode <= 0o777 else {
            throw Problem(place: place("socket_mode"), message: "must be an octal mode such as \"0660\", in quotes")
        }
        return Settings(
            listen: path("listen", "/run/rotationd/org.rotationd"), socketMode: mode,
            workflows: path("workflows", "workflows"), forms: path("forms", "forms"),
            calendars: path("calendars", "calendars"), rosters: path("rosters", "rosters"),
            reports: path("reports", "reports"),
            templates: path("templates", "templates"), timeZone: timeZone,
            language: language,
            storage: try address(
                config.string(forKey: "storage", default: "unix:/run/rotationd/storage/sqlite"), "storage"),
            notifications: try list("notifications").map { try address($0, "notifications") },
            plugins: path("plugins", "/usr/libexec/rotationd"), isRehearsal: clock == "rehearsal",
            rehearsalStart: rehearsalStart, administrators: list("administrators"), gateways: list("gateways"),
            backupWarningDays: try number("backup_warning_days", 3, 0...3650),
            giveUpHours: try number("outbox.give_up_hours", 168, 0...8760),
            keepDeliveredDays: try number("outbox.keep_delivered_days", 90, 1...3650), digestTime: digestTime,
            digestWeekday: try number("outbox.digest_weekday", 1, 1...7),
            messageBytes: try number("limits.message_bytes", 4 << 20, 1024...(64 << 20)),
            connections: try number("limits.connections", 512, 1...100_000),
            connectionsPerUser: try number("limits.connections_per_user", 64, 1...100_000),
            idleSeconds: try number("limits.idle_seconds", 600, 1...86_400),
            unreadBytes: try number("limits.unread_bytes", 1 << 20, 1024...(1 << 30)),
            unreadSeconds: try number("limits.unread_seconds", 30, 1...86_400),
            cachedCases: try number("limits.cached_cases", 1000, 1...1_000_000),
            logLevel: level)
    }
}

extension Settings {
    var giveUpMilliseconds: Int { giveUpHours * 3_600_000 }
}

/// Where a plugin is.
public enum PluginAddress: Sendable, Hashable, CustomStringConvertible {
    /// A socket on which somebody else, systemd, has it run.
    case unix(String)
    /// A program that the daemon starts itself, with arguments.
    case exec([String])

    public init?(_ text: String) {
        if text.hasPrefix("unix:/") {
            self = .unix(String(text.dropFirst(5)))
        } else if text.hasPrefix("exec:") {
            let words = text.dropFirst(5).split(separator: " ").map(String.init)
            guard !words.isEmpty else { return nil }
            self = .exec(words)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .unix(let path): "unix:" + path
        case .exec(let words): "exec:" + words.joined(separator: " ")
        }
    }

    /// The last part of the path or the program's name: what people call the plugin before it has said its own name.
    var name: String {
        switch self {
        case .unix(let path): String(path.split(separator: "/").last ?? "")
        case .exec(let words): String(words[0].split(separator: "/").last ?? "")
        }
    }
}
