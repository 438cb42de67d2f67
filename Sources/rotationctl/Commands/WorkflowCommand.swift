import ArgumentParser

/// `rotationctl workflow`
struct WorkflowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workflow", abstract: "The processes: list, read, check and draw them.",
        subcommands: [WorkflowList.self, WorkflowShow.self, WorkflowCheck.self, WorkflowGraphCommand.self])
}
