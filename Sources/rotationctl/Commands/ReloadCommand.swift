import ArgumentParser
import JSONCore

struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Let the daemon read workflows, forms, calendars, reports and configuration again.",
        discussion: """
            What does not load is left as it was; the problems are printed, and the exit status is 65. Workflows, forms,
            calendars, templates, language, administrators, gateways, backup_warning_days and outbox are taken over at once. Others need a
            restart; those that have changed are named.
            """)

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.reload }) { session in
            let reply = try await session.call("Manager.Reload")
            let problems = try reply.strings("problems")
            let needRestart = try reply.strings("needRestart")
            if session.wantsJSON {
                session.printJSON(reply)
            } else if problems.isEmpty {
                session.console.print(session.messages.reloaded)
            } else {
                session.console.note(session.messages.reloadProblems(problems.count), .red)
                for problem in problems { session.console.print(problem.printable()) }
            }
            if !session.wantsJSON, !needRestart.isEmpty {
                session.console.note(session.messages.needRestart(needRestart), .yellow)
            }
            if !problems.isEmpty { throw ExitCode(ExitStatus.data.rawValue) }
        }
    }
}
