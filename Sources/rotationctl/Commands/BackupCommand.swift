import ArgumentParser
import Glibc
import JSONCore

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write a consistent copy of the store while work goes on.",
        discussion: """
            The storage plugin writes the file, so it must be able to write there; nothing is overwritten.
            """)

    @Argument(help: "The new file.", completion: .file())
    var file: String

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        // The daemon's current folder is not ours.
        let folder = getcwd(nil, 0).map { pointer in
            defer { free(pointer) }
            return String(cString: pointer)
        }
        let path = file.hasPrefix("/") ? file : (folder ?? "") + "/" + file
        try await daemon.perform({ $0.writeBackup(path) }) { session in
            let reply = try await session.call("Manager.Backup", ["path": .string(path)], isRepeatable: false)
            if session.wantsJSON { return session.printJSON(reply) }
            let formats = Formats(language: session.language)
            session.console.print(
                session.messages.backedUp(
                    path, formats.bytes(try reply.int("bytes")), formats.duration(try reply.int("milliseconds"))))
        }
    }
}
