import ArgumentParser
import JSONCore

/// Which cases.
struct CaseFilterOptions: ParsableArguments {
    @Option(help: "Only of this workflow.", completion: .workflows)
    var workflow: String?

    @Option(name: .customLong("state"), help: ArgumentHelp("Only in this state; repeatable.", valueName: "state"))
    var states: [String] = []

    @Option(help: ArgumentHelp("Only about this official.", valueName: "id"))
    var subject: String?

    @Option(help: ArgumentHelp("Only of this unit.", valueName: "id"))
    var unit: String?

    @Option(help: ArgumentHelp("Only children of this case.", valueName: "case"))
    var parent: String?

    @Option(help: ArgumentHelp("Only of this period, such as 2022-07.", valueName: "period"))
    var period: String?

    @Flag(inversion: .prefixedNo, help: "Only those that have not ended, or only those that have.")
    var open: Bool?

    @Flag(help: "Only those with a deadline that has passed.")
    var overdue = false

    @Option(help: ArgumentHelp("Only with these words in the title; case and marks do not matter.", valueName: "words"))
    var text: String?

    @Option(
        name: .customLong("field"),
        help: ArgumentHelp(
            "Only with this value of a field that the workflow indexes; repeatable.", valueName: "name=value"))
    var fields: [String] = []

    func validate() throws {
        if let field = fields.first(where: { !$0.contains("=") }) {
            throw ValidationError("--field \(field): write NAME=VALUE.")
        }
    }

    var filter: JSONObject {
        var filter = JSONObject()
        filter["workflow"] = workflow.map(JSON.string)
        if !states.isEmpty { filter["states"] = .array(states.map(JSON.string)) }
        filter["subject"] = subject.map(JSON.string)
        filter["unit"] = unit.map(JSON.string)
        filter["parent"] = parent.map(JSON.string)
        filter["period"] = period.map(JSON.string)
        filter["open"] = open.map(JSON.bool)
        if overdue { filter["overdue"] = true }
        filter["text"] = text.map(JSON.string)
        for field in fields {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            filter["field", default: [:]][String(parts[0])] = .string(String(parts[1]))
        }
        return filter
    }
}
