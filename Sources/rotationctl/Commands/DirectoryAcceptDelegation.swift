import ArgumentParser
import JSONCore

struct DirectoryAcceptDelegation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept-delegation",
        abstract: "Accept to act for an absent official; until then the delegation gives no right.",
        discussion: """
            `rotationctl directory whoami` lists the delegations to you and those that await your acceptance.
            """)

    @Argument(help: "The delegation.")
    var id: String

    @OptionGroup var gateway: PersonOption
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.acceptDelegation }) { session in
            var parameters = gateway.parameters
            parameters["id"] = .string(id)
            let reply = try await session.call("Directory.AcceptDelegation", parameters)
            if session.wantsJSON { return session.printJSON(reply) }
            let delegation = try reply.object("delegation")
            let formats = Formats(language: session.language)
            session.console.note(
                session.messages.delegationAccepted(
                    try delegation.string("official"), formats.date(try delegation.string("from")),
                    formats.date(try delegation.string("to"))), .green)
        }
    }
}
