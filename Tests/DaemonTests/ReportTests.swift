import Foundation
import JSONCore
import Testing
import Varlink

/// The month's summary, the district's, and the dossier, through the daemon's socket and rotationctl.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ReportTests {
    @Test func testThePlayedMonthHasTheArticlesFigures() async throws {
        let month = try await PlayedMonth.played()
        let summary = try await month.summary()
        let total = try summary.object("total")
        #expect(total["headcount"] == 42 && total["assessed"] == 42 && total["assessable"] == 42 && total["open"] == 0)
        #expect(total["levels"]?.arrayValue?.map { $0["count"] } == [5, 36, 1, 0])
        #expect(total["goodOrAbove"]?["count"] == 41 && total["goodOrAbove"]?["percent"] == 97.6)
        #expect(total["goodOrAbove"]?["change"] == nil)
        let lines = try summary.array("lines")
        #expect(
            lines.map { $0["name"] } == ["Khối Đảng", "Khối chính quyền", "Khối Mặt trận - đoàn thể"])
        #expect(lines.map { $0["headcount"] } == [8, 20, 14] && summary["cutOff"] == "2022-07-25")
        #expect(summary["problems"] == [] && summary["unit"]?["name"] == "Xã Ninh Phước")
        // Five of those rated good are less than a fifth of them.
        #expect(summary["ceilings"]?[0]?["count"] == 5 && summary["ceilings"]?[0]?["whole"] == 36)
        #expect(summary["ceilings"]?[0]?["exceeded"] == false)
        try await expectNames(month)
        try await expectOnlyWhoMayReads(month)
        try await expectDossier(month)
        try await expectTables(month)
        try await expectTheDistrict(month)
        try await expectTheNextMonth(month)
    }

    private func expectNames(_ month: PlayedMonth) async throws {
        let results = try await month.results()
        try #require(results.count == 42)
        // In the order of given names, which are their numbers.
        #expect(results.first?["official"] == "cb-101" && results.last?["official"] == "cb-142")
        let differing = results.filter { $0["differs"] == true }
        #expect(differing.count == 1 && differing[0]["official"] == "cb-112")
        #expect(differing[0]["vote"] == "excellent" && differing[0]["level"] == "good")
        #expect(differing[0]["difference"]?.stringValue?.hasPrefix("Một nhiệm vụ đột xuất") == true)
        // A tie proposes nothing, so nothing differs from it; its reason is shown.
        let tied = try #require(results.first { $0["official"] == "cb-118" })
        #expect(tied["vote"] != "good" && tied["differs"] == false && tied["difference"] != nil)
        let pages = [
            try await month.reports(
                "ListMonthlyResults",
                ["unit": .string(PlayedMonth.unit), "period": "2022-07", "person": "cb-01", "limit": 40]),
            try await month.reports(
                "ListMonthlyResults",
                [
                    "unit": .string(PlayedMonth.unit), "period": "2022-07", "person": "cb-01", "limit": 40,
                    "cursor": "40",
                ]),
        ]
        #expect(try pages.flatMap { try $0.array("results") }.map { $0["official"] } == results.map { $0["official"] })
        #expect(pages[0]["cursor"] == "40" && pages[1]["cursor"] == nil)
        #expect(month.daemon.log.contains("cb-101 read the results of xa-ninh-phuoc for 2022-07"))
    }

    private func expectOnlyWhoMayReads(_ month: PlayedMonth) async throws {
        // The head, the head above and the organisation board; not a member, not another unit's head.
        for reader in ["cb-101", "cb-03", "cb-01", "cb-02"] { _ = try await month.summary(reader) }
        for stranger in ["cb-102", "cb-14", "cb-04"] {
            #expect(await refusal { try await month.summary(stranger) }.name == "NotAllowed", "\(stranger)")
            #expect(await refusal { try await month.results(stranger) }.name == "NotAllowed", "\(stranger)")
        }
        // The administrator of the system is nobody here.
        let parameters: JSONObject = ["unit": .string(PlayedMonth.unit), "period": "2022-07"]
        for method in ["GetMonthlySummary", "ListMonthlyResults"] {
            #expect(await refusal { try await month.reports(method, parameters) }.name == "UnknownPerson")
        }
        #expect(await refusal { try await month.reports("GetDossier", ["official": "cb-110"]) }.name == "UnknownPerson")
        #expect(await refusal { try await month.summary("cb-01", ["unit": "nowhere"]) }.name == "UnitNotFound")
        for period in ["2022-13", "July", ""] {
            #expect(
                await refusal { try await month.summary("cb-01", ["period": .string(period)]) }.name
                    == "InvalidParameter", "\(period)")
        }
    }

    private func expectDossier(_ month: PlayedMonth) async throws {
        func dossier(_ person: String, _ official: String = "cb-112") async throws -> JSONObject {
            try await month.reports("GetDossier", ["official": .string(official), "person": .string(person)])
        }
        let own = try await dossier("cb-112")
        let july = try #require(own["months"]?[0])
        #expect(july["own"] == "excellent" && july["vote"] == "excellent" && july["level"] == "good")
        #expect(july["differs"] == true && july["unitName"] == "Xã Ninh Phước" && july["state"] == "decided")
        #expect(
            own["posts"]?[0]?["title"] == "Chỉ huy trưởng Ban Chỉ huy Quân sự xã"
                && own["posts"]?[0]?["from"] == "2020-01-01")
        // The workflow lets the head, the head above and the organisation board read the level.
        for reader in ["cb-101", "cb-03", "cb-01"] {
            #expect(try await dossier(reader)["months"]?[0]?["level"] == "good", "\(reader)")
        }
        #expect(month.daemon.log.contains("cb-101 read the dossier of cb-112"))
        #expect(await refusal { try await dossier("cb-14") }.name == "NotAllowed")
        // Both have posts: each sees the posts of himself only.
        #expect(try await dossier("cb-110", "cb-110")["posts"]?.arrayValue?.count == 1)
    }

    private func expectTables(_ month: PlayedMonth) async throws {
        let table = try await month.rotationctl("report", "monthly", "--unit", PlayedMonth.unit, "--period", "2022-07")
        #expect(table.status == 0, "\(table.output)")
        #expect(table.output.contains("Tổng hợp kết quả đánh giá cán bộ: Xã Ninh Phước, 07/2022"))
        let total = table.output.split(separator: "\n").first { $0.hasPrefix("Tổng cộng") } ?? ""
        #expect(total.contains("42") && total.contains("41 (97,6 %)") && total.contains("36 (85,7 %)"), "\(total)")
        let file = month.daemon.folder + "/month.csv"
        for _ in 1...2 {
            let written = try await month.rotationctl(
                "report", "monthly", "--unit", PlayedMonth.unit, "--period", "2022-07", "--format", "csv", "--bom",
                "-o", file)
            #expect(written.status == 0, "\(written.output)")
        }
        let bytes = try Data(contentsOf: URL(filePath: file))
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
        let rows = String(decoding: bytes.dropFirst(3), as: UTF8.self).components(separatedBy: "\r\n")
        #expect(rows[0].hasPrefix("unit,period,row,name,headcount,assessable,assessed,not_assessed,open,late,"))
        #expect(rows.count == 8 && rows[7].isEmpty, "\(rows)")
        #expect(rows[1].hasPrefix("xa-ninh-phuoc,2022-07,line,Khối Đảng,8,8,8,0,0,0,"), "\(rows)")
        let names = try await month.rotationctl(
            "report", "monthly", "--unit", PlayedMonth.unit, "--period", "2022-07", "--format", "csv", "--names")
        #expect(names.output.contains("cb-112") && names.output.contains("Một nhiệm vụ đột xuất"), "\(names.output)")
        let json = try await month.rotationctl(
            "report", "monthly", "--unit", PlayedMonth.unit, "--period", "2022-07", "--json")
        let report = try JSON(parsing: json.output.trimmingCharacters(in: .newlines))
        #expect(report["results"]?.arrayValue?.count == 42 && report["total"]?["assessed"] == 42)
        let shown = try await month.rotationctl("official", "show", "cb-112", person: "cb-112")
        #expect(shown.status == 0 && shown.output.contains("07/2022") && shown.output.contains("Một nhiệm vụ đột xuất"))
        let refused = try await month.rotationctl(
            "report", "monthly", "--unit", PlayedMonth.unit, "--period", "2022-07", person: "cb-110")
        #expect(refused.status == 77, "\(refused.output)")
    }

    private func expectTheDistrict(_ month: PlayedMonth) async throws {
        let summary = try await month.summary("cb-01", ["unit": "huyen-nong-son", "recursive": true])
        let lines = try summary.array("lines")
        let line = try #require(lines.first { $0["name"] == "xa-ninh-phuoc" })
        #expect(line["title"]?["vi"] == "Xã Ninh Phước" && line["goodOrAbove"]?["count"] == 41)
        #expect(summary["total"]?["assessed"] == 42 && summary["total"]?["headcount"]?.intValue ?? 0 > 42)
        // The others have nobody assessed yet, and it says so.
        #expect(summary["problems"]?.arrayValue?.count == lines.count)
        let alone = try await month.summary("cb-01", ["unit": "huyen-nong-son"])
        #expect(alone["total"]?["assessed"] == 0)
        // The head of a commune does not see the district.
        #expect(
            await refusal { try await month.summary("cb-101", ["unit": "huyen-nong-son", "recursive": true]) }.name
                == "NotAllowed")
    }

    private func expectTheNextMonth(_ month: PlayedMonth) async throws {
        let sick = try await month.open("cb-102", period: "2022-08")
        try await month.gateway.speaking(for: "cb-101").send("do_not_assess", ["reason": "sick"], to: sick)
        try await month.open("cb-103", period: "2022-08", block: "Khối <b>&\"lạ\"")
        let summary = try await month.summary("cb-101", ["period": "2022-08"])
        let total = try summary.object("total")
        #expect(total["assessed"] == 0 && total["notAssessed"] == 1 && total["open"] == 1 && total["assessable"] == 1)
        #expect(total["notAssessedReasons"] == [["value": "sick", "count": 1]])
        #expect(total["levels"]?.arrayValue?.map { $0["change"] } == [-5, -36, -1, 0])
        let problems = try summary.array("problems").compactMap { $0["vi"]?.stringValue }
        #expect(
            problems.contains("Tổng cộng: danh bạ có 42 người vào ngày chốt, nhưng có 2 phiếu đánh giá."), "\(problems)"
        )
        let results = try await month.results("cb-101", ["period": "2022-08"])
        #expect(results.count == 42 && results[1]["notes"]?[0]?["vi"] == "Nghỉ ốm")
        #expect(results[3]["case"] == nil && results[3]["notes"]?[0]?["vi"] == "Chưa mở phiếu đánh giá")
        // What people wrote is text and never markup, and a field of CSV whatever is in it.
        for (format, wanted) in [("html", "Khối &lt;b&gt;&amp;&quot;lạ&quot;"), ("csv", #","Khối <b>&""lạ""","#)] {
            let report = try await month.rotationctl(
                "report", "monthly", "--unit", PlayedMonth.unit, "--period", "2022-08", "--format", format)
            #expect(report.output.contains(wanted) && !report.output.contains("Khối <b>&\"lạ"), "\(report.output)")
        }
    }

    @Test func testAWrongReportIsNamedWithItsPlace() async throws {
        let daemon = try TestDaemon()
        let text = try String(contentsOfFile: daemon.config + "/reports/monthly.yaml", encoding: .utf8)
        for (old, new, problem) in [
            ("good_or_above: good", "good_or_above: fine", "there is no level \"fine\""),
            ("level: final_level", "level: nothing", "there is no field of its index \"nothing\""),
            ("form: head-decision", "form: nothing", "monthly-assessment uses no form \"nothing\""),
            ("leader: leader", "leader: leader\nnothing: 1", "nothing"),
        ] {
            try daemon.write(text.replacing(old, with: new), to: "reports/monthly.yaml")
            let failure = try await daemon.failure()
            #expect(failure.status == 78, "\(problem)")
            let line = failure.text.split(separator: "\n").first { $0.contains(problem) } ?? ""
            #expect(line.contains(#/monthly\.yaml:[0-9]+:[0-9]+: /#), "\(failure.text)")
        }
    }
}
