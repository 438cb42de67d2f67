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

    @Option(help: "Only of this workflow.", completion: .workflows)
    var workflow: String?

    @Option(name: .customLong("state"), help: ArgumentHelp("Only in this state; repeatable.", valueName: "state"))
    var states: [String] = []

    @Option(help: ArgumentHelp("Only about this official.", valueName: "id"))
    var subject: String?

    @Option(help: ArgumentHelp("Only of this unit.", valueName: "id"))
    var unit: String?

    @Option(help: ArgumentHelp("Only children of this case.", valueName: "case"))
    var parent: String?

    @Option(help: ArgumentHelp("Only of this period, such as 2022-07.", valueName: "period"))
    var period: String?

    @Flag(inversion: .prefixedNo, help: "Only those that have not ended, or only those that have.")
    var open: Bool?

    @Flag(help: "Only those with a deadline that has passed.")
    var overdue = false

    @Option(help: ArgumentHelp("Only with these words in the title; case and marks do not matter.", valueName: "words"))
    var text: String?

    @Option(
        name: .customLong("field"),
        help: ArgumentHelp(
            "Only with this value of a field that the workflow indexes; repeatable.", valueName: "name=value"))
    var fields: [String] = []

    @Flag(help: "Newest first.")
    var newestFirst = false

    @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
    var limit: Int?

    @OptionGroup var acting: ActingOptions
    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more.") }
        if let field = fields.first(where: { !$0.contains("=") }) {
            throw ValidationError("--field \(field): write NAME=VALUE.")
        }
    }

    private var filter: JSONObject {
        var filter = JSONObject()
        filter["workflow"] = workflow.map(JSON.string)
        if !states.isEmpty { filter["states"] = .array(states.map(JSON.string)) }
        filter["subject"] = subject.map(JSON.string)
        filter["unit"] = unit.map(JSON.string)
        filter["parent"] = parent.map(JSON.string)
        filter["period"] = period.map(JSON.string)
        filter["open"] = open.map(JSON.bool)
        if overdue { filter["overdue"] = true }
        filter["text"] = text.map(JSON.string)
        for field in fields {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            filter["field", default: [:]][String(parts[0])] = .string(String(parts[1]))
        }
        return filter
    }

    func run() async throws {
        try await daemon.perform({ $0.listCasesOperation }) { session in
            var parameters = acting.parameters
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
