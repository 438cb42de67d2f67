import ArgumentParser
import JSONCore
import Workflow

struct WorkflowShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a workflow: its states, and the events that each accepts.",
        discussion: "WORKFLOW is a name that the daemon knows, or a definition's file.")

    @Argument(help: "The workflow's name, or its file.", completion: .workflows)
    var workflow: String

    @Flag(help: "Print the definition's text as its file says it.")
    var source = false

    @OptionGroup var definition: DefinitionOptions
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.showWorkflow(workflow) }) { session in
            if session.wantsJSON, !DefinitionSource.isFile(workflow) {
                var parameters: JSONObject = ["name": .string(workflow)]
                parameters["version"] = definition.version.map(JSON.int)
                return session.printJSON(try await session.call("Workflow.GetWorkflow", parameters))
            }
            let found = try await definition.load(workflow, session)
            if source {
                let text = found.source
                return session.console.print(text.hasSuffix("\n") ? String(text.dropLast()) : text)
            }
            if session.wantsJSON { return session.printJSON(Self.json(found)) }
            print(found, session)
        }
    }

    /// As the daemon would answer for it.
    private static func json(_ definition: Definition) -> JSONObject {
        [
            "name": .string(definition.name), "version": .int(definition.version), "title": definition.title.json,
            "source": .string(definition.source),
            "forms": .object(
                JSONObject(
                    uniqueKeysWithValues: definition.formSources.sorted { $0.key < $1.key }
                        .map { ($0.key, .string($0.value)) })),
            "digest": .string(definition.digest),
        ]
    }

    private func print(_ definition: Definition, _ session: Session) {
        let console = session.console
        let messages = session.messages
        let language = session.language
        console.print(console.styled(definition.title[language], .bold))
        if let description = definition.description { console.print(description[language].printable()) }
        var sheet = FactSheet()
        sheet.add(messages.name, "\(definition.name) @\(definition.version)")
        sheet.add(messages.digest, definition.digest)
        sheet.print(on: console)

        func section(_ title: String, _ note: String?, _ events: [EventDefinition]) {
            console.print()
            console.print(console.styled(title, .bold) + (note.map { console.styled(" (\($0))", .faint) } ?? ""))
            var table = Table([
                .init(title: messages.event), .init(title: messages.title, isFlexible: true),
                .init(title: messages.sender, isFlexible: true), .init(title: messages.form),
                .init(title: messages.leadsTo),
            ])
            let rows = events.map { event -> [Table.Cell] in
                let form = event.form.map { event.formIsOptional ? "\($0) (\(messages.optional))" : $0 }
                return [
                    .init(event.name, .cyan), .init(event.title[language]),
                    .init(event.by.map { definition.roles[$0]?.title[language] ?? $0 }.joined(separator: ", ")),
                    .init(form ?? ""), .init(event.to ?? "", .green),
                ]
            }
            table.print(rows, on: console)
        }
        section(messages.opening, nil, [definition.open])
        for state in definition.states.values {
            let kind = state.isFinal ? messages.final : state.isAutomatic ? messages.automatic : nil
            section(
                "\(state.name): \(state.title[language])",
                kind.map { state.isAutomatic ? "\($0) → \(state.automatic.map(\.to).joined(separator: ", "))" : $0 },
                Array(state.events.values))
        }
        if !definition.anywhere.isEmpty { section(messages.anywhere, nil, Array(definition.anywhere.values)) }
    }
}
