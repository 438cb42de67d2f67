import ArgumentParser
import JSONCore

struct DirectoryImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import units, officials, posts and delegations from CSV files.",
        discussion: """
            The files are UTF-8 with a header row; the beginning of a file's name says its table (units.csv, \
            officials-2022.csv). Records replace those with the same id, all others stay. All is applied or nothing: \
            problems are printed as file:line:column: reason, and the exit status is 65.

            EXAMPLES
              rotationctl directory import /etc/rotationd/directory --dry-run
              rotationctl directory import officials.csv posts.csv
            """)

    @Argument(help: "A folder with CSV files, or the files.", completion: .file(extensions: ["csv"]))
    var paths: [String]

    @Flag(help: "Change nothing; only say what would change.")
    var dryRun = false

    @OptionGroup var daemon: DaemonOptions

    /// Bytes of a part: well below what one message may have, even when every byte is escaped in JSON.
    private static let chunkBytes = 1 << 20

    func run() async throws {
        try await daemon.perform({ $0.importDirectory }) { session in
            let name = IdempotencyKey.make()
            var problems: [JSONObject] = []
            // Everything is read before anything is sent.
            let files = try files(session.messages)
            for (table, file, chunks) in files {
                for chunk in chunks {
                    let reply = try await session.call(
                        "Directory.StageImport",
                        [
                            "import": .string(name), "table": .string(table.rawValue), "csv": .string(chunk.csv),
                            "file": .string(file), "firstLine": .int(chunk.firstLine),
                        ], isRepeatable: false)
                    problems += try reply.array("problems").compactMap(\.objectValue)
                    session.console.progress(session.messages.importProgress(file, String(chunk.rows)))
                }
            }
            session.console.clearProgress()
            try refuse(problems, session)
            let reply = try await session.call(
                "Directory.ApplyImport", ["import": .string(name), "dryRun": .bool(dryRun)], isRepeatable: false)
            try refuse(try reply.array("problems").compactMap(\.objectValue), session)
            if session.wantsJSON { return session.printJSON(reply) }
            try print(reply, session)
        }
    }

    private func refuse(_ problems: [JSONObject], _ session: Session) throws {
        guard !problems.isEmpty else { return }
        for problem in problems {
            if session.wantsJSON {
                session.printJSON(problem)
            } else {
                let place = "\(try problem.string("file")):\(try problem.int("line")):\(try problem.int("column"))"
                session.console.print("\(place): \(session.text(problem["message"]))".printable())
            }
        }
        throw Failure(.data, session.messages.importRefused(problems.count))
    }

    /// The files in the order in which their tables need one another, each cut into parts.
    private func files(
        _ messages: Messages
    ) throws(Failure) -> [(table: DirectoryTable, file: String, chunks: [CSVChunks.Chunk])] {
        var found: [(table: DirectoryTable, file: String, chunks: [CSVChunks.Chunk])] = []
        for path in paths {
            let isFolder = FolderListing.isFolder(path)
            var names = [path]
            if isFolder {
                names = try FolderListing.names(of: path, messages)
                    .filter { $0.hasSuffix(".csv") && DirectoryTable(file: $0) != nil }.map { "\(path)/\($0)" }
                if names.isEmpty { throw Failure(.noInput, messages.noTables(path)) }
            }
            for file in names {
                guard let table = DirectoryTable(file: file) else { throw Failure(.usage, messages.unknownTable(file)) }
                let text = try InputFile(file, messages).text
                do throws(CSVChunks.Problem) {
                    found.append((table, file, try CSVChunks.chunks(of: text, limit: Self.chunkBytes)))
                } catch {
                    switch error {
                    case .empty: throw Failure(.data, messages.emptyTable(file))
                    case .openQuote(let line): throw Failure(.data, messages.openQuote(file, line))
                    case .longRow(let line): throw Failure(.data, messages.longRow(file, line))
                    }
                }
            }
        }
        return DirectoryTable.allCases.flatMap { table in found.filter { $0.table == table } }
    }

    private func print(_ reply: JSONObject, _ session: Session) throws {
        let messages = session.messages
        let formats = Formats(language: session.language)
        var table = Table([
            .init(title: messages.table), .init(title: messages.addedTitle, isNumber: true),
            .init(title: messages.changedTitle, isNumber: true), .init(title: messages.sameTitle, isNumber: true),
        ])
        let rows: [[Table.Cell]] = try DirectoryTable.allCases.map { name in
            let count = try reply.object(name.rawValue)
            func cell(_ member: String) throws -> Table.Cell { .init(formats.number(try count.int(member))) }
            return [.init(name.title(messages)), try cell("added"), try cell("changed"), try cell("same")]
        }
        table.print(rows, on: session.console)
        session.console.note(try reply.bool("applied") ? messages.imported : messages.dryRun, .green)
    }
}
