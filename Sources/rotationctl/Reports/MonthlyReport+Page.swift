import JSONCore

extension MonthlyReport {
    /// What monthly.mustache fills in. Every text is escaped by the page, none is markup.
    /// - Parameters:
    ///   - number: Of the paper; a gap to be filled in by hand without.
    ///   - date: On the paper, 2022-08-05.
    func page(number: String?, date: String) -> [String: Any] {
        let paper = summary["paper"]
        func head(_ member: String) -> String { paper?[member]?.stringValue ?? "" }
        let exceeded = ceilings.filter(\.isExceeded)
        return [
            "lang": formats.language.rawValue, "title": text(summary["title"]), "unit": unitName,
            "month": words.monthTitle(month),
            "superior": head("superior"), "issuer": head("issuer"), "signer": head("signer"),
            "number": words.paperNumber(number, head("number")), "place": head("place"), "date": words.longDate(date),
            "cutOff": words.cutOff(formats.date(summary["cutOff"]?.stringValue ?? "")),
            "ordinal": words.ordinal, "lineTitle": isByUnit ? words.unit : words.block, "headcount": words.headcount,
            "assessable": words.assessable, "assessed": words.assessed, "notAssessed": words.notAssessed,
            "open": words.stillOpen, "late": words.handedInLate, "levels": (levels.map(\.title) + [goodOrAbove]),
            "rows": tableRows, "reasons": reasons.isEmpty ? [] : ["\(words.notAssessed): \(reasons)"],
            "ceilings": ceilings.filter { !$0.isExceeded }.map(\.text), "exceeded": exceeded.map(\.text),
            "problems": problems, "hasProblems": !problems.isEmpty, "totalsDiffer": words.totalsDiffer,
            "totalsAgree": words.totalsAgree, "changeHint": hasChange ? [words.changeHint] : [],
            "preparedBy": words.preparedBy, "signHere": words.signHere, "chart": chart,
            "hasNames": !results.isEmpty, "annex": words.annex, "annexTitle": words.annexTitle,
            "fullName": words.fullName, "post": words.postTitle, "block": words.block, "form": words.formKind,
            "own": words.own, "vote": words.vote, "decision": words.decision, "difference": words.difference,
            "note": words.note, "names": names,
            "kinds": kinds.enumerated().map { "\(words.formKind) \($0 + 1): \($1.title)" },
            "levelNames": levels.filter { $0.short != $0.title }.map { "\($0.short): \($0.title)" },
        ]
    }

    var isByUnit: Bool {
        lines.contains { !($0["name"]?.stringValue ?? "").isEmpty && $0["name"] != $0["title"]?["vi"] }
    }
    private var hasChange: Bool { total["goodOrAbove"]?["change"] != nil }

    private var tableRows: [[String: Any]] {
        rows.enumerated().map { index, row in
            func number(_ member: String) -> String { row.line[member]?.intValue.map(formats.number) ?? "" }
            let isPart = row.kind == "leaders" || row.kind == "others"
            let shares = (row.line["levels"]?.arrayValue ?? []) + [row.line["goodOrAbove"] ?? [:]]
            return [
                "order": row.kind == "line" ? "\(index + 1)" : "", "name": row.title, "kind": row.kind,
                "isPart": isPart,
                "numbers":
                    (isPart
                    ? ["assessed", "notAssessed", "open"]
                    : ["headcount", "assessable", "assessed", "notAssessed", "open"]).map(number),
                "shares": shares.map { share -> [String: Any] in
                    let parts = parts(share)
                    return [
                        "count": parts.count, "percent": parts.percent ?? "",
                        "change": parts.change.map { ["±" + $0] } ?? [],
                    ]
                }, "lateCount": number("late"),
            ]
        }
    }

    private var names: [[String: Any]] {
        results.enumerated().map { index, result in
            func field(_ member: String) -> String { result[member]?.stringValue ?? "" }
            return [
                "order": "\(index + 1)", "name": field("fullName"), "posts": posts(result), "ofBlock": field("block"),
                "kind": kindTitle(field("kind")), "ownLevel": short(ofLevel: result["own"]?.stringValue),
                "votedLevel": short(ofLevel: result["vote"]?.stringValue),
                "finalLevel": short(ofLevel: result["level"]?.stringValue), "differs": result["differs"] == true,
                "why": field("difference"), "notes": notes(result),
            ]
        }
    }

    /// The number of a kind of form, by which its title stands below the list.
    private func kindTitle(_ value: String) -> String {
        kinds.firstIndex { $0.value == value }.map { "\($0 + 1)" } ?? value
    }

    /// Bars of the lines and the total, divided by the levels.
    private var chart: [String: Any] {
        let bars = lines.map { (text($0["title"]), $0) } + [(text(total["title"]), total)]
        // More would not fit a page, and the table says it all.
        let shown = bars.count > 12 ? [bars[bars.count - 1]] : bars
        let (left, width, height) = (190.0, 440.0, 22.0)
        let rows = shown.enumerated().map { index, bar -> [String: Any] in
            let counts = (bar.1["levels"]?.arrayValue ?? []).map { $0["count"]?.intValue ?? 0 }
            let whole = counts.reduce(0, +)
            let y = 4 + Double(index) * (height + 6)
            var x = left
            let parts = counts.enumerated().compactMap { level, count -> [String: Any]? in
                guard count > 0 else { return nil }
                let part = width * Double(count) / Double(whole)
                defer { x += part }
                return [
                    "x": Self.coordinate(x), "partWidth": Self.coordinate(part),
                    "middle": Self.coordinate(x + part / 2),
                    "fill": Self.colour(level, of: counts.count), "ink": Self.ink(level, of: counts.count),
                    "count": part < 14 ? "" : "\(count)", "level": levels[level].title, "amount": "\(count)",
                ]
            }
            return [
                "label": bar.0.truncated(to: 26), "y": Self.coordinate(y), "textY": Self.coordinate(y + 15),
                "barHeight": Self.coordinate(height), "parts": parts,
            ]
        }
        let bottom = 4 + Double(shown.count) * (height + 6)
        var x = 0.0
        let legend = levels.enumerated().map { index, level -> [String: Any] in
            defer { x += Double(level.short.displayWidth) * 9 + 34 }
            return [
                "x": Self.coordinate(x), "textX": Self.coordinate(x + 20), "name": level.short,
                "fill": Self.colour(index, of: levels.count), "y": Self.coordinate(bottom + 4),
                "textY": Self.coordinate(bottom + 17),
            ]
        }
        let all = parts(total["goodOrAbove"])
        return [
            "chartTitle": words.chartTitle, "chartHeight": Self.coordinate(bottom + 26), "chartRows": rows,
            "legend": legend, "left": Self.coordinate(left - 8),
            "chartText": "\(goodOrAbove): \(all.count)/\(formats.number(total["assessed"]?.intValue ?? 0))",
        ]
    }

    /// With one decimal and a point, whatever the language.
    static func coordinate(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    private static let palette = ["#14532d", "#4d9a5b", "#e3b341", "#b42318"]

    /// From green to red, as many as there are levels; told apart without colour by their order and numbers.
    static func colour(_ index: Int, of count: Int) -> String {
        palette[count < 2 ? 0 : index * (palette.count - 1) / (count - 1)]
    }

    private static func ink(_ index: Int, of count: Int) -> String {
        colour(index, of: count) == palette[2] ? "#000000" : "#ffffff"
    }
}
