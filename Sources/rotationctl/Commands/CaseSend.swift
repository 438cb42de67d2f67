import ArgumentParser
import JSONCore
import Workflow

struct CaseSend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send an event to a case.",
        discussion: """
            What the case accepts now: rotationctl case show CASE. Without --file and --set, on a terminal, the event's \
            form opens in your editor, unless it may be left out.

            EXAMPLES
              rotationctl case send CASE submit
              rotationctl case send CASE send_back --set reason="Thiếu lộ trình"
              rotationctl case send CASE save_draft --edit
              rotationctl case show CASE --at /action_program > draft.yaml
              rotationctl case send CASE save_draft --file draft.yaml --edit
            """)

    @Argument(help: ArgumentHelp("The case's id.", valueName: "case"))
    var caseID: String

    @Argument(help: "The event's name.")
    var event: String

    @OptionGroup(title: "Form") var form: FormOptions

    @Flag(help: "Send no form: for events whose form may be left out.")
    var noForm = false

    @Option(help: ArgumentHelp("Why, for the history.", valueName: "text"))
    var reason: String?

    @Option(
        help: ArgumentHelp("Only if the case is still at this version, as case show says it.", valueName: "version"))
    var expectedVersion: Int?

    @Option(help: .idempotencyKey)
    var key: String?

    @OptionGroup var acting: ActingOptions
    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if noForm, !form.isEmpty { throw ValidationError("--no-form cannot be combined with a form.") }
    }

    func run() async throws {
        try await daemon.perform({ $0.sendEvent(event, caseID) }) { session in
            let sender = FormSender(session: session, options: form)
            let reply =
                noForm
                ? try await send(nil, session)
                : try await sender.run {
                    try await blank(session)
                } send: {
                    try await send($0, session)
                }
            if session.wantsJSON { return session.printJSON(reply) }
            let version = try await session.formats().number(try reply.int("version"))
            session.console.print(session.messages.sent(event, caseID, try reply.string("state"), version))
        }
    }

    private func send(_ fields: JSONObject?, _ session: Session) async throws -> JSONObject {
        var parameters = acting.parameters
        parameters["case"] = .string(caseID)
        parameters["event"] = .string(event)
        parameters["form"] = fields.map(JSON.object)
        parameters["key"] = .string(key ?? IdempotencyKey.make())
        parameters["expectedVersion"] = expectedVersion.map(JSON.int)
        parameters["reason"] = reason.map(JSON.string)
        return try await session.call("Workflow.SendEvent", parameters)
    }

    private func blank(_ session: Session) async throws -> FormSender.Blank {
        var parameters = acting.parameters
        parameters["case"] = .string(caseID)
        parameters["withoutDocument"] = true
        let reply = try await session.call("Workflow.GetCase", parameters)
        let found = try reply.object("case")
        let accepted = try reply.array("accepts").compactMap(\.objectValue)
        guard let accepts = accepted.first(where: { $0["event"]?.stringValue == event }) else {
            throw Failure(
                .data, session.messages.notAccepted(event, session.text(found["stateTitle"])),
                hint: accepted.isEmpty
                    ? nil : session.messages.accepted(accepted.compactMap { $0["event"]?.stringValue }))
        }
        let heading = "\(try found.string("title")): \(session.text(accepts["title"]))"
        guard let name = try accepts.optionalString("form") else {
            return FormSender.Blank(event: event, heading: heading, schema: nil, isOptional: true)
        }
        let workflow = try await session.call(
            "Workflow.GetWorkflow",
            ["name": .string(try found.string("workflow")), "version": .int(try found.int("definition"))])
        let text = try workflow.object("forms").string(name)
        return FormSender.Blank(
            event: event, heading: heading, schema: try SchemaFile.schema(text, file: name, session.messages),
            isOptional: try accepts.bool("optional"))
    }
}
