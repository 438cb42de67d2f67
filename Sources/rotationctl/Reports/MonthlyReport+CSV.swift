import JSONCore

extension MonthlyReport {
    /// One line of numbers for each block (or unit), the total, leaders and others, under keys that do not change.
    func csv(hasMark: Bool) -> String {
        let reasons = (summary["reasons"]?.arrayValue ?? []).compactMap { $0["value"]?.stringValue }
        let numbers = ["headcount", "assessable", "assessed", "notAssessed", "open", "late"]
        let shares = levels.map(\.value) + ["good_or_above"]
        var text = CSVText(
            ["unit", "period", "row", "name"] + numbers.map { $0 == "notAssessed" ? "not_assessed" : $0 }
                + reasons.map { "not_assessed_" + $0 }
                + shares.flatMap { [$0, $0 + "_percent", $0 + "_change"] }, hasMark: hasMark)
        for row in rows {
            var fields = [
                summary["unit"]?["id"]?.stringValue ?? "", summary["period"]?.stringValue ?? "", row.kind, row.title,
            ]
            fields += numbers.map { row.line[$0]?.description ?? "" }
            let given = row.line["notAssessedReasons"]?.arrayValue
            fields += reasons.map { reason in
                guard let given else { return "" }
                return (given.first { $0["value"] == .string(reason) }?["count"] ?? 0).description
            }
            for share in (row.line["levels"]?.arrayValue ?? []) + [row.line["goodOrAbove"] ?? [:]] {
                fields += ["count", "percent", "change"].map { share[$0]?.description ?? "" }
            }
            text.add(fields)
        }
        return text.text
    }

    /// One line for each name.
    func namesCSV(hasMark: Bool) -> String {
        var text = CSVText(
            [
                "order", "official", "full_name", "posts", "block", "form_kind", "self_level", "proposed_level",
                "final_level", "differs", "reason", "note", "case",
            ], hasMark: hasMark)
        for (index, result) in results.enumerated() {
            func field(_ member: String) -> String { result[member]?.stringValue ?? "" }
            text.add([
                "\(index + 1)", field("official"), field("fullName"), posts(result), field("block"), field("kind"),
                field("own"), field("vote"), field("level"), result["differs"]?.description ?? "", field("difference"),
                notes(result), field("case"),
            ])
        }
        return text.text
    }
}
