import ArgumentParser
import JSONCore
import Workflow

struct WorkflowCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check definitions and their forms; no daemon is needed.",
        discussion: """
            Prints every problem as file:line:column: reason, and exits with 65 when there is one. With --daemon the \
            daemon checks as well, who knows the running cases and its other workflows.

            EXAMPLES
              rotationctl workflow check config/workflows/*.yaml
              rotationctl workflow check --daemon /etc/rotationd/workflows/monthly-assessment.yaml
            """)

    @Argument(help: "Definitions' files; - for standard input.", completion: .file(extensions: ["yaml", "yml"]))
    var files: [String]

    @Option(
        help: ArgumentHelp(
            "The folder of the forms.", discussion: "Default: ../forms beside a file's folder, or forms in it.",
            valueName: "folder"),
        completion: .directory)
    var forms: String?

    @Flag(name: .customLong("daemon"), help: "Let the daemon check them too.")
    var asksDaemon = false

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.checkWorkflows }) { session in
            var isGood = true
            for file in files {
                let problems = try await check(file, session)
                isGood = isGood && problems.isEmpty
                for problem in problems {
                    if session.wantsJSON {
                        session.printJSON(problem)
                        continue
                    }
                    let place = "\(try problem.string("file")):\(try problem.int("line")):\(try problem.int("column"))"
                    session.console.print("\(place): \(try problem.string("message"))".printable())
                }
            }
            if !isGood { throw ExitCode(ExitStatus.data.rawValue) }
        }
    }

    private func check(_ path: String, _ session: Session) async throws -> [JSONObject] {
        let file = try InputFile(path, session.messages)
        let forms = try DefinitionSource.formTexts(besides: path, forms, session.messages)
        var problems: [JSONObject] = []
        do throws(DefinitionProblems) {
            let definition = try DefinitionLoader.load(file.text, file: file.name, forms: forms)
            if !session.wantsJSON, !asksDaemon {
                session.console.note(
                    session.messages.isGood(file.name, definition.version, definition.states.count), .green)
            }
        } catch {
            problems = error.problems.map { problem in
                [
                    "file": .string(problem.file), "line": .int(problem.line), "column": .int(problem.column),
                    "message": .string(problem.message),
                ]
            }
        }
        guard asksDaemon, problems.isEmpty else { return problems }
        var parameters: JSONObject = ["source": .string(file.text), "file": .string(file.name)]
        parameters["forms"] = .object(JSONObject(uniqueKeysWithValues: forms.map { ($0.key, .string($0.value)) }))
        return try await session.call("Workflow.CheckWorkflow", parameters).array("problems").compactMap(\.objectValue)
    }
}
