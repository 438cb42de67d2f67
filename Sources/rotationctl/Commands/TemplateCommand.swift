import ArgumentParser
import JSONCore
import Workflow

/// `rotationctl template`
struct TemplateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "The texts of messages to people: check them, see what they say.",
        discussion: """
            A template is a Mustache file TOPIC.subject.mustache, TOPIC.text.mustache or TOPIC.html.mustache in the folders \
            vi and en of the configured "templates"; "default" is for topics without their own, "digest" for several \
            messages in one. After a change: template check, then reload.

            EXAMPLES
              rotationctl template check
              rotationctl template preview --case 060vehcpg246cpqr --topic returned --language vi
            """,
        subcommands: [TemplateCheck.self, TemplatePreview.self])
}

struct TemplateCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say what is wrong with the templates, without taking them over.",
        discussion: "Exit status: 65 when something is.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.checkTemplates }) { session in
            let reply = try await session.call("Manager.CheckTemplates")
            let problems = try reply.strings("problems")
            if session.wantsJSON {
                session.printJSON(reply)
            } else if problems.isEmpty {
                session.console.print(session.messages.templatesAreSound)
            }
            if !session.wantsJSON { for problem in problems { session.console.note(problem, .red) } }
            if !problems.isEmpty { throw ExitCode(ExitStatus.data.rawValue) }
        }
    }
}

struct TemplatePreview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Show what a message about a case would say now.")

    @Option(name: .customLong("case"), help: ArgumentHelp("The case.", valueName: "case"))
    var caseID: String

    @Option(help: "The topic, as the workflow names it.")
    var topic: String

    @Option(help: "An official to whom it is addressed; without, the one whom the case is about.")
    var recipient: String?

    @Flag(help: "The HTML instead of the text.")
    var html = false

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.previewTemplate(topic) }) { session in
            let parameters: JSONObject = [
                "case": .string(caseID), "topic": .string(topic), "language": .string(session.language.rawValue),
                "recipient": recipient.map(JSON.string) ?? .null,
            ]
            let reply = try await session.call("Manager.PreviewMessage", parameters.withoutNulls)
            if session.wantsJSON { return session.printJSON(reply) }
            if !html {
                session.console.print(session.console.styled(try reply.string("subject").printable(), .bold))
                session.console.print()
            }
            for line in try reply.string(html ? "html" : "text").split(
                separator: "\n", omittingEmptySubsequences: false)
            {
                session.console.print(String(line).printable())
            }
        }
    }
}
