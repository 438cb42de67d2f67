import JSONCore

extension MonthlyReport {
    func printTable(on console: Console, names: Bool) throws {
        console.print(console.styled("\(text(summary["title"])): \(unitName), \(month)", .bold))
        console.print(words.cutOff(formats.date(try summary.string("cutOff"))))
        console.print()
        var table = Table(
            [.init(title: isByUnit ? words.unit : words.block, isFlexible: true)]
                + [words.headcount, words.assessable, words.assessed, words.notAssessed, words.stillOpen].map {
                    .init(title: $0, isNumber: true)
                }
                + (levels.map(\.short) + [shortGoodOrAbove, words.handedInLate]).map {
                    .init(title: $0, isNumber: true)
                })
        table.print(rows.map(cells), on: console)
        console.print()
        if !reasons.isEmpty { console.print("\(words.notAssessed): \(reasons)") }
        for ceiling in ceilings { console.print(console.styled(ceiling.text, ceiling.isExceeded ? .yellow : nil)) }
        console.print(console.styled(levels.map { "\($0.short): \($0.title)" }.joined(separator: "; "), .faint))
        if total["goodOrAbove"]?["change"] != nil { console.print(console.styled(words.changeHint, .faint)) }
        if problems.isEmpty {
            console.print(console.styled(words.totalsAgree, .green))
        } else {
            console.note(words.totalsDiffer, .red)
            for problem in problems { console.note("  " + problem.printable(), .red) }
        }
        if names { printNames(on: console) }
    }

    private func cells(_ row: (kind: String, title: String, line: JSONObject)) -> [Table.Cell] {
        let style: Style? = row.kind == "total" ? .bold : row.kind == "line" ? nil : .faint
        func number(_ member: String) -> Table.Cell {
            .init(row.line[member]?.intValue.map(formats.number) ?? "", style)
        }
        func share(_ share: JSON?) -> Table.Cell {
            let parts = parts(share)
            let percent = parts.percent.map { " (\($0))" } ?? ""
            return .init(parts.count + percent + (parts.change.map { " ±\($0)" } ?? ""), style)
        }
        return [.init(row.title, style), number("headcount"), number("assessable"), number("assessed")]
            + [number("notAssessed"), number("open")]
            + (row.line["levels"]?.arrayValue ?? []).map(share) + [share(row.line["goodOrAbove"]), number("late")]
    }

    private func printNames(on console: Console) {
        console.print()
        console.print(console.styled(words.annexTitle, .bold))
        var table = Table([
            .init(title: words.ordinal, isNumber: true), .init(title: words.fullName, isFlexible: true),
            .init(title: words.postTitle, isFlexible: true), .init(title: words.block, isFlexible: true),
            .init(title: words.own), .init(title: words.vote), .init(title: words.decision),
            .init(title: words.difference, isFlexible: true), .init(title: words.note, isFlexible: true),
        ])
        let rows: [[Table.Cell]] = results.enumerated().map { index, result in
            let differs = result["differs"] == true
            return [
                .init("\(index + 1)"), .init(result["fullName"]?.stringValue ?? ""), .init(posts(result)),
                .init(result["block"]?.stringValue ?? ""), .init(short(ofLevel: result["own"]?.stringValue)),
                .init(short(ofLevel: result["vote"]?.stringValue)),
                .init(short(ofLevel: result["level"]?.stringValue), differs ? .yellow : nil),
                .init(result["difference"]?.stringValue ?? ""), .init(notes(result)),
            ]
        }
        table.print(rows, on: console)
    }

    func posts(_ result: JSONObject) -> String {
        (result["posts"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: "; ")
    }

    func notes(_ result: JSONObject) -> String { (result["notes"]?.arrayValue ?? []).map(text).joined(separator: "; ") }
}
