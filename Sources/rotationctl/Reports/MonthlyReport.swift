import JSONCore

/// A unit's month as the daemon tells it, ready to be laid out.
struct MonthlyReport {
    /// What GetMonthlySummary answers.
    let summary: JSONObject
    /// What ListMonthlyResults answers, page by page; none for several units.
    let results: [JSONObject]
    let kinds: [(value: String, title: String)]

    let words: Messages.Reports
    let formats: Formats
    private let session: Session

    /// A level with what people call it, and in short.
    struct Level {
        let value: String
        let title: String
        var short: String { title.split(separator: " ").count > 2 ? title.initials : title }
    }

    let levels: [Level]
    let lines: [JSONObject]
    let total: JSONObject

    init(_ summary: JSONObject, results: [JSONObject], kinds: [JSON], _ session: Session) throws {
        self.summary = summary
        self.results = results
        self.session = session
        words = session.messages.reports
        formats = Formats(language: session.language)
        lines = try summary.array("lines").compactMap(\.objectValue)
        total = try summary.object("total")
        levels = try summary.array("levels").map {
            Level(value: $0["value"]?.stringValue ?? "", title: session.text($0["title"]))
        }
        self.kinds = kinds.map { ($0["value"]?.stringValue ?? "", session.text($0["title"])) }
    }

    func text(_ json: JSON?) -> String { session.text(json) }

    func title(ofLevel value: String?) -> String { levels.first { $0.value == value }?.title ?? value ?? "" }

    func short(ofLevel value: String?) -> String { levels.first { $0.value == value }?.short ?? value ?? "" }

    var goodOrAbove: String { title(ofLevel: summary["goodOrAbove"]?.stringValue) + " " + words.orAbove }
    var shortGoodOrAbove: String { short(ofLevel: summary["goodOrAbove"]?.stringValue) + " " + words.orAbove }
    var unitName: String { summary["unit"]?["name"]?.stringValue ?? "" }
    var month: String { formats.date(summary["period"]?.stringValue ?? "") }
    var problems: [String] { (summary["problems"]?.arrayValue ?? []).map(text) }

    /// The lines of the table, then the total, then leaders and others of the total.
    var rows: [(kind: String, title: String, line: JSONObject)] {
        var rows = lines.map { ("line", text($0["title"]), $0) }
        rows.append(("total", text(total["title"]), total))
        rows.append(("leaders", words.leaders, total["leaders"]?.objectValue ?? [:]))
        rows.append(("others", words.others, total["others"]?.objectValue ?? [:]))
        return rows
    }

    /// "38", "90,5 %" and "+2", as far as there are such numbers.
    func parts(_ share: JSON?) -> (count: String, percent: String?, change: String?) {
        (
            formats.number(share?["count"]?.intValue ?? 0),
            share?["percent"]?.numberValue.map { formats.number($0) + " %" },
            share?["change"]?.intValue.map { $0 > 0 ? "+\(formats.number($0))" : formats.number($0) }
        )
    }

    /// "Nghỉ ốm 1; Đi học 2".
    var reasons: String {
        let titles = Dictionary(
            (summary["reasons"]?.arrayValue ?? []).map { ($0["value"]?.stringValue ?? "", text($0["title"])) }
        ) { $1 }
        return (total["notAssessedReasons"]?.arrayValue ?? []).map { share in
            let value = share["value"]?.stringValue ?? ""
            let title = titles[value] ?? (value.isEmpty ? words.noReason : value)
            return "\(title) \(formats.number(share["count"]?.intValue ?? 0))"
        }.joined(separator: "; ")
    }

    var ceilings: [(text: String, isExceeded: Bool)] {
        (summary["ceilings"]?.arrayValue ?? []).map { check in
            let isExceeded = check["exceeded"] == true
            var share =
                "\(formats.number(check["count"]?.intValue ?? 0))/\(formats.number(check["whole"]?.intValue ?? 0))"
            if let percent = check["percent"]?.numberValue { share += " (\(formats.number(percent)) %)" }
            let text = words.ceiling(
                text(check["group"]), title(ofLevel: check["level"]?.stringValue), share,
                check["ratio"]?.stringValue ?? "", exceeded: isExceeded)
            return (text, isExceeded)
        }
    }
}

extension String {
    /// The first letters of its words as capitals: HTTNV.
    fileprivate var initials: String { split(separator: " ").compactMap(\.first).map { $0.uppercased() }.joined() }
}
