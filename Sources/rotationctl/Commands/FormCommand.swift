import ArgumentParser
import JSONCore
import Workflow

/// `rotationctl form`
struct FormCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "form", abstract: "Blank forms, and checks of filled-in ones.",
        subcommands: [FormShow.self, FormCheck.self])
}

struct FormShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the blank form of an event as YAML, with titles and hints.",
        discussion: """
            The form of a new case is that of the event "open". Instead of the name of a workflow that the daemon knows, \
            WORKFLOW may be a definition's file; then no daemon is needed.

            EXAMPLES
              rotationctl form show rotation-onboarding submit > program.yaml
              rotationctl form show config/workflows/monthly-assessment.yaml self_assess --language vi
            """)

    @Argument(help: "The workflow's name, or its file.", completion: .workflows)
    var workflow: String

    @Argument(help: "The event's name; open for a new case.")
    var event: String

    @OptionGroup var source: DefinitionOptions
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.showForm(workflow, event) }) { session in
            let messages = session.messages
            let definition = try await source.load(workflow, session)
            guard let found = definition.allEvents.first(where: { $0.name == event }) else {
                var names: [String] = []
                for name in definition.allEvents.map(\.name) where !names.contains(name) { names.append(name) }
                throw Failure(
                    .noInput, messages.noSuchEvent(event, workflow: definition.name), hint: messages.events(names))
            }
            guard let name = found.form, let schema = definition.forms[name] else {
                throw Failure(.noInput, messages.eventHasNoForm(event))
            }
            if session.wantsJSON { return session.console.print("\(schema.source)") }
            let language = session.language
            let blank = FormTemplate.yaml(
                for: schema, language: language, heading: "\(definition.title[language]): \(found.title[language])")
            session.console.print(blank.hasSuffix("\n") ? String(blank.dropLast()) : blank)
        }
    }
}

struct FormCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check a filled-in form against a JSON Schema; no daemon is needed.",
        discussion: """
            Prints every place at fault as file:line:column: /pointer: reason, and exits with 65 when there is one. What \
            is left blank (null) counts as left out, as it does when a form is sent.
            """)

    @Argument(help: "The JSON Schema's file.", completion: .file(extensions: ["json"]))
    var schema: String

    @Argument(
        help: "The form, YAML or JSON; - for standard input.", completion: .file(extensions: ["yaml", "yml", "json"]))
    var data: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await common.perform({ $0.checkForm }) { session in
            let messages = session.messages
            let schema = try SchemaFile.schema(InputFile(schema, messages).text, file: schema, messages)
            let form = try FormFile(InputFile(data, messages))
            let violations = schema.validate(form.value)
            for violation in violations {
                let text = violation.message(session.language, titles: schema)
                guard session.wantsJSON else {
                    session.console.print((form.prefix(violation.pointer) + text).printable())
                    continue
                }
                var json: JSONObject = [
                    "file": .string(form.name), "pointer": .string(violation.pointer.description),
                    "keyword": .string(violation.keyword), "message": .string(text),
                ]
                if let place = form.position(of: violation.pointer) {
                    json["line"] = .int(place.line)
                    json["column"] = .int(place.column)
                }
                session.printJSON(json)
            }
            if !violations.isEmpty { throw ExitCode(ExitStatus.data.rawValue) }
            if !session.wantsJSON { session.console.note(messages.formIsValid, .green) }
        }
    }
}
