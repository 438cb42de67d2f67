import JSONCore

extension DossierReport {
    func printTable(on console: Console) {
        let official = dossier["official"]
        console.print(console.styled(text(dossier["title"]), .bold))
        console.print("\(official?["fullName"]?.stringValue ?? "") (\(official?["id"]?.stringValue ?? ""))".printable())
        heading(words.dossierPosts, console)
        var table = Table([
            .init(title: words.from), .init(title: words.to), .init(title: words.postTitle, isFlexible: true),
            .init(title: words.unit, isFlexible: true),
        ])
        table.print(
            posts.map { post in
                [
                    .init(date(post["from"])), .init(date(post["to"])), .init(post["title"]?.stringValue ?? ""),
                    .init(post["unitName"]?.stringValue ?? ""),
                ]
            }, on: console)
        heading(words.months, console)
        printMonths(on: console)
        for program in programs { printProgram(program, on: console) }
    }

    private func heading(_ text: String, _ console: Console) {
        console.print()
        console.print(console.styled(text.printable(), .bold))
    }

    private func printMonths(on console: Console) {
        if months.isEmpty { return console.print(words.noMonths) }
        var table = Table([
            .init(title: words.month), .init(title: words.unit, isFlexible: true),
            .init(title: words.own, isFlexible: true), .init(title: words.vote, isFlexible: true),
            .init(title: words.decision, isFlexible: true), .init(title: words.difference, isFlexible: true),
            .init(title: words.note, isFlexible: true),
        ])
        table.print(
            months.map { month in
                [
                    .init(date(month["period"])), .init(month["unitName"]?.stringValue ?? ""),
                    .init(level(month["own"])), .init(level(month["vote"])),
                    .init(level(month["level"]), month["differs"] == true ? .yellow : nil),
                    .init(month["difference"]?.stringValue ?? ""), .init(notes(month)),
                ]
            }, on: console)
    }

    private func printProgram(_ program: JSONObject, on console: Console) {
        heading(program["title"]?.stringValue ?? words.actionProgram, console)
        console.print("\(text(program["stateTitle"])). \(progress(program))")
        var table = Table([
            .init(title: words.keyTask, isFlexible: true), .init(title: words.milestone, isFlexible: true),
            .init(title: words.due), .init(title: words.status), .init(title: words.doneOn), .init(title: ""),
        ])
        table.print(
            (program["keyTasks"]?.arrayValue ?? []).flatMap { task in
                (task["milestones"]?.arrayValue ?? []).map { milestone -> [Table.Cell] in
                    [
                        .init(task["title"]?.stringValue ?? ""), .init(milestone["title"]?.stringValue ?? ""),
                        .init(date(milestone["due"])), .init(word(milestone["status"], in: "statuses")),
                        .init(date(milestone["doneOn"])), .init(milestone["late"] == true ? words.isLate : "", .red),
                    ]
                }
            }, on: console)
        guard let recommendations = program["recommendations"]?.arrayValue, !recommendations.isEmpty else { return }
        var answers = Table([
            .init(title: words.recommendation, isFlexible: true), .init(title: words.outcome),
            .init(title: words.support, isFlexible: true), .init(title: words.lead, isFlexible: true),
            .init(title: words.due), .init(title: words.status),
        ])
        answers.print(
            recommendations.map { recommendation in
                [
                    .init(recommendation["text"]?.stringValue ?? ""), .init(outcome(recommendation)),
                    .init(recommendation["support"]?.stringValue ?? ""),
                    .init(recommendation["lead"]?.stringValue ?? ""), .init(date(recommendation["due"])),
                    .init(word(recommendation["status"], in: "statuses")),
                ]
            }, on: console)
    }
}
