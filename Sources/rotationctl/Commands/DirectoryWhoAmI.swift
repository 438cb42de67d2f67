import ArgumentParser
import JSONCore

struct DirectoryWhoAmI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami", abstract: "Show who you are for the daemon: official, roles, delegations.")

    @OptionGroup var gateway: PersonOption
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.whoAmI }) { session in
            let reply = try await session.call("Directory.WhoAmI", gateway.parameters)
            if session.wantsJSON { return session.printJSON(reply) }
            let messages = session.messages
            let formats = Formats(language: session.language)
            var sheet = FactSheet()
            sheet.add(messages.login, try reply.string("login"))
            if let official = try reply.optionalObject("official") {
                sheet.add(messages.official, "\(try official.string("fullName")) (\(try official.string("id")))")
            } else {
                sheet.add(messages.official, messages.notInDirectory, .yellow)
            }
            sheet.add(messages.roles, try reply.strings("roles").joined(separator: ", "))
            for delegation in try reply.array("delegations").compactMap(\.objectValue) {
                let role = try delegation.optionalString("role").map { " (\($0))" } ?? ""
                let from = formats.date(try delegation.string("from"))
                let to = formats.date(try delegation.string("to"))
                let awaited =
                    delegation["acceptance"]?.stringValue == "awaited"
                    ? " (\(messages.awaitsAcceptance): \(try delegation.string("id")))" : ""
                sheet.add(
                    messages.delegations, "\(try delegation.string("official"))\(role), \(from) – \(to)\(awaited)")
            }
            sheet.add(messages.gateway, try reply.bool("gateway") ? messages.yes : messages.no)
            sheet.add(messages.administrator, try reply.bool("administrator") ? messages.yes : messages.no)
            sheet.print(on: session.console)
        }
    }
}
