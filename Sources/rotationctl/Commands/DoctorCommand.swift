import ArgumentParser
import Foundation
import JSONCore
import Workflow

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check an installation, and say what to do about each finding.",
        discussion: """
            Looks at accounts, units, the socket and who may connect, the daemon's answer, versions, the configuration, \
            credentials, the last backup, disk and memory, the clock, stale sockets and the journal. Nothing is changed. \
            What only root can see is said to be not checked. Exits with 0 when nothing is bad and with 1 when something \
            is; warnings do not count.
            """)

    @Option(
        help: ArgumentHelp(
            "Look at the files of a system whose tree is in this folder instead of this machine's.",
            valueName: "folder"), completion: .directory)
    var root: String?

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.checkInstallation }) { session in
            let messages = session.messages
            let answer = root == nil ? await Self.ask(session) : .notAsked
            let formats: Formats
            if case .answers = answer {
                formats = try await session.formats()
            } else {
                formats = Formats(language: session.language)
            }
            let installation = Installation(
                machine: Machine(root: root ?? ""),
                socket: root == nil ? session.socket : daemon.socket ?? "/run/rotationd/org.rotationd",
                daemon: answer, messages: messages, formats: formats,
                now: Timestamp(milliseconds: Int(Date().timeIntervalSince1970 * 1000)))
            var counts: [Finding.Verdict: Int] = [:]
            let width = Installation.checks.map(\.name.displayWidth).max() ?? 0
            for check in Installation.checks {
                for finding in await check.findings(installation) {
                    counts[finding.verdict, default: 0] += 1
                    if session.wantsJSON {
                        session.printJSON(finding.json(check: check.name))
                    } else {
                        tell(finding, check.name.padded(to: width), session)
                    }
                }
                session.console.flush()
            }
            func count(_ verdict: Finding.Verdict) -> Int { counts[verdict] ?? 0 }
            if !session.wantsJSON {
                session.console.print()
                session.console.print(
                    messages.diagnosis(count(.good), count(.warning), count(.bad), count(.unchecked)))
            }
            if count(.bad) > 0 { throw ExitCode(ExitStatus.attention.rawValue) }
        }
    }

    private static func ask(_ session: Session) async -> Installation.Daemon {
        do {
            return .answers(try await session.call("Manager.GetStatus"))
        } catch {
            let failure = session.failure(error)
            if failure.status == .notAllowed { return .refuses(failure.reason) }
            return .unreachable(failure.reason, hint: failure.hint)
        }
    }

    private func tell(_ finding: Finding, _ check: String, _ session: Session) {
        let messages = session.messages
        let style: Style? =
            switch finding.verdict {
            case .good: .green
            case .warning: .yellow
            case .bad: .red
            case .unchecked: .faint
            }
        let width = Finding.Verdict.allCases.map { messages.verdict($0).displayWidth }.max() ?? 0
        let mark = session.console.styled(messages.verdict(finding.verdict).padded(to: width), style)
        session.console.print("\(mark)  \(check)  \(finding.message.printable())")
        if let action = finding.action {
            let indent = String(repeating: " ", count: width + check.displayWidth + 4)
            session.console.print("\(indent)→ \(action.printable())")
        }
    }
}
