import JSONCore

@testable import Workflow

extension Rehearsal {
    /// Repairs a case as an administrator of the server, or as an official.
    @discardableResult
    mutating func repair(
        _ repair: Repair, as official: String? = nil, reason: String = "Sửa nhầm", of id: String = "case-1"
    ) throws(Refusal) -> Case {
        let current = cases[id]!
        var context = context(Actor(official: official), subject: current.subject)
        if official == nil { context.administrator = "root" }
        keep(
            try Engine.decide(
                .repair(repair, reason: reason, expectedVersion: nil), on: current, definition: definition(current),
                context: context))
        return cases[id]!
    }

    /// Goes through the history again, and expects the case as it stands.
    func replayed(_ id: String = "case-1") throws -> Bool {
        var replay = Replay()
        for event in history[id]! { try replay.apply(event) }
        let current = cases[id]!
        return replay.document.canonicalBytes() == current.document.canonicalBytes() && replay.state == current.state
            && replay.version == current.version && replay.head == current.head
    }

    /// The shipped monthly assessment as version 99.
    static func newer(_ change: (String) -> String = { $0 }) throws -> Definition {
        let text = change(try source("monthly-assessment")).replacing(/\nversion: [0-9]+\n/, with: "\nversion: 99\n")
        return try DefinitionLoader.load(text, file: "m.yaml", forms: forms())
    }
}
