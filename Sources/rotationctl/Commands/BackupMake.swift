import ArgumentParser
import JSONCore

struct BackupMake: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make", abstract: "Make a backup; nothing is written over.")

    @Argument(
        help: "The new file. Without it the backup stays in the storage plugin's folder.", completion: .file())
    var file: String?

    @Option(
        help: ArgumentHelp(
            "Keep so many of the newest backups made with --keep, and remove older ones; others stay.",
            valueName: "number"))
    var keep: Int?

    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if let keep, !(1...1000).contains(keep) { throw ValidationError("--keep takes a number from 1 to 1000.") }
        if keep != nil, file != nil {
            throw ValidationError("--keep is for backups that stay in the plugin's folder; leave FILE or --keep out.")
        }
    }

    func run() async throws {
        try await daemon.perform({ file.map($0.writeBackup) ?? $0.makeBackup }) { session in
            let messages = session.messages
            // Before the work, so that it is not done in vain.
            let target = try file.map { try NewFile($0, messages) }
            var reply = try await session.call(
                "Manager.Backup", keep.map { ["keep": .int($0)] } ?? [:], isRepeatable: false)
            var backup = try reply.object("backup")
            if let target {
                let path = try backup.string("path")
                if try !target.take(path, from: session.socket) {
                    session.console.note(messages.backupStays(path))
                }
                backup["path"] = .string(target.path)
                reply["backup"] = .object(backup)
            }
            if session.wantsJSON { return session.printJSON(reply) }
            let formats = Formats(language: session.language)
            session.console.print(
                messages.backedUp(
                    try backup.string("path"), formats.bytes(try backup.int("bytes")),
                    formats.duration(try reply.int("milliseconds"))))
            for path in try reply.array("removed").compactMap(\.stringValue) {
                session.console.print(messages.backupRemoved(path))
            }
        }
    }
}
