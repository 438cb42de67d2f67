import ArgumentParser
import JSONCore

/// `rotationctl task`
struct TaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "What waits for you.", subcommands: [TaskList.self],
        defaultSubcommand: TaskList.self)
}

struct TaskList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what waits for you, what is due first coming first.",
        discussion: "To do a task: rotationctl case send CASE EVENT.")

    @Flag(help: "Only what is overdue.")
    var overdue = false

    @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
    var limit: Int?

    @OptionGroup var acting: ActingOptions
    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more.") }
    }

    func run() async throws {
        try await daemon.perform({ $0.listTasks }) { session in
            var parameters = acting.parameters
            if overdue { parameters["overdue"] = true }
            let messages = session.messages
            let formats = session.wantsJSON ? nil : try await session.formats()
            try await session.list(
                "Workflow.ListTasks", parameters, member: "tasks", limit: limit,
                columns: [
                    .init(title: messages.due), .init(title: messages.task, isFlexible: true),
                    .init(title: messages.event), .init(title: messages.caseWord),
                    .init(title: messages.title, isFlexible: true), .init(title: messages.assignee),
                ],
                none: messages.noTasks
            ) { task in
                let due = try task.optionalString("due").flatMap { formats?.time($0) } ?? ""
                return [
                    .init(due, try task.bool("overdue") ? .red : nil), .init(session.text(task["title"]), .bold),
                    .init(try task.string("event")), .init(try task.string("case"), .cyan),
                    .init(try task.string("caseTitle")), .init(try task.string("assignee"), .faint),
                ]
            }
        }
    }
}
