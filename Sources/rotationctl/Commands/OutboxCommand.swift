import ArgumentParser
import JSONCore

/// `rotationctl outbox`
struct OutboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "Messages to people: what waits, and what could not be delivered.",
        discussion: """
            A message is kept with the step that causes it, addressed to people, and for each of them tried until the \
            channel takes it. One that a channel refuses, or that could not be delivered for as long as give_up_hours \
            says, is parked: mend the reason, then have it tried again, or give it up.

            EXAMPLES
              rotationctl outbox list
              rotationctl outbox list --state waiting
              rotationctl outbox show 060vehcpg246cpqr-3-1-cb-11-email
              rotationctl outbox retry 060vehcpg246cpqr-3-1-cb-11-email
              rotationctl outbox retry --all
              rotationctl outbox drop 060vehcpg246cpqr-3-1-cb-11-email
            """,
        subcommands: [OutboxList.self, OutboxShow.self, OutboxRetry.self, OutboxDrop.self],
        defaultSubcommand: OutboxList.self)
}

struct OutboxList: AsyncParsableCommand {
    enum State: String, ExpressibleByArgument, CaseIterable {
        case waiting, delivered, parked, dropped
    }

    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List messages, oldest first: those that are parked, or those in another state.")

    @Option(help: "The messages' state.")
    var state = State.parked

    @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
    var limit: Int?

    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more.") }
    }

    func run() async throws {
        try await daemon.perform({ $0.listMessages }) { session in
            let messages = session.messages
            let formats = session.wantsJSON ? nil : try await session.formats()
            try await session.list(
                "Manager.ListMessages", ["state": .string(state.rawValue)], member: "messages", limit: limit,
                columns: [
                    .init(title: messages.madeAt), .init(title: messages.messageID), .init(title: messages.topic),
                    .init(title: messages.recipient), .init(title: messages.channel),
                    .init(title: messages.attempts, isNumber: true),
                    .init(title: messages.title, isFlexible: true), .init(title: messages.reason, isFlexible: true),
                ], none: messages.noMessages(state.rawValue)
            ) { message in
                [
                    .init(formats?.time(try message.string("createdAt")) ?? ""),
                    .init(try message.string("id"), .cyan), .init(try message.string("topic")),
                    .init(try message.string("recipient")), .init(try message.optionalString("channel") ?? ""),
                    .init(formats?.number(try message.int("attempts")) ?? ""), .init(try message.string("title")),
                    .init(try message.optionalString("reason") ?? "", .yellow),
                ]
            }
        }
    }
}

struct OutboxShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one message: for whom, over which channel, why it waits, and what it says."
    )

    @Argument(help: "An id, as \"outbox list\" shows it.")
    var id: String

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.showMessage(id) }) { session in
            let reply = try await session.call("Manager.GetMessage", ["id": .string(id)])
            if session.wantsJSON { return session.printJSON(reply) }
            let (console, messages, formats) = (session.console, session.messages, try await session.formats())
            let message = try reply.object("message")
            func time(_ member: String) throws -> String? { try message.optionalString(member).map(formats.time) }
            var sheet = FactSheet()
            sheet.add(messages.messageID, try message.string("id"))
            sheet.add(messages.state, messages.messageState(try message.string("state")))
            sheet.add(messages.caseWord, "\(try message.string("case")): \(try message.string("title"))")
            sheet.add(messages.topic, try message.string("topic"))
            sheet.add(messages.recipient, try message.string("recipient"))
            sheet.add(messages.standsInFor, try message.optionalString("onBehalfOf"))
            sheet.add(messages.channel, try message.optionalString("channel"))
            sheet.add(messages.address, try reply.optionalString("address"))
            sheet.add(messages.madeAt, try time("createdAt"))
            sheet.add(messages.sentFrom, try time("due"))
            sheet.add(messages.attempts, formats.number(try message.int("attempts")))
            sheet.add(messages.triedAgain, try time("notBefore"))
            sheet.add(messages.settledAt, try time("settledAt"))
            sheet.add(messages.reason, try message.optionalString("reason"), .yellow)
            let doubtful = try message.int("doubtful")
            if doubtful > 0 { sheet.add(messages.timesDoubtful, formats.number(doubtful), .yellow) }
            sheet.print(on: console)
            if let subject = try reply.optionalString("subject") {
                console.print()
                console.print(console.styled(subject.printable(), .bold))
                for line in try reply.string("text").split(separator: "\n", omittingEmptySubsequences: false) {
                    console.print(String(line).printable())
                }
            }
        }
    }
}

struct OutboxRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Have parked messages delivered again.",
        discussion: "Exit status: 65 when a message is not there or not parked; the others are tried.")

    @OptionGroup var chosen: ChosenMessages
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.retryMessages }) { session in
            let messages = session.messages
            try await chosen.settle(
                session, "Manager.RetryMessages", "retried", messages.messagesRetried, messages.notParked)
        }
    }
}

struct OutboxDrop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Give messages up that are parked or wait: they are not sent.",
        discussion: """
            The messages stay to be looked up (outbox list --state dropped), and the journal says who gave them up. With \
            --all those that are parked. Exit status: 65 when a message is not there or was delivered.
            """)

    @OptionGroup var chosen: ChosenMessages
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.dropMessages }) { session in
            let messages = session.messages
            try await chosen.settle(
                session, "Manager.DropMessages", "dropped", messages.messagesDropped, messages.notUndelivered)
        }
    }
}

/// Ids, or all that are parked.
struct ChosenMessages: ParsableArguments {
    @Argument(help: "Ids, as \"outbox list\" shows them.")
    var ids: [String] = []

    @Flag(help: "All that are parked.")
    var all = false

    func validate() throws {
        if all == !ids.isEmpty { throw ValidationError("Give ids, or --all.") }
    }

    /// Calls `method` for them, and says for how many it was done and for which not.
    /// - Parameter member: Names, in the reply, the ids for which it was done.
    func settle(
        _ session: Session, _ method: String, _ member: String, _ done: (Int) -> String, _ left: (String) -> String
    ) async throws {
        var wanted = ids
        if all {
            try await session.pages("Manager.ListMessages", ["state": "parked"], member: "messages", limit: nil) {
                wanted += try $0.map { try $0.string("id") }
            }
        }
        var settled: [String] = []
        for start in stride(from: 0, to: wanted.count, by: 1000) {
            let part = wanted[start..<min(start + 1000, wanted.count)]
            settled += try await session.call(method, ["ids": .array(part.map(JSON.string))]).strings(member)
        }
        let others = Set(wanted).subtracting(settled).sorted()
        if session.wantsJSON {
            session.printJSON([member: .array(settled.map(JSON.string))])
        } else {
            session.console.print(done(settled.count))
            for id in others { session.console.note(left(id), .red) }
        }
        if !all, !others.isEmpty { throw ExitCode(ExitStatus.data.rawValue) }
    }
}
