import ArgumentParser
import JSONCore

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Go through every event of every case and find what was altered.",
        discussion: """
            Checks the chain of hashes, and that the events make the document. Exits with 65 when something is wrong.

            Whoever can write the store can make its hashes anew. So the daemon writes the head of the chain of all events \
            into the journal when a day has ended, its seal; --against-journal holds the store against these. It reads \
            them with journalctl, only entries of rotationd.service, and ends with 66 when there is none. A copy of the \
            journal on another machine is a better witness than the journal beside the store: --journal-directory, \
            --journal-file.
            """)

    @Flag(help: "Hold the store against the seals in this machine's journal too.")
    var againstJournal = false

    @Option(
        help: ArgumentHelp("Hold it against the journal in this folder.", valueName: "folder"), completion: .directory)
    var journalDirectory: String?

    @Option(
        help: ArgumentHelp("Hold it against this journal file; may be given several times.", valueName: "file"),
        completion: .file())
    var journalFile: [String] = []

    @Option(
        help: ArgumentHelp(
            "Leave out older seals, such as those of a store that was replaced; as journalctl takes it.",
            valueName: "date"))
    var since: String?

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.verifyStore }) { session in
            let messages = session.messages
            let console = session.console
            let formats = Formats(language: session.language)
            var findings = 0
            var last: JSONObject = [:]
            var parameters: JSONObject = [:]
            if againstJournal || journalDirectory != nil || !journalFile.isEmpty {
                let seals = JournalSeals(directory: journalDirectory, files: journalFile, since: since)
                parameters["seals"] = .array(try seals.read(messages))
            }
            let passes = parameters.isEmpty ? 1 : 2
            try await session.stream("Manager.Verify", parameters) { reply in
                last = reply
                for finding in try reply.array("findings").compactMap(\.objectValue) {
                    findings += 1
                    if session.wantsJSON {
                        session.printJSON(finding)
                    } else {
                        console.clearProgress()
                        console.print(try text(of: finding, messages, formats).printable())
                    }
                }
                console.flush()
                let events = try reply.int("events") + (reply.optionalInt("sealedEvents") ?? 0)
                let total = try reply.int("total") * passes
                console.progress(
                    messages.verifyProgress(
                        formats.number(events), formats.number(total), total > 0 ? min(100, events * 100 / total) : 100)
                )
            }
            console.clearProgress()
            let (cases, events) = (try last.int("cases"), try last.int("events"))
            let sealsHeld = try last.optionalInt("sealsHeld")
            if let sealsHeld, !session.wantsJSON { console.print(messages.sealsHeld(formats.number(sealsHeld))) }
            if session.wantsJSON {
                var result: JSONObject = [
                    "cases": .int(cases), "events": .int(events), "problems": .int(findings),
                ]
                result["sealsHeld"] = sealsHeld.map(JSON.int)
                session.printJSON(result)
            } else if findings == 0 {
                console.print(messages.verified(formats.number(cases), formats.number(events)))
            } else {
                console.print(
                    messages.verifyFailed(formats.number(cases), formats.number(events), formats.number(findings)))
            }
            if findings > 0 { throw ExitCode(ExitStatus.data.rawValue) }
        }
    }

    private func text(of finding: JSONObject, _ messages: Messages, _ formats: Formats) throws -> String {
        guard let seal = try finding.optionalObject("seal") else {
            let place = try finding.optionalString("case").map { "\($0): " } ?? ""
            return place + (try finding.string("message"))
        }
        let (day, lastDay) = (formats.date(try seal.string("day")), formats.date(try seal.string("lastDay")))
        let sound = try seal.int("sound")
        return messages.sealFinding(
            try seal.string("outcome"), count: try seal.int("count"),
            days: day == lastDay ? day : "\(day)–\(lastDay)", position: formats.number(try seal.int("position")),
            sound: formats.number(sound), next: formats.number(sound + 1), store: try seal.string("store"))
    }
}
