import ArgumentParser
import JSONCore

/// `rotationctl task`
struct TaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "What waits for you, and what is late with whom.", subcommands: [TaskList.self],
        defaultSubcommand: TaskList.self)
}

struct TaskList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what waits for you, what is due first coming first.",
        discussion: """
            To do a task: rotationctl case send CASE EVENT. With --unit, --assignee or --all the list is of what waits for \
            anybody, in the cases that you may read.

            EXAMPLES
              rotationctl task list --overdue --unit xa-ninh-phuoc
              rotationctl task list --assignee cb-14
            """)

    @Option(help: ArgumentHelp("What waits for anybody in this unit and those below it.", valueName: "id"))
    var unit: String?

    @Option(help: ArgumentHelp("What waits for this official, or role such as unit_head@xa-01.", valueName: "whom"))
    var assignee: String?

    @Flag(help: "What waits for anybody.")
    var all = false

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
            parameters["unit"] = unit.map(JSON.string)
            parameters["assignee"] = assignee.map(JSON.string)
            if all { parameters["all"] = true }
            let messages = session.messages
            let formats = session.wantsJSON ? nil : try await session.formats()
            try await session.list(
                "Workflow.ListTasks", parameters, member: "tasks", limit: limit,
                columns: [
                    .init(title: messages.due), .init(title: messages.daysLate, isNumber: true),
                    .init(title: messages.assignee, isFlexible: true), .init(title: messages.task, isFlexible: true),
                    .init(title: messages.event), .init(title: messages.sinceTitle), .init(title: messages.caseWord),
                    .init(title: messages.title, isFlexible: true),
                ],
                none: isOwn ? messages.noTasks : messages.noTasksOfOthers
            ) { task in
                let due = try task.optionalString("due").flatMap { formats?.time($0) } ?? ""
                let style: Style? = try task.bool("overdue") ? .red : nil
                return [
                    .init(due, style),
                    .init(try task.optionalInt("daysLate").flatMap { formats?.number($0) } ?? "", style),
                    .init(try who(task)), .init(session.text(task["title"]), .bold), .init(try task.string("event")),
                    .init(formats?.time(try task.string("since")) ?? "", .faint),
                    .init(try task.string("case"), .cyan), .init(try task.string("caseTitle")),
                ]
            }
        }
    }

    private var isOwn: Bool { unit == nil && assignee == nil && !all }

    /// The persons, where the daemon says who they are, and as what.
    private func who(_ task: JSONObject) throws -> String {
        let assignee = try task.string("assignee")
        let names = task["holders"]?.arrayValue?.compactMap { $0["fullName"]?.stringValue } ?? []
        if names.isEmpty { return assignee }
        let role = assignee.hasPrefix("official:") ? "" : " (\(assignee))"
        return names.joined(separator: ", ") + role
    }
}
