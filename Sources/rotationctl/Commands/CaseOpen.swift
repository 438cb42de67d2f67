import ArgumentParser
import JSONCore
import Workflow

struct CaseOpen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open", abstract: "Open a case of a workflow.",
        discussion: """
            Without --file and --set, on a terminal, the form opens in your editor.

            EXAMPLES
              rotationctl form show rotation-onboarding open > rotation.yaml
              rotationctl case open rotation-onboarding --file rotation.yaml
              rotationctl case open monthly-assessment --set official=cb-11 --set period=2022-07
            """)

    @Argument(help: "The workflow's name.", completion: .workflows)
    var workflow: String

    @OptionGroup(title: "Form") var form: FormOptions

    @Option(help: .idempotencyKey)
    var key: String?

    @OptionGroup var acting: ActingOptions
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.openCase(workflow) }) { session in
            let reply = try await FormSender(session: session, options: form).run {
                let definition = try await DefinitionSource.load(workflow, forms: nil, session)
                return FormSender.Blank(
                    event: "open",
                    heading: "\(definition.title[session.language]): \(definition.open.title[session.language])",
                    schema: definition.open.form.flatMap { definition.forms[$0] },
                    isOptional: definition.open.formIsOptional)
            } send: { fields in
                var parameters = acting.parameters
                parameters["workflow"] = .string(workflow)
                parameters["form"] = .object(fields ?? [:])
                parameters["key"] = .string(key ?? IdempotencyKey.make())
                return try await session.call("Workflow.OpenCase", parameters)
            }
            if session.wantsJSON { return session.printJSON(reply) }
            session.console.print(session.messages.opened(try reply.string("case"), try reply.string("state")))
        }
    }
}
