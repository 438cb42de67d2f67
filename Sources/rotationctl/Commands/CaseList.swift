import ArgumentParser
import JSONCore

struct CaseList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the cases that you may read, oldest first.",
        discussion: """
            EXAMPLES
              rotationctl case list --open --overdue
              rotationctl case list --text "que trung"
              rotationctl case list --workflow monthly-assessment --period 2022-07 --field final_level=good
            """)

    @OptionGroup var cases: CaseFilterOptions

    @Flag(help: "Newest first.")
    var newestFirst = false

    @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
    var limit: Int?

    @OptionGroup var acting: ActingOptions
    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more.") }
    }

    func run() async throws {
        try await daemon.perform({ $0.listCasesOperation }) { session in
            var parameters = acting.parameters
            let filter = cases.filter
            if !filter.isEmpty { parameters["filter"] = .object(filter) }
            if newestFirst { parameters["newestFirst"] = true }
            let messages = session.messages
            let formats = session.wantsJSON ? nil : try await session.formats()
            try await session.list(
                "Workflow.ListCases", parameters, member: "cases", limit: limit,
                columns: [
                    .init(title: messages.caseWord), .init(title: messages.title, isFlexible: true),
                    .init(title: messages.state, isFlexible: true), .init(title: messages.unit),
                    .init(title: messages.updated), .init(title: ""),
                ],
                none: messages.noCases
            ) { found in
                let isOverdue = !(found["overdue"]?.arrayValue ?? []).isEmpty
                let isClosed = found["closedAt"]?.stringValue != nil
                return [
                    .init(try found.string("id"), .cyan), .init(try found.string("title")),
                    .init(session.text(found["stateTitle"]), isClosed ? .faint : nil),
                    .init(try found.optionalString("unit") ?? ""),
                    .init(formats?.time(try found.string("updatedAt")) ?? ""),
                    .init(isOverdue ? messages.overdue : "", .red),
                ]
            }
        }
    }
}
