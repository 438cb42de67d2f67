import ArgumentParser
import JSONCore

struct WorkflowList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the workflows that cases can be opened with.")

    @Flag(help: "Only the names, one a line.")
    var names = false

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.listWorkflowsOperation }) { session in
            let messages = session.messages
            let workflows = try await session.call("Workflow.ListWorkflows").array("workflows")
                .compactMap(\.objectValue)
            if names { return try workflows.forEach { session.console.print(try $0.string("name")) } }
            if session.wantsJSON { return workflows.forEach(session.printJSON) }
            var table = Table([
                .init(title: messages.name), .init(title: messages.version, isNumber: true),
                .init(title: messages.title, isFlexible: true), .init(title: messages.openedBy, isFlexible: true),
            ])
            let rows: [[Table.Cell]] = try workflows.map { workflow in
                [
                    .init(try workflow.string("name"), .cyan), .init(String(try workflow.int("version"))),
                    .init(session.text(workflow["title"])),
                    .init(try workflow.strings("openedBy").joined(separator: ", ")),
                ]
            }
            table.print(rows, on: session.console)
            if workflows.isEmpty { session.console.note(messages.noWorkflows) }
        }
    }
}
