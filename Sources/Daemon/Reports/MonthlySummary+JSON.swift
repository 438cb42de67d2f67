import JSONCore
import Workflow

/// The summary as `org.rotationd.Reports` tells it.
struct MonthlySummaryWriter {
    let settings: ReportSettings.Monthly
    /// What a line is called; a block is its own title.
    let titles: [String: String]

    func line(_ name: String, _ figures: MonthlySummary.Figures) -> JSON {
        line(name, title(name), figures)
    }

    func total(_ figures: MonthlySummary.Figures) -> JSON {
        line("", LocalizedText(vi: "Tổng cộng", en: "Total"), figures)
    }

    private func line(_ name: String, _ title: LocalizedText, _ figures: MonthlySummary.Figures) -> JSON {
        let known = settings.reasons.map(\.value)
        let reasons = known + Set(figures.notAssessed.keys).subtracting(known).sorted()
        return [
            "name": .string(name), "title": title.json, "headcount": .int(figures.headcount),
            "assessable": .int(figures.assessable), "assessed": .int(figures.all.assessed),
            "notAssessed": .int(figures.notAssessedCount),
            "notAssessedReasons": .array(
                reasons.compactMap { reason in
                    figures.notAssessed[reason].map { ["value": .string(reason), "count": .int($0)] }
                }),
            "open": .int(figures.open), "late": .int(figures.late),
            "levels": levels(figures.all, figures.previous), "goodOrAbove": good(figures.all, figures.previous),
            "leaders": part(figures.leaders), "others": part(figures.others),
        ]
    }

    private func part(_ levels: MonthlySummary.Levels) -> JSON {
        ["assessed": .int(levels.assessed), "levels": self.levels(levels), "goodOrAbove": good(levels)]
    }

    private func levels(_ levels: MonthlySummary.Levels, _ previous: MonthlySummary.Levels? = nil) -> JSON {
        .array(settings.levels.map { share($0.value, of: [$0.value], levels, previous) })
    }

    private func good(_ levels: MonthlySummary.Levels, _ previous: MonthlySummary.Levels? = nil) -> JSON {
        share(settings.goodOrAbove, of: settings.goodLevels, levels, previous)
    }

    private func share(
        _ value: String, of wanted: Set<String>, _ levels: MonthlySummary.Levels, _ previous: MonthlySummary.Levels?
    ) -> JSON {
        let count = levels.count(of: wanted)
        var json: JSONObject = ["value": .string(value), "count": .int(count)]
        json["percent"] = Self.percent(count, of: levels.assessed)
        if let previous, previous.assessed > 0 { json["change"] = .int(count - previous.count(of: wanted)) }
        return .object(json)
    }

    /// With one decimal, rounded half up.
    static func percent(_ count: Int, of whole: Int) -> JSON? {
        whole == 0 ? nil : JSON(number: Double((count * 2000 + whole) / (whole * 2)) / 10)
    }

    func ceiling(_ check: MonthlySummary.CeilingCheck, _ ceiling: ReportSettings.Ceiling) -> JSON {
        let group =
            switch check.scope {
            case .total: LocalizedText(vi: "Tổng cộng", en: "Total")
            case .line(let name): title(name)
            case .leaders: LocalizedText(vi: "Lãnh đạo, quản lý", en: "Leaders")
            case .others: LocalizedText(vi: "Không giữ chức vụ lãnh đạo, quản lý", en: "Others")
            }
        var json: JSONObject = [
            "group": group.json, "level": .string(ceiling.level), "count": .int(check.count),
            "whole": .int(check.whole), "ratio": .string("\(ceiling.ratio)"), "exceeded": .bool(check.isExceeded),
        ]
        json["percent"] = Self.percent(check.count, of: check.whole)
        return .object(json)
    }

    func problem(_ problem: MonthlySummary.Problem) -> JSON {
        func place(_ line: String?) -> LocalizedText { line.map(title) ?? LocalizedText(vi: "Tổng cộng", en: "Total") }
        switch problem {
        case .levels(let line, let sum, let assessed):
            let place = place(line)
            return LocalizedText(
                vi: "\(place.vi): các mức cộng lại là \(sum), nhưng đã đánh giá \(assessed) người.",
                en: "\(place.en): the levels add up to \(sum), but \(assessed) were assessed."
            ).json
        case .headcount(let line, let headcount, let cases):
            let place = place(line)
            return LocalizedText(
                vi: "\(place.vi): danh bạ có \(headcount) người vào ngày chốt, nhưng có \(cases) phiếu đánh giá.",
                en:
                    "\(place.en): the directory has \(headcount) on the cut-off day, but there are \(cases) assessments."
            ).json
        case .lines(let standing, let sum, let total):
            let what =
                switch standing {
                case .assessed: LocalizedText(vi: "đã đánh giá", en: "assessed")
                case .notAssessed: LocalizedText(vi: "không đánh giá", en: "not assessed")
                case .open: LocalizedText(vi: "chưa xong", en: "still open")
                }
            return LocalizedText(
                vi: "Số \(what.vi) cộng theo dòng là \(sum), đếm chung là \(total).",
                en: "The lines have \(sum) \(what.en), but counted as a whole there are \(total)."
            ).json
        }
    }

    private func title(_ name: String) -> LocalizedText {
        if name.isEmpty { return LocalizedText(vi: "Chưa ghi khối", en: "No block") }
        let title = titles[name] ?? name
        return LocalizedText(vi: title, en: title)
    }
}
