import ArgumentParser
import Glibc
import JSONCore

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup in the place of the store, which must not be in use.",
        discussion: """
            1. systemctl stop rotationd.socket rotationd.service rotationd-storage-sqlite.socket \
            rotationd-storage-sqlite.service
            2. rotationctl restore FILE
            3. systemctl start rotationd-storage-sqlite.socket rotationd.socket rotationd.service
            4. rotationctl verify

            The whole backup is checked before anything is changed, and the store that was there is kept beside the new \
            one as ….before-restore-TIME. What was done after the backup is gone; a client that watches from a later \
            place is told so. A backup that is damaged, of another store, or made under the other clock is refused, \
            and so is a store that is in use. The work is done by the storage plugin's own program.
            """)

    @Argument(help: "The backup: a file that rotationctl backup has made.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp("The program of the storage plugin.", valueName: "program"), completion: .file())
    var plugin = "/usr/libexec/rotationd/storage-sqlite"

    @Option(
        help: ArgumentHelp(
            "The database to replace. Default: that of the installed service, "
                + "/var/lib/rotationd-storage-sqlite/rotationd.sqlite.", valueName: "path"), completion: .file())
    var database: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await common.perform({ $0.restoreBackup(file) }) { session in
            let messages = session.messages
            // It ends when this is interrupted.
            let words =
                ["ROTATIONCTL_PID=\(getpid())", plugin, "--restore", file]
                + (database.map { ["--database", $0] } ?? [])
            guard let run = await ProgramRun.of(words) else {
                throw Failure(.unavailable, messages.noProgram(plugin), hint: messages.namePlugin)
            }
            guard run.status == 0 else {
                let status = ExitStatus(rawValue: run.status) ?? .software
                let said = run.errors.split(separator: "\n").map(String.init)
                throw Failure(
                    status, said.first ?? "\(plugin): \(run.status)", details: Array(said.dropFirst()),
                    hint: status == .temporary ? messages.stopForRestore : messages.nothingRestored)
            }
            guard let report = try? JSON(parsing: run.output).objectValue else {
                throw Failure(.software, messages.strangeReply(run.output))
            }
            if session.wantsJSON { return session.printJSON(report) }
            let formats = Formats(language: session.language)
            session.console.print(
                messages.restored(
                    try report.string("database"), formats.number(try report.int("cases")),
                    formats.number(try report.int("events")),
                    try report.optionalString("lastCommitAt").map(formats.time) ?? messages.never))
            if let previous = try report.optionalString("previous") {
                session.console.print(messages.previousStore(previous))
            }
            session.console.print(messages.startAfterRestore)
        }
    }
}
