import ArgumentParser
import JSONCore
import Workflow

/// `rotationctl clock`
struct ClockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "The daemon's clock, and the rehearsal clock that is moved by hand.",
        subcommands: [ClockShow.self, ClockAdvance.self])
}

struct ClockShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what time it is for the daemon.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.readClock }) { session in
            let reply = try await session.call("Manager.GetClock")
            if session.wantsJSON { return session.printJSON(reply) }
            let zone = try reply.string("timeZone")
            let formats = Formats(language: session.language, timeZone: zone)
            session.console.print(
                "\(formats.time(try reply.string("now"))) \(zone) (\(session.messages.clockKind(try reply.string("clock"))))"
            )
        }
    }
}

struct ClockAdvance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advance", abstract: "Move the rehearsal clock on; every timer that becomes due is carried out.",
        discussion: """
            Only a daemon that was set up with the rehearsal clock allows it. Times without a zone are the daemon's.

            EXAMPLES
              rotationctl clock advance 2022-08-01
              rotationctl clock advance "01/08/2022 07:30"
            """)

    @Argument(help: "A date (for that day's beginning) or a time.")
    var to: String

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.advanceClock(to) }) { session in
            let formats = try await session.formats()
            guard let time = formats.reading(to) else {
                throw Failure(.usage, session.messages.badTime(to), hint: session.messages.timeForms)
            }
            let reply = try await session.call("Manager.AdvanceClock", ["to": .string(time)], isRepeatable: false)
            if session.wantsJSON { return session.printJSON(reply) }
            session.console.print(
                session.messages.clockAdvanced(
                    formats.time(try reply.string("now")), formats.number(try reply.int("timers"))))
        }
    }
}
