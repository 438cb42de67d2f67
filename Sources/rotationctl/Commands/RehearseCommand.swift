import ArgumentParser
import Foundation
import JSONCore
import Workflow

/// Plays a scenario step by step, so that an administrator sees in minutes what a workflow does in months.
struct RehearseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse", abstract: "Play a scenario of many people and months against a rehearsal daemon.",
        discussion: """
            The daemon must run under the rehearsal clock, and the caller be a gateway, because the scenario speaks for
            many people. Every step must succeed; the first that does not ends the play with its place in the file.
            config/samples/rehearsal.yaml is a scenario and explains its words.
            """)

    @Argument(
        help: ArgumentHelp("The scenario, a YAML file.", valueName: "file"), completion: .file(extensions: ["yaml"]))
    var file: String

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.playing(file) }) { session in
            var play = try Play(file: file, session: session)
            try await play.run()
        }
    }
}

/// A scenario while it is played.
private struct Play {
    private let file: String
    private let session: Session
    private let document: YAMLDocument
    private let steps: [JSON]
    private var cases: [String: String] = [:]
    private var last = ""
    private var titles: [String: [String: String]] = [:]

    init(file: String, session: Session) throws {
        self.file = file
        self.session = session
        document = try Self.read(file, session)
        guard let steps = document.value["steps"]?.arrayValue, !steps.isEmpty else {
            throw Failure(.data, session.messages.noSteps(file))
        }
        self.steps = steps
    }

    private static func read(_ path: String, _ session: Session) throws -> YAMLDocument {
        let text = try InputFile(path, session.messages).text
        do { return try YAMLDocument(text) } catch { throw Failure(.data, "\(path):\(error)") }
    }

    mutating func run() async throws {
        for (index, step) in steps.enumerated() {
            do {
                try await carryOut(step)
            } catch {
                let place = document.position(of: JSONPointer(tokens: ["steps", String(index)]))
                throw session.failure(error).at("\(file):\(place)")
            }
        }
        for (name, id) in cases.sorted(by: { $0.value < $1.value }) {
            if session.wantsJSON { session.printJSON(["name": .string(name), "case": .string(id)]) }
        }
    }

    private mutating func carryOut(_ step: JSON) async throws {
        if let time = step["advance"]?.stringValue {
            let reply = try await session.call("Manager.AdvanceClock", ["to": .string(time)])
            let now = try await session.formats().time(try reply.string("now"))
            tell("\(now)", session.messages.timersFired(try reply.int("timers")))
            return
        }
        let people = step["as"]?.arrayValue?.compactMap(\.stringValue) ?? [step["as"]?.stringValue].compactMap { $0 }
        guard let first = people.first else { throw Failure(.data, session.messages.stepLacks("as")) }
        if step["lines"] != nil { return try await carryOutEach(step, as: first) }
        if step["find"] != nil {
            let filter: JSONObject = ["parent": .string(try id(step["of"]))]
            let reply = try await session.call(
                "Workflow.ListCases",
                ["filter": .object(filter), "newestFirst": true, "limit": 1, "person": .string(first)])
            guard let found = try reply.array("cases").first else {
                throw Failure(.data, session.messages.nothingOpened)
            }
            name(found["id"]?.stringValue ?? "", step)
            tell("✓", found["title"]?.stringValue ?? "")
            return
        }
        for person in people { try await send(step, person) }
    }

    /// A step for each line of a file beside the scenario.
    private func carryOutEach(_ step: JSON, as person: String) async throws {
        let messages = session.messages
        func path(_ name: String) -> String {
            URL(filePath: file).deletingLastPathComponent().appending(path: name).path
        }
        var common = step["form"] ?? [:]
        if let name = common.stringValue { common = try Self.read(path(name), session).value.droppingNulls }
        let input = try InputFile(path(step["lines"]?.stringValue ?? ""), messages)
        var acting: JSONObject = ["person": .string(person)]
        acting["onBehalfOf"] = step["on_behalf_of"]
        let event = step["send"]?.stringValue ?? ""
        let sender = try await LineSender(
            session: session, event: event, acting: person == "subject" ? .subjects : .one(acting),
            scope: .init(
                workflow: step["workflow"]?.stringValue, unit: step["unit"]?.stringValue,
                period: step["period"]?.stringValue))
        if let workflow = step["open"]?.stringValue {
            let count = try await sender.open(workflow, LineFile(input, keys: [], messages), common: common)
            return tell("✓", "\(person): \(workflow) × \(count)")
        }
        var lines = try LineFile(input, messages)
        lines.common = common.merging(lines.common)
        try await sender.send(lines, common: []) { line, outcome in
            if let failure = outcome.failure { throw failure.at("\(lines.name):\(line.number)") }
        }
        tell("✓", "\(person): \(event) × \(lines.lines.count)")
    }

    private mutating func send(_ step: JSON, _ person: String) async throws {
        var parameters: JSONObject = ["person": .string(person), "key": .string(IdempotencyKey.make())]
        if let absent = step["on_behalf_of"] { parameters["onBehalfOf"] = absent }
        if let workflow = step["open"]?.stringValue {
            parameters["workflow"] = .string(workflow)
            parameters["form"] = try await form(step, person, caseID: nil) ?? [:]
            let reply = try await session.call("Workflow.OpenCase", parameters)
            name(try reply.string("case"), step)
            tell("✓", "\(person): \(workflow) → \(try reply.string("state"))")
        } else if let event = step["send"]?.stringValue {
            let id = try step["case"].map { try self.id($0) } ?? last
            parameters["case"] = .string(id)
            parameters["event"] = .string(event)
            parameters["form"] = try await form(step, person, caseID: id)
            let reply = try await session.call("Workflow.SendEvent", parameters)
            tell("✓", "\(person): \(event) → \(try reply.string("state"))")
        } else {
            throw Failure(.data, session.messages.stepLacks("open, send, advance, find"))
        }
    }

    private func tell(_ mark: String, _ text: String) {
        if !session.wantsJSON { session.console.print("\(mark)  \(text)") }
    }

    private mutating func name(_ id: String, _ step: JSON) {
        if let name = step["name"]?.stringValue { cases[name] = id }
        last = id
    }

    private func id(_ name: JSON?) throws -> String {
        guard let id = cases[name?.stringValue ?? ""] else {
            throw Failure(.data, session.messages.noCaseNamed(name?.stringValue ?? ""))
        }
        return id
    }

    /// The step's form: a file beside the scenario or the mapping written there, with what `with` adds.
    private func form(_ step: JSON, _ person: String, caseID: String?) async throws -> JSON? {
        var form = step["form"]
        if let name = form?.stringValue {
            let folder = URL(filePath: file).deletingLastPathComponent()
            form = try Self.read(folder.appending(path: name).path, session).value.droppingNulls
        }
        for (member, value) in step["with"]?.objectValue ?? [:] {
            var value = value
            if let place = value.stringValue, place.hasPrefix("$/"),
                let pointer = JSONPointer(String(place.dropFirst())),
                let caseID
            {
                let reply = try await session.call(
                    "Workflow.GetCase", ["case": .string(caseID), "person": .string(person)])
                guard let found = reply["document"]?[pointer] else {
                    throw Failure(.data, session.messages.nothingThere(place))
                }
                value = found
            }
            form = form ?? [:]
            form?[member] = value
        }
        return form
    }
}
