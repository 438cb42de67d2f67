import ArgumentParser
import JSONCore

/// `rotationctl outbox`
struct OutboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "Messages to people: what waits, and what could not be delivered.",
        discussion: """
            A message is kept with the step that causes it and tried until its channel takes it. One that a channel \
            refuses, or that could not be delivered for a week, is parked: mend the reason, then have it tried again.

            EXAMPLES
              rotationctl outbox list
              rotationctl outbox list --state waiting
              rotationctl outbox retry 060vehcpg246cpqr-3-0
              rotationctl outbox retry --all
            """,
        subcommands: [OutboxList.self, OutboxRetry.self], defaultSubcommand: OutboxList.self)
}

struct OutboxList: AsyncParsableCommand {
    enum State: String, ExpressibleByArgument, CaseIterable {
        case waiting, delivered, parked
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
                    .init(title: messages.recipient), .init(title: messages.attempts, isNumber: true),
                    .init(title: messages.title, isFlexible: true), .init(title: messages.reason, isFlexible: true),
                ], none: messages.noMessages(state.rawValue)
            ) { message in
                [
                    .init(formats?.time(try message.string("createdAt")) ?? ""),
                    .init(try message.string("id"), .cyan), .init(try message.string("topic")),
                    .init(try message.string("recipient")),
                    .init(formats?.number(try message.int("attempts")) ?? ""), .init(try message.string("title")),
                    .init(try message.optionalString("reason") ?? "", .yellow),
                ]
            }
        }
    }
}

struct OutboxRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Have parked messages delivered again.",
        discussion: "Exit status: 65 when a message is not there or not parked; the others are tried.")

    @Argument(help: "Ids, as \"outbox list\" shows them.")
    var ids: [String] = []

    @Flag(help: "All that are parked.")
    var all = false

    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if all == !ids.isEmpty { throw ValidationError("Give ids, or --all.") }
    }

    func run() async throws {
        try await daemon.perform({ $0.retryMessages }) { session in
            var wanted = ids
            if all {
                try await session.pages("Manager.ListMessages", ["state": "parked"], member: "messages", limit: nil) {
                    wanted += try $0.map { try $0.string("id") }
                }
            }
            var retried: [String] = []
            for start in stride(from: 0, to: wanted.count, by: 1000) {
                let part = wanted[start..<min(start + 1000, wanted.count)]
                retried += try await session.call("Manager.RetryMessages", ["ids": .array(part.map(JSON.string))])
                    .strings("retried")
            }
            let left = Set(wanted).subtracting(retried).sorted()
            if session.wantsJSON {
                session.printJSON(["retried": .array(retried.map(JSON.string))])
            } else {
                session.console.print(session.messages.messagesRetried(retried.count))
                for id in left { session.console.note(session.messages.notParked(id), .red) }
            }
            if !all, !left.isEmpty { throw ExitCode(ExitStatus.data.rawValue) }
        }
    }
}
