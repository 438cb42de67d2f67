import ArgumentParser
import Workflow

/// How a definition is found.
struct DefinitionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "For a definition's file: the folder of its forms.",
            discussion: "Default: ../forms beside the file's folder, or forms in it.", valueName: "folder"),
        completion: .directory)
    var forms: String?

    @Option(
        name: .customLong("definition"),
        help: ArgumentHelp("This version of the daemon's definition; else the newest.", valueName: "version"))
    var version: Int?

    func load(_ workflow: String, _ session: Session) async throws -> Definition {
        try await DefinitionSource.load(workflow, version: version, forms: forms, session)
    }
}
