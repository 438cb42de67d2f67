import ArgumentParser
import JSONCore
import Workflow

struct CaseSendEach: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-each", abstract: "Send an event to many cases, a line of a file for each.",
        discussion: """
            The file comes from: rotationctl case sheet EVENT. Fill in what is empty, save it as CSV (UTF-8) and send it. \
            A line is for the case named under case, or for that of an official (official, period; then with --workflow). \
            A column is a place of the form, such as votes_good or comments.0.text. A list is written with semicolons: \
            cb-11;cb-12. For a choice its value or its title may stand, for a date 29/07/2022. What is the same for all \
            lines is given once with --set; a line that says otherwise goes before it. As YAML the file has form: (what is \
            the same) and lines: (case, form).

            Every line is reported. One that is refused keeps back none of the others: correct it and send the file again, \
            what was sent is not sent twice. The exit status is 0 when every line was sent, now or before; else that of \
            the refused lines, 65 when they differ.

            EXAMPLES
              rotationctl case sheet record_vote --workflow monthly-assessment --unit xa-01 --period 2022-07 -o votes.csv
              rotationctl case send-each record_vote votes.csv --dry-run
              rotationctl case send-each record_vote votes.csv --set method=secret --set chair=cb-11 \
            --set 'present=cb-11;cb-12;cb-13'
              rotationctl case send-each decide levels.csv --workflow monthly-assessment --period 2022-07
            """)

    @Argument(help: "The event's name.")
    var event: String

    @Argument(
        help: "The lines, CSV or YAML; - for CSV from standard input.",
        completion: .file(extensions: ["csv", "yaml", "yml"]))
    var file: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Give a place of every line's form this value; repeatable.", valueName: "field=value"))
    var set: [String] = []

    @Flag(help: "Check each line as if it were sent, but change nothing.")
    var dryRun = false

    @OptionGroup var scope: ScopeOptions
    @OptionGroup var acting: ActingOptions
    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if let text = set.first(where: { CellOption($0) == nil }) {
            throw ValidationError("--set \(text): write FIELD=VALUE.")
        }
    }

    func run() async throws {
        try await daemon.perform({ $0.sendEach(event, file) }) { session in
            let lines = try LineFile(InputFile(file, session.messages), session.messages)
            let sender = try await LineSender(
                session: session, event: event, acting: .one(acting.parameters), scope: scope.scope, isDryRun: dryRun)
            let report = LineReport(file: lines.name, session: session)
            try await sender.send(lines, common: set.compactMap { CellOption($0)?.cell }, report.add)
            try report.end()
        }
    }
}

/// Which cases, for commands about many.
struct ScopeOptions: ParsableArguments {
    @Option(help: "Only cases of this workflow.", completion: .workflows)
    var workflow: String?

    @Option(help: ArgumentHelp("Only cases of this unit.", valueName: "id"))
    var unit: String?

    @Option(help: ArgumentHelp("Only cases of this period, such as 2022-07.", valueName: "period"))
    var period: String?

    var scope: LineSender.Scope { .init(workflow: workflow, unit: unit, period: period) }
}

/// `FIELD=VALUE` where the value is written as in a cell.
struct CellOption {
    let cell: (path: [String], text: String)

    init?(_ text: String) {
        guard let sign = text.firstIndex(of: "=") else { return nil }
        let path = text[..<sign].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !path.contains("") else { return nil }
        cell = (path, String(text[text.index(after: sign)...]).trimmed)
    }
}
