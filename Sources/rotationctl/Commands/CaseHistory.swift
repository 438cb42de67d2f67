import ArgumentParser
import JSONCore

struct CaseHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show what happened to a case: when, who, what changed.")

    @Argument(help: ArgumentHelp("The case's id.", valueName: "case"))
    var caseID: String

    @Option(help: ArgumentHelp("Only what came after this version.", valueName: "version"))
    var after: Int?

    @Flag(help: "Show every change with its old and new value in full.")
    var changes = false

    @OptionGroup var acting: ActingOptions
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.showHistory(caseID) }) { session in
            let printer = EventPrinter(
                session: session, formats: try await session.formats(), showsChanges: changes, showsCase: false)
            var parameters = acting.parameters
            parameters["case"] = .string(caseID)
            parameters["after"] = after.map(JSON.int)
            var isEmpty = true
            while true {
                let reply = try await session.call("Workflow.GetHistory", parameters)
                let events = try reply.array("events").compactMap(\.objectValue)
                for event in events {
                    if session.wantsJSON { session.printJSON(event) } else { try printer.print(event) }
                }
                session.console.flush()
                isEmpty = isEmpty && events.isEmpty
                guard try reply.bool("more"), let last = events.last else { break }
                parameters["after"] = .int(try last.int("version"))
            }
            if isEmpty, !session.wantsJSON { session.console.note(session.messages.noEvents) }
        }
    }
}
