import ArgumentParser
import JSONCore
import Synchronization

struct CaseWatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Follow what happens to the cases that you may read, until Ctrl-C.",
        discussion: """
            A lost connection is made again, without a gap or a repeat. With --cursor it begins where an earlier watch \
            ended; without, with what comes next. With --json every line is an event with the cursor behind it: \
            {"cursor": …, "event": …}.
            """)

    @Argument(help: ArgumentHelp("Only this case.", valueName: "case"))
    var caseID: String?

    @Option(help: ArgumentHelp("Continue from here.", valueName: "cursor"))
    var cursor: String?

    @Flag(help: "Show every change with its old and new value in full.")
    var changes = false

    @OptionGroup var gateway: PersonOption
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.watchCases }) { session in
            let messages = session.messages
            let place = Place(cursor)
            let wantsJSON = session.wantsJSON
            let interruption = Interruption { wantsJSON ? nil : place.cursor.map(messages.continueWith) }
            defer { interruption.end() }
            let printer = EventPrinter(
                session: session, formats: try await session.formats(), showsChanges: changes, showsCase: caseID == nil)
            try await session.follow("Workflow.Watch") {
                var parameters = gateway.parameters
                parameters["case"] = caseID.map(JSON.string)
                parameters["cursor"] = place.cursor.map(JSON.string)
                return parameters
            } reply: { reply in
                let cursor = try reply.string("cursor")
                for event in try reply.array("events").compactMap(\.objectValue) {
                    if wantsJSON {
                        session.printJSON(["cursor": .string(cursor), "event": .object(event)])
                    } else {
                        try printer.print(event)
                    }
                }
                session.console.flush()
                // Only now: what was not written out will be given again.
                place.cursor = cursor
            }
        }
    }

    /// How far the watch is; read when a signal ends it.
    private final class Place: Sendable {
        private let value: Mutex<String?>

        init(_ cursor: String?) { value = Mutex(cursor) }

        var cursor: String? {
            get { value.withLock { $0 } }
            set { value.withLock { $0 = newValue } }
        }
    }
}
