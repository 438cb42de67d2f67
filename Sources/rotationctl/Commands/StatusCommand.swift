import ArgumentParser
import JSONCore

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how the daemon is: plugins, cases, messages, what needs a person.",
        discussion: """
            Exits with 0 when all is well, 1 when something needs a person, which is said last with what to do, and 69 when \
            the daemon cannot be reached. What can be wrong around the daemon: rotationctl doctor.
            """)

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.readStatus }) { session in
            let status = try await session.call("Manager.GetStatus")
            if session.wantsJSON { session.printJSON(status) } else { try await print(status, session) }
            if try !status.array("needsAttention").isEmpty { throw ExitCode(ExitStatus.attention.rawValue) }
        }
    }

    /// The last month that a roster has opened, and when it opens the next.
    private func progress(of roster: JSONObject, _ session: Session, _ formats: Formats) throws -> String {
        let messages = session.messages
        guard try roster.optionalString("start") != nil else { return messages.rosterIsOff }
        var parts: [String] = []
        if let period = try roster.optionalString("period") {
            parts.append(
                messages.rosterOpened(
                    formats.date(period), formats.number(try roster.int("opened")), late: try roster.bool("late")))
        }
        if let next = try roster.optionalString("nextAt") { parts.append(messages.rosterNext(formats.time(next))) }
        return parts.isEmpty ? messages.never : parts.joined(separator: "; ")
    }

    private func print(_ status: JSONObject, _ session: Session) async throws {
        let console = session.console
        let messages = session.messages
        let formats = try await session.formats()
        func number(_ member: String) throws -> String { formats.number(try status.int(member)) }
        func time(_ member: String) throws -> String {
            try status.optionalString(member).map(formats.time) ?? messages.never
        }

        var sheet = FactSheet()
        sheet.add(
            messages.service, "rotationd \(try status.string("version")), \(messages.since) \(try time("startedAt"))")
        let clock = try status.string("clock")
        sheet.add(
            messages.clock, "\(try time("now")) (\(messages.clockKind(clock)))", clock == "rehearsal" ? .yellow : nil)
        sheet.add(
            messages.cases,
            messages.caseCounts(try number("cases"), try number("openCases"), try number("overdueCases")))
        sheet.add(messages.events, try number("events"))
        let oldest = try status.optionalString("oldestWaitingAt").map { ", " + messages.waits(since: formats.time($0)) }
        sheet.add(
            messages.messagesTitle,
            messages.messageCounts(
                try number("messagesWaiting"), try number("messagesParked"),
                try status.int("messagesDoubtful") > 0 ? try number("messagesDoubtful") : nil) + (oldest ?? ""))
        let free = try status.optionalInt("storageFreeBytes").map { ", " + messages.freeSpace(formats.bytes($0)) }
        sheet.add(messages.store, formats.bytes(try status.int("storageBytes")) + (free ?? ""))
        sheet.add(messages.lastCommit, try time("lastCommitAt"))
        sheet.add(messages.lastBackup, try time("lastBackupAt"))
        let problems = try status.optionalInt("lastVerifyProblems").map {
            ", " + messages.problemCount(formats.number($0))
        }
        sheet.add(messages.lastVerify, try time("lastVerifyAt") + (problems ?? ""))
        for roster in try status.array("rosters").compactMap(\.objectValue) {
            sheet.add(
                messages.roster, try roster.string("name") + ": " + (try progress(of: roster, session, formats)))
        }
        sheet.add(messages.connections, try number("connections"))
        sheet.print(on: console)

        console.print()
        try PluginTable.print(try status.array("plugins").compactMap(\.objectValue), session, formats)

        let states = try status.array("states").compactMap(\.objectValue)
        if !states.isEmpty {
            console.print()
            var table = Table([
                .init(title: messages.workflow), .init(title: messages.state, isFlexible: true),
                .init(title: messages.count, isNumber: true), .init(title: messages.overdueTitle, isNumber: true),
            ])
            let rows: [[Table.Cell]] = try states.map { state in
                let overdue = try state.int("overdue")
                return [
                    .init(try state.string("workflow")), .init(session.text(state["title"])),
                    .init(formats.number(try state.int("count"))),
                    .init(formats.number(overdue), overdue > 0 ? .red : nil),
                ]
            }
            table.print(rows, on: console)
        }

        console.print()
        let needs = try status.array("needsAttention")
        if needs.isEmpty { return console.print(console.styled(messages.allIsWell, .green)) }
        console.print(console.styled(messages.needsAttention, .yellow))
        for need in needs {
            console.print("  " + session.text(need["message"]).printable())
            console.print("    → " + session.text(need["action"]).printable())
        }
    }
}
