import JSONCore

/// An official's dossier as the daemon tells it, ready to be laid out.
struct DossierReport {
    let dossier: JSONObject
    let words: Messages.Reports
    let formats: Formats
    let levels: [(value: String, title: String)]
    let posts: [JSONObject]
    let months: [JSONObject]
    let programs: [JSONObject]
    private let session: Session

    init(_ dossier: JSONObject, _ session: Session) throws {
        self.dossier = dossier
        self.session = session
        words = session.messages.reports
        formats = Formats(language: session.language)
        levels = try dossier.array("levels").map { ($0["value"]?.stringValue ?? "", session.text($0["title"])) }
        posts = try dossier.array("posts").compactMap(\.objectValue)
        months = try dossier.array("months").compactMap(\.objectValue)
        programs = try dossier.array("programs").compactMap(\.objectValue)
    }

    func text(_ json: JSON?) -> String { session.text(json) }
    func date(_ json: JSON?) -> String { json?.stringValue.map(formats.date) ?? "" }

    /// What a list of words of the dossier calls a value.
    func word(_ value: JSON?, in list: String) -> String {
        guard let value = value?.stringValue else { return "" }
        let word = dossier[list]?.arrayValue?.first { $0["value"] == .string(value) }
        return word.map { text($0["title"]) } ?? value
    }

    func level(_ value: JSON?) -> String { word(value, in: "levels") }

    /// What became of the month besides its level.
    func notes(_ month: JSONObject) -> String {
        var notes: [String] = []
        if month["level"] == nil {
            let reason = word(month["reason"], in: "reasons")
            notes.append(text(month["stateTitle"]) + (reason.isEmpty ? "" : ": \(reason)"))
        }
        if month["late"] == true { notes.append(words.handedInLate) }
        if month["overdue"] == true { notes.append(session.messages.overdue) }
        if let count = month["corrections"]?.intValue, count > 0 { notes.append(words.corrected(count)) }
        for appeal in month["appeals"]?.arrayValue ?? [] {
            notes.append(words.appealed(date(appeal["filedOn"]), appeal["outcome"]?.stringValue))
        }
        return notes.joined(separator: "; ")
    }

    func progress(_ program: JSONObject) -> String {
        words.programProgress(
            done: program["done"]?.intValue ?? 0, late: program["late"]?.intValue ?? 0,
            of: program["milestones"]?.intValue ?? 0)
    }

    func outcome(_ recommendation: JSON) -> String {
        let outcome = word(recommendation["outcome"], in: "outcomes")
        return outcome.isEmpty ? words.noAnswer : outcome
    }
}
