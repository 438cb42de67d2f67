import ArgumentParser
import JSONCore

struct DirectoryHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show who changed the directory, when, and which records with old and new values.",
        discussion: """
            EXAMPLES
              rotationctl directory history
              rotationctl directory history 7
              rotationctl directory history --id cb-07
            """)

    @Argument(help: ArgumentHelp("The number of a change: its records.", valueName: "number"))
    var number: Int?

    @Option(help: ArgumentHelp("The changes of the record with this id.", valueName: "id"))
    var id: String?

    @Option(help: ArgumentHelp("At most so many, the newest.", valueName: "count"))
    var limit = 50

    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is at least 1.") }
    }

    func run() async throws {
        try await daemon.perform({ $0.showHistory }) { session in
            if number == nil, id == nil { return try await entries(session) }
            let parameters: JSONObject = ["entry": number.map(JSON.int) ?? .null, "id": JSON(id)]
            let printer = DirectoryChangePrinter(session: session)
            var isEmpty = true
            try await session.pages(
                "Directory.ListChanges", parameters.withoutNulls, member: "changes", limit: limit
            ) { changes in
                isEmpty = isEmpty && changes.isEmpty
                for change in changes {
                    if number == nil, !session.wantsJSON {
                        session.console.print("\(session.messages.changeNumber) \(try change.int("entry"))")
                    }
                    try printer.print(change)
                }
            }
            if isEmpty { session.console.note(session.messages.nothingFound) }
        }
    }

    private func entries(_ session: Session) async throws {
        let messages = session.messages
        let formats = try await session.formats()
        try await session.list(
            "Directory.ListHistory", member: "entries", limit: limit,
            columns: [
                .init(title: messages.changeNumber, isNumber: true), .init(title: messages.changedAt),
                .init(title: messages.changedBy),
                .init(title: messages.kind), .init(title: messages.addedTitle, isNumber: true),
                .init(title: messages.changedTitle, isNumber: true),
            ], none: messages.nothingFound
        ) { entry in
            [
                .init(String(try entry.int("number")), .cyan), .init(formats.time(try entry.string("at"))),
                .init(try entry.string("by")),
                .init(try entry.string("kind") == "import" ? messages.importKind : messages.acceptanceKind),
                .init(formats.number(try entry.int("added"))), .init(formats.number(try entry.int("changed"))),
            ]
        }
    }
}
