import Glibc
import JSONCore
import Logging
import Synchronization
import Systemd
import Varlink

/// Writes refusals into the journal, with who was refused what. Of one user so many a minute, because anybody may connect
/// and a flood would drive out of the journal what matters.
final class RefusalJournal: Sendable {
    /// Entries about one user in a minute.
    static let mostInAMinute = 60
    /// No name or id is longer; what is may be anything.
    private static let longestValue = 100

    private let logger: Logger
    /// How many each user has had in the minute, by user id.
    private let recent = Mutex<(minute: Int, entries: [UInt32: Int])>((0, [:]))

    init(logger: Logger) { self.logger = logger }

    /// - Parameters:
    ///   - operation: The event, or the method, that was refused.
    ///   - answer: What the client is told. Only a want of rights, or what somebody without them may not know of, is kept.
    func record(_ call: Call, operation: String, answer: any Error) {
        guard let error = answer as? VarlinkError,
            ["NotAllowed", "UnknownPerson", "CaseNotFound"].contains(where: { error.name.hasSuffix("." + $0) })
        else { return }
        let uid = call.peer.uid
        let count = count(uid)
        if count == Self.mostInAMinute + 1 {
            logger.log(
                .refusalsSuppressed, "uid \(uid) is refused so often that the rest of this minute is not written down",
                metadata: ["uid": "\(uid)"])
        }
        guard count <= Self.mostInAMinute else { return }
        let method = String(call.method.split(separator: ".").last ?? "")
        let name = String(error.name.split(separator: ".").last ?? "")
        var metadata: Logger.Metadata = [
            "uid": "\(uid)", "pid": "\(call.peer.pid)", "method": "\(method)", "error": "\(name)",
        ]
        for key in ["case", "event", "person", "workflow"] {
            if let value = call.parameters[key]?.stringValue { metadata[key] = .string(Self.short(value)) }
        }
        if let absent = call.parameters["onBehalfOf"]?.stringValue {
            metadata["on_behalf_of"] = .string(Self.short(absent))
        }
        logger.log(
            .refused, "refused \(Self.short(operation)) to \(subject(call)): \(name)", metadata: metadata)
    }

    private func subject(_ call: Call) -> String {
        guard let person = call.parameters["person"]?.stringValue else { return "uid \(call.peer.uid)" }
        return "\(Self.short(person)) (uid \(call.peer.uid))"
    }

    private static func short(_ value: String) -> String {
        // Bytes, since a single letter may have a million marks.
        value.utf8.count <= longestValue
            ? value : String(decoding: value.utf8.prefix(longestValue), as: UTF8.self) + "…"
    }

    /// - Returns: How many refusals of the user that makes in this minute.
    private func count(_ uid: UInt32) -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let minute = now.tv_sec / 60
        return recent.withLock { recent in
            if recent.minute != minute { recent = (minute, [:]) }
            recent.entries[uid, default: 0] += 1
            return recent.entries[uid] ?? 0
        }
    }
}
