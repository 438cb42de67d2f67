import Foundation
import JSONCore
import Workflow

/// Reads the folder of the reports: `monthly.yaml`, `dossier.yaml`, and their pages, `*.mustache`.
struct ReportLoader {
    private let definition: (String) -> Definition?
    private var problems: [String] = []

    /// - Parameter definition: The newest definition of a workflow, with the forms that the reports take their words from.
    /// - Returns: nil when there are problems; each names its place.
    static func load(
        folder: String, definition: (String) -> Definition?, _ problems: inout [String]
    ) -> ReportSettings? {
        withoutActuallyEscaping(definition) { definition in
            var loader = ReportLoader(definition: definition)
            let monthly = loader.read(folder + "/monthly.yaml", monthlySchema) { try $0.monthly($1) }
            let dossier = loader.read(folder + "/dossier.yaml", dossierSchema) { try $0.dossier($1) }
            let templates = loader.templates(in: folder)
            problems += loader.problems
            guard let monthly, let dossier, loader.problems.isEmpty else { return nil }
            return ReportSettings(monthly: monthly, dossier: dossier, templates: templates)
        }
    }

    private init(definition: @escaping (String) -> Definition?) { self.definition = definition }

    /// What a value that keeps to its schema still has wrong, and where.
    private struct Mistake: Error {
        let place: String
        let message: String
    }

    private mutating func read<Value>(
        _ file: String, _ schema: Schema, _ make: (Self, JSONObject) throws -> Value
    ) -> Value? {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            problems.append(
                "\(file): cannot be read; take the one that was installed, or name another folder (reports)")
            return nil
        }
        let document: YAMLDocument
        do throws(YAMLError) { document = try YAMLDocument(text) } catch {
            problems.append("\(file):\(error)")
            return nil
        }
        func report(_ pointer: JSONPointer, _ message: String) {
            let position = document.position(of: pointer)
            problems.append("\(file):\(position.line):\(position.column): \(message)")
        }
        let violations = schema.validate(document.value)
        for violation in violations { report(violation.pointer, violation.message(.en, titles: nil)) }
        guard violations.isEmpty, let object = document.value.objectValue else { return nil }
        do {
            return try make(self, object)
        } catch let mistake as Mistake {
            report(JSONPointer(mistake.place) ?? JSONPointer(), mistake.message)
        } catch {
            report(JSONPointer(), "\(error)")
        }
        return nil
    }

    // MARK: - The files

    private func monthly(_ json: JSONObject) throws -> ReportSettings.Monthly {
        let definition = try workflow(json, at: "/workflow")
        let (standings, choices) = (try json.object("states"), try json.object("choices"))
        let (fields, places) = (try json.object("fields"), try json.object("places"))
        func field(_ name: String) throws -> String {
            let field = try fields.string(name)
            return try known(field, in: definition.index.keys, "field of its index", at: "/fields/\(name)")
        }
        func words(_ name: String) throws -> [ReportWord] {
            try self.words(choices.object(name), definition, at: "/choices/\(name)")
        }
        func states(_ name: String) throws -> Set<String> {
            let named = try standings.strings(name)
            for state in named {
                _ = try known(state, in: definition.states.keys, "state", at: "/states/\(name)")
            }
            return Set(named)
        }
        let levels = try words("levels")
        let kinds = try words("kinds")
        var ceiling: ReportSettings.Ceiling?
        if let limit = try json.optionalObject("ceiling") {
            let of = try limit.strings("of")
            for level in of { _ = try known(level, in: levels.map(\.value), "level", at: "/ceiling/of") }
            guard let ratio = Fraction(try limit.string("ratio")) else {
                throw Mistake(place: "/ceiling/ratio", message: "must be a part of the whole such as 1/5")
            }
            ceiling = ReportSettings.Ceiling(
                level: try known(try limit.string("level"), in: levels.map(\.value), "level", at: "/ceiling/level"),
                ratio: ratio, of: Set(of), group: .init(rawValue: try limit.string("group")) ?? .unit)
        }
        var papers: [String: ReportSettings.Paper] = [:]
        for (level, paper) in try json.object("paper") { papers[level] = try Self.paper(paper.objectValue ?? [:]) }
        return ReportSettings.Monthly(
            title: try Self.text(json.object("title")), workflow: definition.name,
            readers: try json.strings("readers"),
            assessed: try states("assessed"), notAssessed: try states("not_assessed"),
            fields: .init(
                level: try field("level"), own: try field("self"), vote: try field("vote"), kind: try field("kind"),
                block: try field("block"), reason: try field("reason"), late: try field("late")),
            places: .init(
                name: try Self.place(places, "name"), posts: try Self.place(places, "posts"),
                vote: try Self.place(places, "vote"),
                difference: try Self.place(places, "difference"), corrections: try Self.place(places, "corrections")),
            levels: levels, reasons: try words("reasons"), kinds: kinds,
            goodOrAbove: try known(
                try json.string("good_or_above"), in: levels.map(\.value), "level", at: "/good_or_above"),
            leader: try known(try json.string("leader"), in: kinds.map(\.value), "kind of form", at: "/leader"),
            blocks: try json.optionalStrings("blocks") ?? [], ceiling: ceiling, papers: papers)
    }

    private func dossier(_ json: JSONObject) throws -> ReportSettings.Dossier {
        let program = try json.object("program")
        let definition = try workflow(program, at: "/program/workflow")
        let statuses = try words(program.object("statuses"), definition, at: "/program/statuses")
        func status(_ name: String) throws -> String {
            try known(try program.string(name), in: statuses.map(\.value), "status", at: "/program/\(name)")
        }
        return ReportSettings.Dossier(
            title: try Self.text(json.object("title")), readers: try json.strings("readers"),
            appeals: try Self.place(json, "appeals"),
            program: .init(
                workflow: definition.name, keyTasks: try Self.place(program, "key_tasks"),
                progress: try Self.place(program, "progress"),
                recommendations: try Self.place(program, "recommendations"),
                decisions: try Self.place(program, "decisions"), statuses: statuses,
                outcomes: try words(program.object("outcomes"), definition, at: "/program/outcomes"),
                done: try status("done"), dropped: try status("dropped")))
    }

    private mutating func templates(in folder: String) -> [String: String] {
        var templates: [String: String] = [:]
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names.sorted() where name.hasSuffix(".mustache") {
            guard let text = try? String(contentsOfFile: folder + "/" + name, encoding: .utf8) else {
                problems.append("\(folder)/\(name): cannot be read as UTF-8")
                continue
            }
            templates[String(name.dropLast(9))] = text
        }
        for name in ["monthly", "dossier"] where templates[name] == nil {
            problems.append("\(folder)/\(name).mustache: is not there; take the one that was installed")
        }
        return templates
    }

    // MARK: - Parts

    private func workflow(_ json: JSONObject, at place: String) throws -> Definition {
        let name = try json.string("workflow")
        guard let definition = definition(name) else {
            throw Mistake(place: place, message: "there is no workflow \"\(name)\"")
        }
        return definition
    }

    private func words(_ json: JSONObject, _ definition: Definition, at place: String) throws -> [ReportWord] {
        let name = try json.string("form")
        guard let form = definition.forms[name] else {
            throw Mistake(place: place + "/form", message: "\(definition.name) uses no form \"\(name)\"")
        }
        let pointer = try Self.place(json, "at")
        let words = form.choices(at: pointer).map(ReportWord.init)
        if words.isEmpty {
            throw Mistake(place: place + "/at", message: "the form \"\(name)\" has no choices at \(pointer)")
        }
        return words
    }

    private func known(
        _ word: String, in words: some Sequence<String>, _ what: String, at place: String
    ) throws -> String {
        if words.contains(word) { return word }
        throw Mistake(
            place: place, message: "there is no \(what) \"\(word)\"; there are \(words.joined(separator: ", "))")
    }

    private static func place(_ json: JSONObject, _ name: String) throws -> JSONPointer {
        guard let pointer = JSONPointer(try json.string(name)) else {
            throw JSONFieldError(field: name, expected: "a place such as /head_decision/reason")
        }
        return pointer
    }

    private static func text(_ json: JSONObject) throws -> LocalizedText {
        LocalizedText(vi: try json.string("vi"), en: try json.string("en"))
    }

    private static func paper(_ json: JSONObject) throws -> ReportSettings.Paper {
        ReportSettings.Paper(
            superior: try json.string("superior"), issuer: try json.string("issuer"), number: try json.string("number"),
            signer: try json.string("signer"), place: try json.string("place"))
    }

    private static let monthlySchema = schema(PackageResources.report_monthly_schema_json)
    private static let dossierSchema = schema(PackageResources.report_dossier_schema_json)

    private static func schema(_ bytes: [UInt8]) -> Schema {
        do {
            return try Schema(JSON(parsing: String(decoding: bytes, as: UTF8.self)))
        } catch {
            // They are part of the program and every test reads them.
            fatalError("\(error)")
        }
    }
}
