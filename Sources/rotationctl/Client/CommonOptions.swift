import ArgumentParser
import JSONCore
import Workflow

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Print JSON, one object a line.")
    var json = false

    @Option(help: ArgumentHelp("The language of texts: vi or en.", valueName: "vi|en"))
    var language: Language?

    /// Runs a command's work; what goes wrong is told on standard error and becomes the exit status.
    /// - Parameter operation: What is being done, and to what.
    func perform(
        _ operation: (Messages) -> String, socket: String? = nil, _ body: (Session) async throws -> Void
    ) async throws {
        let session = Session(language: language ?? .ofEnvironment, wantsJSON: json, socket: socket)
        do {
            try await body(session)
            await session.close()
        } catch let code as ExitCode {
            session.console.flush()
            throw code
        } catch {
            let failure = session.failure(error)
            let operation = operation(session.messages)
            if json {
                session.console.note("\(JSON.object(failure.json(operation: operation)))")
            } else {
                let lines = failure.lines(operation: operation)
                for (index, line) in lines.enumerated() { session.console.note(line, index == 0 ? .red : nil) }
            }
            throw ExitCode(failure.status.rawValue)
        }
    }
}
