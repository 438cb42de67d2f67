import ArgumentParser
import JSONCore

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Go through every event of every case and find what was altered.",
        discussion: """
            Checks the chain of hashes, and that the events make the document. Exits with 65 when something is wrong.
            """)

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.verifyStore }) { session in
            let messages = session.messages
            let console = session.console
            let formats = Formats(language: session.language)
            var findings = 0
            var last: JSONObject = [:]
            try await session.stream("Manager.Verify") { reply in
                last = reply
                for finding in try reply.array("findings").compactMap(\.objectValue) {
                    findings += 1
                    if session.wantsJSON {
                        session.printJSON(finding)
                    } else {
                        let place = try finding.optionalString("case").map { "\($0): " } ?? ""
                        console.clearProgress()
                        console.print((place + (try finding.string("message"))).printable())
                    }
                }
                console.flush()
                let (events, total) = (try reply.int("events"), try reply.int("total"))
                console.progress(
                    messages.verifyProgress(
                        formats.number(events), formats.number(total), total > 0 ? min(100, events * 100 / total) : 100)
                )
            }
            console.clearProgress()
            let (cases, events) = (try last.int("cases"), try last.int("events"))
            if session.wantsJSON {
                session.printJSON(["cases": .int(cases), "events": .int(events), "problems": .int(findings)])
            } else if findings == 0 {
                console.print(messages.verified(formats.number(cases), formats.number(events)))
            } else {
                console.print(
                    messages.verifyFailed(formats.number(cases), formats.number(events), formats.number(findings)))
            }
            if findings > 0 { throw ExitCode(ExitStatus.data.rawValue) }
        }
    }
}
