import ArgumentParser
import JSONCore
import Workflow

/// Where the form that goes with an event comes from.
struct FormOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A filled-in form in YAML or JSON; - for standard input.",
            discussion: "A blank one comes from: rotationctl form show WORKFLOW EVENT.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var file: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Set a field of the form, such as recommendations.0.content=…; repeatable.",
            discussion: """
                The field is a path joined by dots, with the index of a list's element from 0, or - for the next one. \
                The value is a YAML scalar: true, null, a number, text. Put quotes around a number that is a text: \
                --set 'number=\"04\"'. Fields set so replace those of --file.
                """,
            valueName: "field=value"))
    var set: [String] = []

    @Flag(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Fill in the form in $VISUAL or $EDITOR; together with --file, go on editing that.",
            discussion: """
                This is what happens on a terminal without --file and --set. A refused form is opened again with the \
                reasons at the top; emptying the file, or leaving it unchanged, ends it.
                """))
    var edit = false

    func validate() throws {
        if edit, !set.isEmpty { throw ValidationError("--set cannot be combined with --edit.") }
        if edit, file == "-" {
            throw ValidationError("--edit needs standard input, so it cannot read the form from it.")
        }
    }

    var isEmpty: Bool { file == nil && set.isEmpty && !edit }
}
