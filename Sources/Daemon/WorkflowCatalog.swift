import Foundation
import JSONCore
import PluginKit
import Synchronization
import Workflow

/// The definitions: the newest of each, from the files, and older versions that cases still follow, from storage.
final class WorkflowCatalog: Sendable {
    private struct Contents {
        var current: [String: Definition] = [:]
        var older: [String: Definition] = [:]
        var forms: [String: String] = [:]
    }

    private let storage: StorageHandle
    private let contents = Mutex(Contents())

    init(storage: StorageHandle) { self.storage = storage }

    var newest: [Definition] { contents.withLock { $0.current.values.sorted { $0.name < $1.name } } }
    var forms: [String: String] { contents.withLock { $0.forms } }

    func newest(_ name: String) -> Definition? { contents.withLock { $0.current[name] } }

    /// The version that a case follows.
    func definition(_ name: String, version: Int) async throws(StorageError) -> Definition? {
        let known = contents.withLock { contents in
            contents.current[name].flatMap { $0.version == version ? $0 : nil } ?? contents.older["\(name)@\(version)"]
        }
        if let known { return known }
        guard let stored = try await storage.storage.loadDefinition(name: name, version: version) else { return nil }
        // It loaded when it was stored; a newer program that reads it otherwise must say so rather than guess.
        do throws(DefinitionProblems) {
            let definition = try DefinitionLoader.load(stored.source, file: "\(name)@\(version)", forms: stored.forms)
            contents.withLock { $0.older["\(name)@\(version)"] = definition }
            return definition
        } catch {
            throw .unreadable(reason: "the stored definition \(name)@\(version) does not load: \(error)")
        }
    }

    /// The fields of a filter that hold, in some workflow, what only some readers may see.
    func restrictedFields(_ filter: CaseFilter) -> Set<String> {
        Set((filter.field ?? [:]).keys.filter { field in newest.contains { $0.isRestricted(field: field) } })
    }

    /// Reads the files. A definition that does not load, or that must not replace the one before, leaves it as it is.
    /// - Returns: What is wrong, each with its place.
    func load(workflows: String, forms: String, now: Timestamp) async throws(StorageError) -> [String] {
        var problems: [String] = []
        var formSources: [String: String] = [:]
        for file in Self.files(in: forms, ending: ".schema.json", &problems) {
            formSources[String(file.name.dropLast(12))] = file.text
        }
        let forms = formSources
        if problems.isEmpty { contents.withLock { $0.forms = forms } }
        for file in Self.files(in: workflows, ending: ".yaml", &problems) {
            let definition: Definition
            do throws(DefinitionProblems) {
                definition = try DefinitionLoader.load(file.text, file: file.path, forms: formSources)
            } catch {
                problems += error.problems.map(\.description)
                continue
            }
            if let problem = try await self.problem(replacing: definition) {
                problems.append("\(file.path):1:1: \(problem)")
                continue
            }
            do {
                try await storage.storage.saveDefinition(
                    StoredDefinition(
                        name: definition.name, version: definition.version, source: definition.source,
                        forms: definition.formSources, digest: definition.digest, addedAt: now))
            } catch StorageError.definitionExists {
                problems.append(
                    "\(file.path): another text was loaded as version \(definition.version) of \(definition.name) before; "
                        + "give the changed definition (or one whose forms changed) a new \"version\"")
                if contents.withLock({ $0.current[definition.name] }) == nil,
                    let before = try await self.definition(definition.name, version: definition.version)
                {
                    contents.withLock { $0.current[definition.name] = before }
                }
                continue
            }
            contents.withLock { contents in
                if let before = contents.current[definition.name], before.version != definition.version {
                    contents.older["\(before.name)@\(before.version)"] = before
                }
                contents.current[definition.name] = definition
            }
        }
        for definition in newest {
            for recurrence in definition.states.values.flatMap(\.recurring.values)
            where newest(recurrence.workflow) == nil {
                problems.append("\(definition.name): opens \"\(recurrence.workflow)\", and there is no such workflow")
            }
        }
        return problems
    }

    /// A state in which cases stand cannot be taken away from under them, and versions only go up.
    private func problem(replacing definition: Definition) async throws(StorageError) -> String? {
        let known = try await storage.storage.listDefinitions().filter { $0.name == definition.name }
        if let newest = known.map(\.version).max(), newest > definition.version {
            return
                "version \(definition.version) of \(definition.name) is older than version \(newest), which was loaded before"
        }
        let counts = try await storage.storage.countCases(
            CaseFilter(workflow: definition.name, open: true), by: [.state])
        for count in counts {
            if let state = count.values.first, definition.states[state] == nil {
                return
                    "state \"\(state)\" is gone, and \(count.count) open cases stand in it; keep it until they have left"
            }
        }
        return nil
    }

    private static func files(
        in folder: String, ending: String, _ problems: inout [String]
    ) -> [(name: String, path: String, text: String)] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            problems.append("\(folder): cannot be read")
            return []
        }
        var files: [(String, String, String)] = []
        for name in names.sorted() where name.hasSuffix(ending) && !name.hasPrefix(".") {
            let path = folder + "/" + name
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                problems.append("\(path): cannot be read as UTF-8")
                continue
            }
            files.append((name, path, text))
        }
        return files
    }
}
