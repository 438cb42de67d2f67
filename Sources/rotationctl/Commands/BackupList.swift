import ArgumentParser
import JSONCore

struct BackupList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the backups in the storage plugin's folder, newest first.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.listBackups }) { session in
            let messages = session.messages
            let backups = try await session.call("Manager.ListBackups").array("backups").compactMap(\.objectValue)
            if session.wantsJSON { return backups.forEach(session.printJSON) }
            if backups.isEmpty { return session.console.note(messages.noBackups) }
            let formats = try await session.formats()
            var table = Table([
                .init(title: messages.madeAt), .init(title: messages.kind),
                .init(title: messages.size, isNumber: true), .init(title: messages.file),
            ])
            let rows: [[Table.Cell]] = try backups.map { backup in
                [
                    .init(formats.time(try backup.string("madeAt"))),
                    .init(messages.backupKind(try backup.string("kind"))),
                    .init(formats.bytes(try backup.int("bytes"))), .init(try backup.string("path")),
                ]
            }
            table.print(rows, on: session.console)
        }
    }
}
