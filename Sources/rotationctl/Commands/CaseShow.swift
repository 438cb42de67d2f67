import ArgumentParser
import JSONCore

struct CaseShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a case: where it stands, what it accepts, and its document.")

    @Argument(help: ArgumentHelp("The case's id.", valueName: "case"))
    var caseID: String

    @Option(
        help: ArgumentHelp(
            "Print only the document, or the part at this JSON pointer, as YAML.",
            discussion: "The whole document is at \"\". What comes out can be changed and sent with --file.",
            valueName: "pointer"))
    var at: String?

    @OptionGroup var acting: ActingOptions
    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if let at, JSONPointer(at) == nil { throw ValidationError("--at \(at): a JSON pointer begins with a slash.") }
    }

    func run() async throws {
        try await daemon.perform({ $0.showCase(caseID) }) { session in
            var parameters = acting.parameters
            parameters["case"] = .string(caseID)
            let reply = try await session.call("Workflow.GetCase", parameters)
            let document = JSON.object(try reply.object("document"))
            if let pointer = at.flatMap({ JSONPointer($0) }) {
                guard let part = document[pointer] else {
                    throw Failure(.noInput, session.messages.nothingAt(pointer.description))
                }
                if session.wantsJSON { return session.console.print("\(part)") }
                return YAMLText.lines(part).forEach { session.console.print($0) }
            }
            if session.wantsJSON { return session.printJSON(reply) }
            try await printCase(reply, document, session)
        }
    }

    private func printCase(_ reply: JSONObject, _ document: JSON, _ session: Session) async throws {
        let console = session.console
        let messages = session.messages
        let formats = try await session.formats()
        let found = try reply.object("case")
        func date(_ member: String) throws -> String? { try found.optionalString(member).map(formats.time) }

        console.print(console.styled(try found.string("title").printable(), .bold))
        let overdue = found["overdue"]?.arrayValue?.compactMap(\.stringValue) ?? []
        var sheet = FactSheet()
        sheet.add(messages.caseWord, try found.string("id"))
        sheet.add(messages.workflow, "\(try found.string("workflow")) @\(try found.int("definition"))")
        sheet.add(
            messages.state,
            "\(session.text(found["stateTitle"])) (\(try found.string("state"))), "
                + messages.since(try date("stateSince") ?? ""))
        if !overdue.isEmpty { sheet.add(messages.overdueTitle, overdue.joined(separator: ", "), .red) }
        sheet.add(messages.subject, try found.optionalString("subject"))
        sheet.add(messages.unit, try found.optionalString("unit"))
        sheet.add(messages.period, try found.optionalString("period").map(formats.date))
        sheet.add(messages.parent, try found.optionalString("parent"))
        sheet.add(messages.version, formats.number(try found.int("version")))
        sheet.add(messages.openedAt, try date("openedAt"))
        sheet.add(messages.updated, try date("updatedAt"))
        sheet.add(messages.closedAt, try date("closedAt"))
        sheet.add(messages.head, try reply.string("head"))
        sheet.print(on: console)

        let accepts = try reply.array("accepts").compactMap(\.objectValue)
        if !accepts.isEmpty {
            console.print()
            console.print(console.styled(messages.acceptsTitle, .bold))
            var table = Table([
                .init(title: messages.event), .init(title: messages.title, isFlexible: true),
                .init(title: messages.form), .init(title: ""),
            ])
            let rows: [[Table.Cell]] = try accepts.map { accepted in
                let form = try accepted.optionalString("form")
                let isOptional = try accepted.bool("optional")
                let isAllowed = try accepted.bool("allowed")
                return [
                    .init(try accepted.string("event"), isAllowed ? nil : .faint),
                    .init(session.text(accepted["title"]), isAllowed ? nil : .faint),
                    .init(form.map { isOptional ? "\($0) (\(messages.optional))" : $0 } ?? "", .faint),
                    .init(isAllowed ? messages.yours : "", .green),
                ]
            }
            table.print(rows, on: console)
        }
        console.print()
        console.print(console.styled(messages.document, .bold))
        if try reply.optionalBool("partial") ?? false { console.note(messages.withheld) }
        for line in YAMLText.lines(document) { console.print("  " + line.printable()) }
    }
}
