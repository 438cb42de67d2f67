import ArgumentParser
import JSONCore
import Workflow

/// `rotationctl case repair`
struct CaseRepair: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Set right cases that their workflow does not take further.",
        discussion: """
            For administrators of the server, and for the roles that a workflow names as repairers. Every repair needs a \
            reason and is an event of the case's history; none writes a form, a vote or a level. Name cases, or say by \
            options which; one that is refused does not stop the others, and a repair made again changes nothing. With \
            --dry-run nothing is changed, and you see what would be.

            EXAMPLES
              rotationctl case repair reassign decide --case CASE --to cb-14 --reason "Thủ trưởng đi vắng"
              rotationctl case repair extend --workflow monthly-assessment --period 2022-07 --state self_assessment \\
                self_assessment_due 2022-08-10 --reason "Bão"
              rotationctl case repair migrate --workflow monthly-assessment --open --map voting=unit_vote --dry-run \\
                --reason "Mẫu phiếu mới"

            Exit status: 65 when a case was refused.
            """,
        subcommands: [
            RepairReassign.self, RepairExtend.self, RepairMove.self, RepairSkip.self, RepairCancel.self,
            RepairMigrate.self,
        ])
}

/// Which cases, why, and who says so.
struct RepairOptions: ParsableArguments {
    @Option(name: .customLong("case"), help: ArgumentHelp("A case to repair; repeatable.", valueName: "case"))
    var ids: [String] = []

    @OptionGroup(title: "Cases") var cases: CaseFilterOptions

    @Option(help: ArgumentHelp("Why, for the history.", valueName: "text"))
    var reason: String

    @Flag(help: "Change nothing; show what would be changed.")
    var dryRun = false

    @Option(help: .idempotencyKey)
    var key: String?

    @OptionGroup var acting: ActingOptions
    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason must say why.") }
        if ids.isEmpty == cases.filter.isEmpty {
            throw ValidationError("Name cases with --case, or say which with --workflow, --state, --unit …")
        }
    }

    /// Cases that one call takes.
    private static let page = 100

    func run(_ repair: JSONObject) async throws {
        try await daemon.perform({ $0.repairCases }) { session in
            var parameters = acting.parameters
            parameters["repair"] = .object(repair)
            parameters["reason"] = .string(reason)
            parameters["dryRun"] = .bool(dryRun)
            parameters["key"] = .string(key ?? IdempotencyKey.make())
            let printer = RepairPrinter(
                session: session, formats: session.wantsJSON ? nil : try await session.formats(), isTried: dryRun)
            var counts: [String: Int] = [:]
            func call() async throws -> JSONObject {
                let reply = try await session.call("Workflow.RepairCases", parameters)
                for outcome in try reply.array("outcomes").compactMap(\.objectValue) {
                    counts[try outcome.string("status"), default: 0] += 1
                    try printer.print(outcome)
                }
                session.console.flush()
                return reply
            }
            if ids.isEmpty {
                parameters["filter"] = .object(cases.filter)
                parameters["limit"] = .int(Self.page)
                while let cursor = try await call().optionalString("cursor") { parameters["cursor"] = .string(cursor) }
            } else {
                for start in stride(from: 0, to: ids.count, by: Self.page) {
                    parameters["cases"] = .array(ids[start..<min(start + Self.page, ids.count)].map(JSON.string))
                    _ = try await call()
                }
            }
            try printer.summarize(counts)
            if counts["refused"] != nil { throw ExitCode(ExitStatus.data.rawValue) }
        }
    }
}

/// Prints what became of each case.
private struct RepairPrinter {
    let session: Session
    let formats: Formats?
    let isTried: Bool

    func print(_ outcome: JSONObject) throws {
        if session.wantsJSON { return session.printJSON(outcome) }
        let console = session.console
        let messages = session.messages
        let status = try outcome.string("status")
        let style: Style = status == "refused" ? .red : status == "done" ? .green : .faint
        var line = console.styled(try outcome.string("case").printable(), .cyan)
        line += "  " + console.styled(messages.repaired(status, isTried: isTried), style)
        if let title = try outcome.optionalString("title") { line += "  " + title.printable() }
        console.print(line)
        func say(_ text: String) { console.print("    " + text.printable()) }
        if outcome["message"] != nil { say(session.text(outcome["message"])) }
        guard status == "done" else { return }
        if let from = try outcome.optionalString("from"), let to = try outcome.optionalString("to"), from != to {
            say("\(messages.state): \(from) → \(to)")
        }
        for (word, member) in [(messages.taskEnds, "tasksEnded"), (messages.taskBegins, "tasksBegun")] {
            for task in try outcome.array(member).compactMap(\.objectValue) {
                say("\(word): \(try task.string("event")), \(try task.string("assignee"))")
            }
        }
        for deadline in try outcome.array("deadlines").compactMap(\.objectValue) {
            let before = try deadline.optionalString("before").map { formats?.time($0) ?? $0 }
            let after = try deadline.optionalString("after").map { formats?.time($0) ?? $0 }
            say("\(messages.deadline) \(try deadline.string("name")): \(messages.dueChange(before, after))")
        }
        for place in try outcome.strings("misfits") { say(messages.misfit(place)) }
    }

    func summarize(_ counts: [String: Int]) throws {
        guard !session.wantsJSON else { return }
        func count(_ status: String) -> String { formats?.number(counts[status] ?? 0) ?? "" }
        session.console.note(
            session.messages.repairSummary(count("done"), count("unchanged"), count("refused"), isTried: isTried))
    }
}

struct RepairReassign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reassign", abstract: "Give a task to somebody else, until the case leaves its state.",
        discussion: "Who is given a task sees of the case what those see whose task it was. No vote can be given away.")

    @Argument(help: "The event that is waited for, as \"task list\" shows it.")
    var event: String

    @Option(
        help: ArgumentHelp("An official's id, or a role in a unit such as unit_head@xa-que-trung.", valueName: "whom"))
    var to: String

    @OptionGroup var options: RepairOptions

    func run() async throws {
        let assignee = to.contains("@") || to.contains(":") ? to : Principal.official(to).description
        try await options.run(["kind": "reassign", "event": .string(event), "assignee": .string(assignee)])
    }
}

struct RepairExtend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend", abstract: "Let a deadline end later.",
        discussion: "It reminds, passes and escalates anew.")

    @Argument(help: "The deadline's name.")
    var deadline: String

    @Argument(help: ArgumentHelp("Its new last day: 2022-08-10 or 10/08/2022.", valueName: "day"))
    var due: String

    @OptionGroup var options: RepairOptions

    func run() async throws {
        let day = Formats(language: .vi).reading(due).map { String($0.prefix(10)) } ?? due
        try await options.run(["kind": "extend", "deadline": .string(deadline), "due": .string(day)])
    }
}

struct RepairMove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Take a case back to an earlier state; a cancelled one to any.",
        discussion: "What was written stays until it is written anew. Nothing leads out of an end but the workflow.")

    @Argument(help: "The state.")
    var state: String

    @OptionGroup var options: RepairOptions

    func run() async throws { try await options.run(["kind": "move", "state": .string(state)]) }
}

struct RepairSkip: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip", abstract: "Take a case to where an event leads, without it.",
        discussion: "Nothing of the event's form is written. A step that ends the case cannot be skipped.")

    @Argument(help: "The event that is skipped.")
    var event: String

    @OptionGroup var options: RepairOptions

    func run() async throws { try await options.run(["kind": "skip", "event": .string(event)]) }
}

struct RepairCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End cases without a result.",
        discussion: "A cancelled case can be taken up again: rotationctl case repair move.")

    @OptionGroup var options: RepairOptions

    func run() async throws { try await options.run(["kind": "cancel"]) }
}

struct RepairMigrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Let cases follow a newer version of their workflow.",
        discussion: """
            What is due stays due, votes stay, forms stay as they are; --dry-run names those that the newer version would \
            not take. A case in a state that the newer version does not have is refused, unless --map says which takes \
            its place.
            """)

    @Option(name: .customLong("to-version"), help: ArgumentHelp("The version; the newest without.", valueName: "n"))
    var version: Int?

    @Option(
        name: .customLong("map"), help: ArgumentHelp("NEW takes the place of OLD; repeatable.", valueName: "old=new"))
    var states: [String] = []

    @OptionGroup var options: RepairOptions

    func validate() throws {
        if let state = states.first(where: { $0.split(separator: "=").count != 2 }) {
            throw ValidationError("--map \(state): write OLD=NEW.")
        }
    }

    func run() async throws {
        var repair: JSONObject = ["kind": "migrate"]
        repair["version"] = version.map(JSON.int)
        if !states.isEmpty {
            let pairs = states.map { $0.split(separator: "=").map(String.init) }
            repair["states"] = .object(JSONObject(pairs.map { ($0[0], .string($0[1])) }) { $1 })
        }
        try await options.run(repair)
    }
}
