import ArgumentParser
import JSONCore

struct DirectoryImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import units, officials, posts and delegations from CSV or Excel files.",
        discussion: """
            CSV files are UTF-8 with a header row; the beginning of a file's name says its table (units.csv, \
            officials-2022.csv), and so does the name of a sheet of an .xlsx workbook, in English or Vietnamese. Records \
            replace those with the same id (units: id and from), all others stay. All is applied or nothing: problems \
            are printed as file:line:column: reason, or file, sheet!cell: reason, and the exit status is 65.

            EXAMPLES
              rotationctl directory import /etc/rotationd/directory --dry-run
              rotationctl directory import officials.csv posts.csv
              rotationctl directory import danh-ba.xlsx --dry-run
            """)

    @Argument(
        help: "A folder with CSV or .xlsx files, or the files.", completion: .file(extensions: TableFile.extensions))
    var paths: [String]

    @Flag(help: "Change nothing; show what would change, record by record with old and new values.")
    var dryRun = false

    @OptionGroup var daemon: DaemonOptions

    /// Bytes of a part: well below what one message may have, even when every byte is escaped in JSON.
    private static let chunkBytes = 1 << 20

    func run() async throws {
        try await daemon.perform({ $0.importDirectory }) { session in
            // Everything is read before anything is sent.
            let sheets = try await sheets(session.messages)
            let name = IdempotencyKey.make()
            var problems = try await stage(sheets, as: name, session)
            // With problems it is only tried, for what else there is.
            let isTrial = dryRun || !problems.isEmpty
            let reply = try await session.call(
                "Directory.ApplyImport", ["import": .string(name), "dryRun": .bool(isTrial)],
                isRepeatable: false)
            problems += try reply.array("problems").compactMap(\.objectValue)
            if problems.isEmpty {
                if dryRun { try await preview(name, session) }
                try print(reply, session)
            }
            if isTrial {
                _ = try await session.call("Directory.DiscardImport", ["import": .string(name)], isRepeatable: false)
            }
            try refuse(problems, and: try reply.optionalInt("moreProblems") ?? 0, sheets.map(\.sheet), session)
        }
    }

    /// - Returns: What is wrong with the rows by themselves.
    private func stage(
        _ sheets: [(table: DirectoryTable, sheet: TableFile.Sheet)], as name: String, _ session: Session
    ) async throws -> [JSONObject] {
        var problems: [JSONObject] = []
        var part = 0
        for (table, sheet) in sheets {
            for chunk in try chunks(of: sheet, session.messages) {
                let reply = try await session.call(
                    "Directory.StageImport",
                    [
                        "import": .string(name), "part": .int(part), "table": .string(table.rawValue),
                        "csv": .string(chunk.csv), "file": .string(sheet.title), "firstLine": .int(chunk.firstLine),
                    ], isRepeatable: false)
                problems += try reply.array("problems").compactMap(\.objectValue)
                part += 1
                session.console.progress(session.messages.importProgress(sheet.title, String(chunk.rows)))
            }
        }
        session.console.clearProgress()
        return problems
    }

    private func refuse(
        _ problems: [JSONObject], and more: Int, _ sheets: [TableFile.Sheet], _ session: Session
    ) throws {
        guard !problems.isEmpty else { return }
        for problem in problems {
            if session.wantsJSON {
                session.printJSON(problem)
            } else {
                let (file, line) = (try problem.string("file"), try problem.int("line"))
                let column = try problem.int("column")
                let place =
                    sheets.first { $0.title == file }?.place(line: line, column: column) ?? "\(file):\(line):\(column)"
                session.console.print("\(place): \(session.text(problem["message"]))".printable())
            }
        }
        throw Failure(.data, session.messages.importRefused(problems.count + more))
    }

    /// The sheets in the order in which their tables need one another.
    private func sheets(_ messages: Messages) async throws(Failure) -> [(table: DirectoryTable, sheet: TableFile.Sheet)]
    {
        var found: [(table: DirectoryTable, sheet: TableFile.Sheet)] = []
        for path in paths {
            var names = [path]
            if FolderListing.isFolder(path) {
                names = try FolderListing.names(of: path, messages)
                    .filter { name in
                        TableFile.extensions.contains { name.lowercased().hasSuffix(".\($0)") }
                            && (name.lowercased().hasSuffix(".xlsx") || DirectoryTable(named: name) != nil)
                    }
                    .map { "\(path)/\($0)" }
                if names.isEmpty { throw Failure(.noInput, messages.noTables(path)) }
            }
            for file in names { found += try await sheets(of: file, messages) }
        }
        return DirectoryTable.allCases.flatMap { table in found.filter { $0.table == table } }
    }

    /// A workbook's sheets with the name of a table; with only one sheet, the file's name will do.
    private func sheets(
        of file: String, _ messages: Messages
    ) async throws(Failure) -> [(table: DirectoryTable, sheet: TableFile.Sheet)] {
        let sheets = try await TableFile(file, messages).sheets
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let known = sheets.compactMap { sheet in DirectoryTable(named: sheet.name).map { (table: $0, sheet: sheet) } }
        if !known.isEmpty { return known }
        guard sheets.count == 1, let table = DirectoryTable(named: name) else {
            throw Failure(.usage, messages.unknownTable(file))
        }
        return [(table, sheets[0])]
    }

    private func chunks(of sheet: TableFile.Sheet, _ messages: Messages) throws(Failure) -> [CSVChunks.Chunk] {
        do throws(CSVChunks.Problem) {
            return try CSVChunks.chunks(of: sheet.csv, limit: Self.chunkBytes)
        } catch {
            switch error {
            case .empty: throw Failure(.data, messages.emptyTable(sheet.title))
            case .openQuote(let line): throw Failure(.data, messages.openQuote(sheet.title, line))
            case .longRow(let line): throw Failure(.data, messages.longRow(sheet.title, line))
            }
        }
    }

    // MARK: What is shown

    private func preview(_ name: String, _ session: Session) async throws {
        let printer = DirectoryChangePrinter(session: session)
        try await session.pages(
            "Directory.PreviewImport", ["import": .string(name)], member: "changes", limit: nil
        ) { changes in
            for change in changes { try printer.print(change) }
        }
    }

    private func print(_ reply: JSONObject, _ session: Session) throws {
        if session.wantsJSON { return session.printJSON(reply) }
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
