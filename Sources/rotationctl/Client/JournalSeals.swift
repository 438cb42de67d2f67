import Foundation
import JSONCore
import Systemd

/// The seals that the daemon has journaled, as journalctl reads them.
struct JournalSeals {
    /// Another journal than this machine's: folders and files as journalctl takes them.
    var directory: String?
    var files: [String] = []
    /// As journalctl takes it.
    var since: String?

    /// The unit whose entries count: anybody may write an entry with any MESSAGE_ID, but not in another unit's name.
    private static let unit = "rotationd.service"
    private static let members = ["store", "day", "position", "head"]

    /// - Returns: As `Verify` takes them, each once, in the order in which they were written.
    func read(_ messages: Messages) throws -> [JSON] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        // What journalctl has to say, for example who may read the journal, is for the person.
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        // journalctl ends with 1 when there is no entry.
        guard [0, 1].contains(process.terminationStatus) else {
            throw Failure(.unavailable, messages.journalctlFailed(Int(process.terminationStatus)))
        }
        var seals: [JSON] = []
        for line in text.split(separator: UInt8(ascii: "\n")) {
            guard let seal = Self.seal(try JSON(parsing: line)), seals.last != seal else { continue }
            seals.append(seal)
        }
        if seals.isEmpty { throw Failure(.noInput, messages.noSeals, hint: messages.mayReadJournal) }
        return seals
    }

    private var arguments: [String] {
        let place = directory.map { ["--directory", $0] } ?? []
        return ["journalctl", "--quiet", "--no-pager", "--output=json"] + place + files.flatMap { ["--file", $0] }
            + (since.map { ["--since", $0] } ?? [])
            + ["MESSAGE_ID=\(JournalMessage.daySealed.rawValue)", "_SYSTEMD_UNIT=\(Self.unit)"]
    }

    /// Nil for an entry that is none.
    private static func seal(_ entry: JSON) -> JSON? {
        var seal: JSONObject = [:]
        for member in members {
            guard let text = entry["ROTATIOND_\(member.uppercased())"]?.stringValue else { return nil }
            seal[member] = member == "position" ? Int(text).map(JSON.int) : .string(text)
        }
        return seal["position"] == nil ? nil : .object(seal)
    }
}
