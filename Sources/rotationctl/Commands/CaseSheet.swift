import ArgumentParser
import Foundation
import JSONCore
import Workflow

struct CaseSheet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheet", abstract: "Write a sheet with a line for each case that waits for an event.",
        discussion: """
            A line says which case and official it is about and what stands so far (columns that begin with #), and has \
            empty columns for the event's form. Fill it in, in a spreadsheet or an editor, and send it with: \
            rotationctl case send-each EVENT FILE.

            There are columns for the fields of the form itself; --column names others, such as comments.0.text or \
            points.total, instead, and --all shows every one. What will be given to all lines with --set needs no column.

            EXAMPLES
              rotationctl case sheet record_vote --workflow monthly-assessment --unit xa-01 --period 2022-07 -o votes.csv
              rotationctl case sheet decide --workflow monthly-assessment --period 2022-07 --excel -o levels.csv \
            --column final_level --column reason
              rotationctl case sheet record_vote --workflow monthly-assessment --unit xa-01 -o votes.yaml
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, yaml }

    @Argument(help: "The event's name.")
    var event: String

    @Option(help: "The workflow.", completion: .workflows)
    var workflow: String

    @Option(help: ArgumentHelp("Only cases of this unit.", valueName: "id"))
    var unit: String?

    @Option(help: ArgumentHelp("Only cases of this period, such as 2022-07.", valueName: "period"))
    var period: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A new file for the sheet; without, it is printed.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(help: ArgumentHelp("csv or yaml; without, as the file's name ends, else csv.", valueName: "csv|yaml"))
    var format: Format?

    @Flag(help: "As Excel wants CSV in Vietnam: with a byte order mark and semicolons between the cells.")
    var excel = false

    @Option(
        name: .customLong("column"),
        help: ArgumentHelp("A place of the form that gets a column; repeatable.", valueName: "field"))
    var columns: [String] = []

    @Flag(help: "Columns for every place of the form.")
    var all = false

    @OptionGroup var acting: ActingOptions
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.makeSheet(event) }) { session in
            let definition = try await DefinitionSource.load(workflow, forms: nil, session)
            guard let found = definition.allEvents.first(where: { $0.name == event }) else {
                let names = definition.allEvents.map(\.name)
                throw Failure(
                    .noInput, session.messages.noSuchEvent(event, workflow: workflow),
                    hint: session.messages.events(names.enumerated().filter { !names[..<$0].contains($1) }.map(\.1)))
            }
            let columns = try columns(of: found, definition, session)
            let cases = try await cases(definition, session)
            guard !cases.isEmpty else { return session.console.note(session.messages.nothingWaits(event)) }
            let sheet = Sheet(
                title: "\(definition.title[session.language]): \(found.title[session.language])", event: event,
                file: output ?? "FILE", columns: columns, cases: cases, messages: session.messages)
            let isYAML = (format ?? (output?.hasSuffix(".yaml") == true ? .yaml : .csv)) == .yaml
            let text = isYAML ? sheet.yaml : sheet.csv(isForExcel: excel)
            guard let output else {
                session.console.print(text.hasSuffix("\n") ? String(text.dropLast()) : text)
                return
            }
            try Self.write(text, to: output, session.messages)
            session.console.note(session.messages.sheetMade(output, cases.count), .green)
        }
    }

    private func columns(
        of event: EventDefinition, _ definition: Definition, _ session: Session
    ) throws -> [FormColumn] {
        guard let schema = event.form.flatMap({ definition.forms[$0] }) else { return [] }
        let known = schema.columns(session.language)
        guard !columns.isEmpty else { return all ? known : known.filter { $0.path.count == 1 || $0.isRequired } }
        return try columns.map { name in
            let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            if let column = known.first(where: { $0.path == path }) ?? schema.column(at: path, session.language) {
                return column
            }
            throw Failure(
                .usage, session.messages.noSuchColumn(name, self.event),
                hint: session.messages.columnNames(known.map { $0.path.joined(separator: ".") }))
        }
    }

    /// Those that accept the event from this caller, and of a task those for whose doing they wait.
    private func cases(_ definition: Definition, _ session: Session) async throws -> [Sheet.Line] {
        let states = definition.states.keys.filter { definition.event(event, in: $0) != nil }
        var filter: JSONObject = [
            "workflow": .string(workflow), "states": .array(states.map(JSON.string)),
        ]
        filter["unit"] = unit.map(JSON.string)
        filter["period"] = period.map(JSON.string)
        var parameters = acting.parameters
        parameters["filter"] = .object(filter)
        var ids: [String] = []
        try await session.pages("Workflow.ListCases", parameters, member: "cases", limit: nil) { page in
            ids += try page.map { try $0.string("id") }
        }
        if definition.allEvents.contains(where: { $0.name == event && $0.isTask }) {
            var waiting: Set<String> = []
            try await session.pages("Workflow.ListTasks", acting.parameters, member: "tasks", limit: nil) { page in
                for task in page where task["event"]?.stringValue == event { waiting.insert(try task.string("case")) }
            }
            ids.removeAll { !waiting.contains($0) }
        }
        var lines: [Sheet.Line] = []
        for (index, id) in ids.enumerated() {
            session.console.progress("\(index + 1)/\(ids.count)")
            var parameters = acting.parameters
            parameters["case"] = .string(id)
            let reply = try await session.call("Workflow.GetCase", parameters)
            let accepts = try reply.array("accepts").contains { $0["event"] == .string(event) && $0["allowed"] == true }
            guard accepts else { continue }
            let summary = try reply.object("case")
            let document = JSON.object(try reply.object("document"))
            lines.append(
                Sheet.Line(
                    caseID: id, official: try summary.optionalString("subject") ?? "",
                    period: try summary.optionalString("period") ?? "", version: try summary.int("version"),
                    facts: definition.index.compactMap { name, place in
                        document[place].map { (name, $0.stringValue ?? $0.description) }
                    }))
        }
        session.console.clearProgress()
        let names = try await names(lines.map(\.official), session)
        for index in lines.indices { lines[index].name = names[lines[index].official] ?? "" }
        return lines.sorted {
            // cb-9 before cb-10.
            "\($0.official) \($0.period)".compare("\($1.official) \($1.period)", options: .numeric) == .orderedAscending
        }
    }

    private func names(_ ids: [String], _ session: Session) async throws -> [String: String] {
        var names: [String: String] = [:]
        var rest = Array(Set(ids)).sorted()[...]
        while !rest.isEmpty {
            let part = rest.prefix(200)
            rest = rest.dropFirst(part.count)
            let reply = try await session.call(
                "Directory.ListOfficials", ["ids": .array(part.map(JSON.string)), "limit": .int(part.count)])
            for official in try reply.array("officials").compactMap(\.objectValue) {
                names[try official.string("id")] = try official.string("fullName")
            }
        }
        return names
    }

    /// Over no file that is there: it may have been filled in. Readable by its owner alone.
    private static func write(_ text: String, to path: String, _ messages: Messages) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw Failure(.cannotCreate, messages.fileIsThere(path)) }
            throw Failure(.cannotCreate, messages.cannotWrite(path, String(cString: strerror(errno))))
        }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = String(cString: strerror(errno))
                close(descriptor)
                unlink(path)
                throw Failure(.cannotCreate, messages.cannotWrite(path, reason))
            }
            rest = rest.dropFirst(count)
        }
        close(descriptor)
    }
}
