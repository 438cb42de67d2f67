import Logging
import Systemd
import Varlink
import Workflow

/// Puts on record who is shown what only some of a case's readers may see: which parts, never what they say.
struct ReadJournal: Sendable {
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// - Parameter parts: Places of the document, as the definition names them; nothing is recorded without any.
    func record(_ call: Call, by caller: Caller, of current: Case, parts: Set<String>) {
        record(
            call, by: caller, parts, of: "case \(current.id)",
            [
                "case": .string(current.id), "workflow": .string(current.workflow),
                "subject": .string(current.subject ?? ""), "unit": .string(current.unit ?? ""),
            ])
    }

    /// - Parameter fields: By which cases were looked for, and which hold something restricted.
    func record(_ call: Call, by caller: Caller, foundBy fields: Set<String>) {
        record(call, by: caller, fields, of: "cases", [:])
    }

    private func record(
        _ call: Call, by caller: Caller, _ parts: Set<String>, of what: String, _ fields: Logger.Metadata
    ) {
        guard !parts.isEmpty else { return }
        let actor = caller.actor
        let method = call.method.split(separator: ".").last ?? ""
        let list = parts.sorted().joined(separator: " ")
        var metadata = fields
        metadata["actor"] = .string(actor.official ?? "")
        metadata["method"] = "\(method)"
        metadata["parts"] = .string(list)
        if let absent = actor.onBehalfOf { metadata["on_behalf_of"] = .string(absent) }
        if let gateway = actor.gateway { metadata["gateway"] = .string(gateway) }
        logger.log(
            .restrictedRead, "\(actor.official ?? "") read \(list) of \(what)", metadata: metadata)
    }
}
