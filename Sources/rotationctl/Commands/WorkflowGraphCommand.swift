import ArgumentParser
import JSONCore

struct WorkflowGraphCommand: AsyncParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case mermaid, dot
    }

    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Draw a workflow's states and events, for Mermaid or Graphviz.",
        discussion: """
            WORKFLOW is a name that the daemon knows, or a definition's file.

            EXAMPLES
              rotationctl workflow graph rotation-onboarding --format dot | dot -Tsvg -o onboarding.svg
              rotationctl workflow graph config/workflows/monthly-assessment.yaml --language vi
            """)

    @Argument(help: "The workflow's name, or its file.", completion: .workflows)
    var workflow: String

    @Option(help: "The language of the drawing: mermaid or dot.")
    var format = Format.mermaid

    @Flag(help: "Also the events that stay in their state.")
    var all = false

    @OptionGroup var definition: DefinitionOptions
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.drawWorkflow(workflow) }) { session in
            let graph = WorkflowGraph(
                try await definition.load(workflow, session), language: session.language, withStaying: all)
            let text =
                switch format {
                case .mermaid: graph.mermaid
                case .dot: graph.dot
                }
            if session.wantsJSON {
                session.printJSON(["format": .string(format.rawValue), "text": .string(text)])
            } else {
                session.console.print(text)
            }
        }
    }
}
