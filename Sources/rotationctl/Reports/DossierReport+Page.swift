import JSONCore

extension DossierReport {
    /// What dossier.mustache fills in. Every text is escaped by the page, none is markup.
    var page: [String: Any] {
        let official = dossier["official"]
        return [
            "lang": formats.language.rawValue, "title": text(dossier["title"]),
            "person": official?["fullName"]?.stringValue ?? "", "official": official?["id"]?.stringValue ?? "",
            "date": words.longDate(dossier["madeOn"]?.stringValue ?? ""), "postsTitle": words.dossierPosts,
            "from": words.from, "to": words.to, "post": words.postTitle, "unit": words.unit,
            "posts": posts.map { post -> [String: Any] in
                [
                    "postFrom": date(post["from"]), "postTo": date(post["to"]),
                    "postTitle": post["title"]?.stringValue ?? "", "postUnit": post["unitName"]?.stringValue ?? "",
                ]
            }, "monthsTitle": words.months, "month": words.month, "own": words.own, "vote": words.vote,
            "decision": words.decision, "difference": words.difference, "note": words.note,
            "hasMonths": !months.isEmpty, "noMonths": words.noMonths,
            "months": months.map { month -> [String: Any] in
                [
                    "period": date(month["period"]), "monthUnit": month["unitName"]?.stringValue ?? "",
                    "ownLevel": level(month["own"]), "votedLevel": level(month["vote"]),
                    "finalLevel": level(month["level"]), "differs": month["differs"] == true,
                    "why": month["difference"]?.stringValue ?? "", "notes": notes(month),
                ]
            }, "hasTrend": months.contains { $0["level"] != nil }, "trend": trend, "programs": programs.map(page),
            "keyTask": words.keyTask, "milestone": words.milestone, "due": words.due, "status": words.status,
            "doneOn": words.doneOn, "recommendation": words.recommendation, "outcome": words.outcome,
            "support": words.support, "lead": words.lead,
        ]
    }

    private func page(_ program: JSONObject) -> [String: Any] {
        let recommendations = program["recommendations"]?.arrayValue ?? []
        return [
            "programTitle": program["title"]?.stringValue ?? words.actionProgram,
            "state": text(program["stateTitle"]), "progress": progress(program),
            "milestones": (program["keyTasks"]?.arrayValue ?? []).flatMap { task in
                (task["milestones"]?.arrayValue ?? []).enumerated().map { index, milestone -> [String: Any] in
                    [
                        "taskTitle": index == 0 ? task["title"]?.stringValue ?? "" : "",
                        "milestoneTitle": milestone["title"]?.stringValue ?? "", "milestoneDue": date(milestone["due"]),
                        "milestoneStatus": word(milestone["status"], in: "statuses"),
                        "milestoneDone": date(milestone["doneOn"]),
                        "isLate": milestone["late"] == true ? [words.isLate] : [],
                    ]
                }
            }, "hasRecommendations": !recommendations.isEmpty,
            "recommendations": recommendations.map { recommendation -> [String: Any] in
                [
                    "asked": recommendation["text"]?.stringValue ?? "", "answer": outcome(recommendation),
                    "help": recommendation["support"]?.stringValue ?? "",
                    "leadBody": recommendation["lead"]?.stringValue ?? "", "answerDue": date(recommendation["due"]),
                    "answerStatus": word(recommendation["status"], in: "statuses"),
                ]
            },
        ]
    }

    /// A dot for each month that has a level, joined where months follow each other.
    private var trend: [String: Any] {
        let shown = months.suffix(36)
        let (left, top, step) = (200.0, 14.0, 30.0)
        let width = max(6.0, 440.0 / Double(max(1, shown.count - 1)))
        func y(_ level: Int) -> Double { top + Double(level) * step }
        var lines: [[String: Any]] = []
        var dots: [[String: Any]] = []
        var run: [String] = []
        func endRun() {
            if run.count > 1 { lines.append(["points": run.joined(separator: " ")]) }
            run = []
        }
        for (index, month) in shown.enumerated() {
            guard let level = levels.firstIndex(where: { .string($0.value) == month["level"] }) else {
                endRun()
                continue
            }
            let x = MonthlyReport.coordinate(left + 10 + Double(index) * width)
            run.append("\(x),\(MonthlyReport.coordinate(y(level)))")
            dots.append([
                "x": x, "y": MonthlyReport.coordinate(y(level)),
                "dotTitle": "\(date(month["period"])): \(levels[level].title)",
                "fill": MonthlyReport.colour(level, of: levels.count),
            ])
        }
        endRun()
        let bottom = y(max(0, levels.count - 1))
        return [
            "trendTitle": words.trendTitle, "lines": lines, "dots": dots, "left": "\(left)",
            "grid": levels.enumerated().map { index, level -> [String: Any] in
                [
                    "label": level.title.truncated(to: 30), "gridY": MonthlyReport.coordinate(y(index)),
                    "labelY": MonthlyReport.coordinate(y(index) + 4),
                ]
            }, "axisY": MonthlyReport.coordinate(bottom + 26), "trendHeight": MonthlyReport.coordinate(bottom + 36),
            "first": date(shown.first?["period"]), "last": shown.count > 1 ? date(shown.last?["period"]) : "",
            "trendText": dots.compactMap { $0["dotTitle"] as? String }.joined(separator: "; "),
        ]
    }
}
