import Glibc
import JSONCore
import Workflow

/// Where a definition comes from: the daemon, or a file with its folder of forms.
struct DefinitionSource {
    /// Whether an argument names a file and not a workflow of the daemon.
    static func isFile(_ argument: String) -> Bool {
        argument.contains("/") || argument.hasSuffix(".yaml") || argument.hasSuffix(".yml")
    }

    /// Loads it from a file or from the daemon.
    static func load(
        _ argument: String, version: Int? = nil, forms: String?, _ session: Session
    ) async throws -> Definition {
        if isFile(argument) {
            let file = try InputFile(argument, session.messages)
            return try load(
                file.text, file: argument, forms: try formTexts(besides: argument, forms, session.messages), session)
        }
        var parameters: JSONObject = ["name": .string(argument)]
        if let version { parameters["version"] = .int(version) }
        let reply = try await session.call("Workflow.GetWorkflow", parameters)
        let forms = try reply.object("forms").compactMap { name, text in text.stringValue.map { (name, $0) } }
        return try load(
            try reply.string("source"), file: argument, forms: Dictionary(uniqueKeysWithValues: forms),
            session)
    }

    private static func load(
        _ source: String, file: String, forms: [String: String], _ session: Session
    ) throws -> Definition {
        do throws(DefinitionProblems) {
            return try DefinitionLoader.load(source, file: file, forms: forms)
        } catch {
            throw Failure(
                .data, session.messages.definitionHasProblems(file), details: error.problems.map(\.description))
        }
    }

    /// The texts of the forms by name.
    /// - Parameter folder: Where they are; without, `forms` beside the definition's folder, or in it.
    static func formTexts(
        besides definition: String, _ folder: String?, _ messages: Messages
    ) throws(Failure) -> [String: String] {
        let parent = definition.lastIndex(of: "/").map { String(definition[..<$0]) } ?? "."
        let candidates = folder.map { [$0] } ?? [parent + "/../forms", parent + "/forms"]
        guard let found = candidates.first(where: { access($0, R_OK | X_OK) == 0 }) else {
            if let folder { throw Failure(.noInput, messages.cannotRead(folder, String(cString: strerror(errno)))) }
            return [:]
        }
        let ending = ".schema.json"
        var texts: [String: String] = [:]
        for name in try FolderListing.names(of: found, messages) where name.hasSuffix(ending) {
            texts[String(name.dropLast(ending.count))] = try InputFile("\(found)/\(name)", messages).text
        }
        return texts
    }
}
