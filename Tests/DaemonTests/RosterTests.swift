import Foundation
import JSONCore
import Testing
import Workflow

/// A month of whole units, opened by the roster.
@Suite(.timeLimit(.minutes(5))) struct RosterTests {
    private static let file = "rosters/monthly-assessment.yaml"

    /// The roster of the repository, begun in a month.
    private static func roster(from month: String, _ changes: [(String, String)] = []) throws -> String {
        let path = TestDaemon.repository + "/config/" + file
        var text = try String(contentsOfFile: path, encoding: .utf8)
        for (old, new) in [("start: off", "start: \"\(month)\"")] + changes {
            try #require(text.contains(old))
            text = text.replacingOccurrences(of: old, with: new)
        }
        return text
    }

    private static func started(_ roster: String, directory: [String: String] = [:]) async throws -> TestDaemon {
        let daemon = try TestDaemon()
        try daemon.write(roster, to: file)
        for (name, text) in directory { try daemon.write(text, to: "directory/" + name) }
        try await daemon.start()
        try await daemon.importDirectory()
        return daemon
    }

    private static func advance(_ daemon: TestDaemon, to time: String) async throws {
        _ = try await daemon.client().manager("AdvanceClock", ["to": .string(time)])
    }

    /// The assessments of a month, as the organisation board sees them.
    private static func cases(_ daemon: TestDaemon, _ period: String) async throws -> [JSON] {
        let board = try await daemon.client("cb-01")
        var cases: [JSON] = []
        var cursor: JSON?
        repeat {
            var parameters: JSONObject = [
                "filter": ["workflow": "monthly-assessment", "period": .string(period)], "limit": 1000,
            ]
            parameters["cursor"] = cursor
            let reply = try await board.workflow("ListCases", parameters)
            cases += try reply.array("cases")
            cursor = reply["cursor"]
        } while cursor != nil
        return cases
    }

    private static func state(_ daemon: TestDaemon) async throws -> JSON {
        try #require(await daemon.client().manager("GetStatus").array("rosters").first)
    }

    /// Who holds a post on a day in the district, by the sample directory.
    private static func officials(on day: String) throws -> Set<String> {
        let path = TestDaemon.repository + "/config/directory/posts.csv"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst()
        return Set(
            lines.compactMap { line in
                let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                let (from, to) = (fields[fields.count - 2], fields[fields.count - 1])
                guard fields[2] != "tinh-quang-nam", from <= day, to.isEmpty || to >= day else { return nil }
                return String(fields[1])
            })
    }

    // MARK: - Who and when

    @Test func testEveryOfficialIsAssessedOnceInTheUnitOfTheMainPost() async throws {
        let daemon = try await Self.started(Self.roster(from: "2022-07"))
        try await Self.advance(daemon, to: "2022-07-25T07:59:00+07:00")
        #expect(try await Self.cases(daemon, "2022-07").isEmpty)
        #expect(try await Self.state(daemon)["nextAt"] == "2022-07-25T01:00:00.000Z")
        try await Self.advance(daemon, to: "2022-07-25T08:00:00+07:00")
        let cases = try await Self.cases(daemon, "2022-07")
        let officials = try Self.officials(on: "2022-07-25")
        #expect(cases.count == officials.count && Set(cases.compactMap { $0["subject"]?.stringValue }) == officials)
        func unit(_ official: String) -> String? {
            cases.first { $0["subject"]?.stringValue == official }?["unit"]?.stringValue
        }
        // He moves on 1 August: on the cut-off day he is still at the inspectorate.
        #expect(unit("cb-11") == "thanh-tra-huyen" && unit("cb-101") == "xa-ninh-phuoc")

        let board = try await daemon.client("cb-01")
        func assessment(_ official: String) async throws -> JSON {
            let id = cases.first { $0["subject"]?.stringValue == official }?["id"]?.stringValue
            return try await board.document(#require(id))
        }
        // Two posts in one form, which is the leaders' because the main one leads.
        let secretary = try await assessment("cb-101")
        #expect(secretary["assessment"]?["form_kind"] == "leader" && secretary["assessment"]?["block"] == "Khối Đảng")
        #expect(secretary["assessment"]?["posts"]?.arrayValue?.count == 2)
        #expect(secretary["assessment"]?["posts"]?[0]?["main"] == true)
        #expect(secretary["assessment"]?["staff_category"] == "official")
        // The last working day of July 2022, which ended on a Sunday.
        #expect(secretary["case"]?["due"]?["self_assessment_due"] == "2022-07-29T16:59:59.999Z")
        #expect(try await assessment("cb-19")["assessment"]?["form_kind"] == "staff")

        let state = try await Self.state(daemon)
        #expect(state["period"] == "2022-07" && state["opened"] == .int(cases.count) && state["late"] == false)
        #expect(state["nextAt"] == "2022-08-25T01:00:00.000Z" && state["problems"] == [])
        // Once is enough, also for a daemon that begins anew.
        await daemon.stop()
        try await daemon.start()
        try await Self.advance(daemon, to: "2022-07-26T09:00:00+07:00")
        #expect(try await Self.cases(daemon, "2022-07").count == cases.count)
        // By now he is at the commune.
        try await Self.advance(daemon, to: "2022-08-25T09:00:00+07:00")
        let august = try await Self.cases(daemon, "2022-08").first { $0["subject"] == "cb-11" }
        #expect(august?["unit"] == "xa-que-trung")
        try await daemon.expectSound()
    }

    @Test func testAUnitHasDaysOfItsOwnOrIsLeftOut() async throws {
        let roster =
            try Self.roster(from: "2022-07")
            + "\nunits:\n  xa-ninh-phuoc: {opens: {working_day: 2, of: next_month}, due: {self_assessment: {day: 10, of: next_month}, unit_vote: {day: 12, of: next_month}, decision: {day: 15, of: next_month}}}\n  thanh-tra-huyen: {leave_out: true}\n"
        let daemon = try await Self.started(roster)
        try await Self.advance(daemon, to: "2022-07-29")
        let units = { try await Set(Self.cases(daemon, "2022-07").compactMap { $0["unit"]?.stringValue }) }
        #expect(try await units() == ["huyen-nong-son", "xa-que-trung"])
        try await Self.advance(daemon, to: "2022-08-02T08:00:00+07:00")
        #expect(try await units() == ["huyen-nong-son", "xa-que-trung", "xa-ninh-phuoc"])
        // On time by its own schedule.
        #expect(try await Self.state(daemon)["late"] == false)
    }

    @Test func testAnOfficialWhoIsAddedDuringTheMonthIsNotForgotten() async throws {
        let daemon = try await Self.started(Self.roster(from: "2022-07"))
        try await Self.advance(daemon, to: "2022-07-26")
        let before = try await Self.cases(daemon, "2022-07").count
        for (table, line) in [
            ("officials", "cb-501,Cán bộ 501,,civil_servant,,vi"),
            (
                "posts",
                "p-501,cb-501,xa-ninh-phuoc,Công chức Tư pháp,unit_member,true,false,Khối chính quyền,2022-07-01,"
            ),
        ] {
            let name = "directory/\(table).csv"
            let text = try String(contentsOfFile: daemon.config + "/" + name, encoding: .utf8)
            try daemon.write(text + line + "\n", to: name)
        }
        try await daemon.importDirectory()
        try await Self.advance(daemon, to: "2022-07-27")
        let cases = try await Self.cases(daemon, "2022-07")
        #expect(cases.count == before + 1 && cases.contains { $0["subject"] == "cb-501" })
        // Without a login somebody else enters the form, which is said once.
        #expect(daemon.log.contains("cb-501 have no login"))
        #expect(try await Self.state(daemon)["opened"] == .int(before + 1))
    }

    @Test func testWhatJulyAskedToBeRemediedIsInAugustsForm() async throws {
        let daemon = try await Self.started(Self.roster(from: "2022-07"))
        try await Self.advance(daemon, to: "2022-07-25T09:00:00+07:00")
        let july = try await Self.cases(daemon, "2022-07").first { $0["subject"] == "cb-19" }
        let id = try #require(july?["id"]?.stringValue)
        let gateway = try await daemon.client()
        let assessment = try Samples.form("self-assessment-staff")
        try await gateway.speaking(for: "cb-19").send("self_assess", assessment, to: id)
        let head = gateway.speaking(for: "cb-14")
        try await head.send("record_vote", Samples.form("unit-vote-record").with(["votes_good": 5]), to: id)
        let decision = try Samples.form("head-decision").with(["capacity": "head"])
        #expect(try await head.send("decide", decision, to: id).state == "decided")
        try await Self.advance(daemon, to: "2022-08-25T09:00:00+07:00")
        let august = try await Self.cases(daemon, "2022-08").first { $0["subject"] == "cb-19" }
        let document = try await gateway.speaking(for: "cb-19").document(#require(august?["id"]?.stringValue))
        let carried = document["carried_over"]
        #expect(carried?["case"] == .string(id) && carried?["period"] == "2022-07")
        #expect(carried?["shortcomings"] == assessment["shortcomings"])
        #expect(carried?["required_remedies"] == decision["required_remedies"])
    }

    // MARK: - Late

    @Test func testMissedMonthsAreOpenedLateAndSaySo() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        try await Self.advance(daemon, to: "2022-09-12T09:00:00+07:00")
        #expect(try await Self.state(daemon)["start"] == nil)
        await daemon.stop()
        try daemon.write(Self.roster(from: "2022-07"), to: Self.file)
        try await daemon.start()
        try await Self.advance(daemon, to: "2022-09-12T09:01:00+07:00")
        for period in ["2022-07", "2022-08"] {
            #expect(try await Self.cases(daemon, period).count == Self.officials(on: period + "-25").count)
            #expect(daemon.log.contains("cases of \(period) were opened, late"))
        }
        // Never a month before the configured start, and none whose day has not come.
        for period in ["2022-06", "2022-09"] { #expect(try await Self.cases(daemon, period).isEmpty) }
        let july = try await Self.cases(daemon, "2022-07").first { $0["subject"] == "cb-19" }
        let id = try #require(july?["id"]?.stringValue)
        let opened = try await daemon.client("cb-01").history(id)[0]
        #expect(opened["event"] == "$open" && opened["late"] == true)
        #expect(opened["detail"]?["roster"] == "monthly-assessment")
        #expect(opened["detail"]?["due"] == "2022-07-25T01:00:00.000Z")
        // Nobody is overdue before he could do anything: three working days from now.
        let due = try await daemon.client("cb-01").document(id)["case"]?["due"]?["self_assessment_due"]
        #expect(due == "2022-09-15T16:59:59.999Z")
        #expect(try await Self.state(daemon)["late"] == true)
    }

    @Test func testUnderTheRealClockAMissedMonthIsOpenedAtTheStart() async throws {
        let daemon = try TestDaemon(clock: "real")
        try await daemon.start()
        try await daemon.importDirectory()
        await daemon.stop()
        // A month that is long over; those since are opened with it.
        let today = try #require(LocalDate(String(ISO8601DateFormatter().string(from: Date()).prefix(10))))
        let month = today.adding(months: -2).period
        try daemon.write(Self.roster(from: month), to: Self.file)
        try await daemon.start()
        let count = try Self.officials(on: month + "-25").count
        try await until("the month is opened", limit: .seconds(120)) {
            try await Self.cases(daemon, month).count == count
        }
        #expect(try await Self.state(daemon)["late"] == true)
    }

    // MARK: - A rotated official

    @Test(arguments: ["{day: 22}", "{day: 29}"])
    func testTheRosterAndTheRotationEndInOneCase(opens: String) async throws {
        let daemon = try await Self.started(
            Self.roster(
                from: "2022-08", [("opens: {day: 25}", "opens: \(opens)"), ("cut_off: {day: 25}", "cut_off: \(opens)")])
        )
        let gateway = try await daemon.client()
        let id = try await WholeCaseTests.playToCommitment(gateway)
        try await Self.advance(daemon, to: "2022-08-30")
        let cases = try await Self.cases(daemon, "2022-08").filter { $0["subject"] == "cb-11" }
        try #require(cases.count == 1)
        #expect(cases[0]["parent"] == .string(id) && cases[0]["recurrence"] == "check_in")
        let child = try #require(cases[0]["id"]?.stringValue)
        let official = gateway.speaking(for: "cb-11")
        let history = try await official.history(id)
        #expect(history.last?["event"] == "$child" && history.last?["detail"]?["case"] == .string(child))
        // What the roster knows and what the rotation knows are both there.
        let document = try await official.document(child)
        #expect(document["assessment"]?["posts"]?.arrayValue?.count == 1)
        #expect(document["assessment"]?["program"] == .string(id) && document["program"]?["case"] == .string(id))
        let program = try await official.document(id)["action_program"]?["key_tasks"]
        #expect(document["program"]?["key_tasks"]?.arrayValue?.count == program?.arrayValue?.count)
        #expect(document["program"]?["key_tasks"]?[0]?["id"] == program?[0]?["id"])
        #expect(document["program"]?["key_tasks"]?[0]?["description"] == nil)
        try await daemon.expectSound()
    }

    @Test func testTheRotationGoesOnWithACaseThatAPersonHasOpened() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        let gateway = try await daemon.client()
        let id = try await WholeCaseTests.playToCommitment(gateway)
        try await Self.advance(daemon, to: "2022-08-02")
        let form = try Samples.monthly("cb-11").with(["period": "2022-08", "form_kind": "leader"])
        let child = try await gateway.speaking(for: "cb-01").open("monthly-assessment", form).id
        let official = gateway.speaking(for: "cb-11")
        let progress: JSON = ["self_level": "good", "program_progress": [["key_task_id": "task-1", "status": "late"]]]
        // It is no part of the program yet.
        let refused = await refusal { try await official.send("self_assess", progress, to: child) }
        #expect(refused.name == "RequirementNotMet")
        try await Self.advance(daemon, to: "2022-08-25T09:00:00+07:00")
        let cases = try await Self.cases(daemon, "2022-08").filter { $0["subject"] == "cb-11" }
        #expect(cases.count == 1 && cases[0]["id"] == .string(child) && cases[0]["parent"] == .string(id))
        #expect(try await official.history(child).map { $0["event"] }.contains("$adopt"))
        try await official.send("self_assess", progress, to: child)
        try await daemon.expectSound()
    }

    // MARK: - What a person must see to

    @Test func testUnitsThatEndedAndPeopleWithoutAMainPostAreReported() async throws {
        func lines(_ table: String) throws -> String {
            try String(contentsOfFile: TestDaemon.repository + "/config/directory/\(table).csv", encoding: .utf8)
        }
        let daemon = try await Self.started(
            Self.roster(from: "2022-07"),
            directory: [
                "units.csv": lines("units")
                    + "xa-cu,Xã Cũ,commune,huyen-nong-son,2020-01-01,,\n"
                    + "xa-mat,Xã Mất,commune,huyen-nong-son,2020-01-01,,\n"
                    + "xa-khong-dau,Xã Không Đầu,commune,huyen-nong-son,2020-01-01,,\n",
                "officials.csv": lines("officials")
                    + (501...503).map { "cb-\($0),Cán bộ \($0),cb\($0),civil_servant,,vi\n" }.joined(),
                "posts.csv": lines("posts")
                    + "p-501,cb-501,xa-cu,Công chức,unit_member,true,false,,2020-01-01,\n"
                    + "p-502,cb-502,xa-mat,Công chức,unit_member,true,false,,2020-01-01,\n"
                    + "p-503,cb-503,xa-khong-dau,Công chức,unit_member,false,false,,2020-01-01,\n"
                    + "p-504,cb-503,xa-khong-dau,Trưởng thôn,unit_member,false,false,,2020-01-01,\n",
            ])
        // As a store from before imports were held together with the units may have it.
        let python = try ChildProcess(
            "python3",
            [
                "-c",
                """
                import sqlite3, sys
                store = sqlite3.connect(sys.argv[1])
                store.execute("UPDATE units SET to_date = '2022-06-30' WHERE id IN ('xa-cu', 'xa-mat')")
                store.execute("UPDATE units SET successor = 'xa-ninh-phuoc' WHERE id = 'xa-cu'")
                store.commit()
                """, daemon.database,
            ], output: daemon.folder + "/altered")
        try #require(await python.exitStatus == 0)
        try await Self.advance(daemon, to: "2022-07-25T09:00:00+07:00")
        let cases = try await Self.cases(daemon, "2022-07")
        func unit(_ official: String) -> JSON? { cases.first { $0["subject"] == .string(official) }?["unit"] }
        #expect(unit("cb-501") == "xa-ninh-phuoc" && unit("cb-502") == nil && unit("cb-503") == "xa-khong-dau")
        let problems = try await Self.state(daemon)["problems"]?.arrayValue?.compactMap { $0["en"]?.stringValue } ?? []
        #expect(problems.contains { $0.contains("xa-mat has ended") && $0.contains("cb-502") })
        #expect(problems.contains { $0.contains("xa-khong-dau") && $0.contains("unit_head") })
        #expect(problems.contains { $0.contains("cb-503 holds several posts") })
        #expect(problems.count == 3, "\(problems)")
        for problem in problems { #expect(daemon.log.contains(problem)) }
        let attention = try await daemon.client().manager("GetStatus").array("needsAttention")
        #expect(attention.contains { $0["subject"] == "roster" })
    }

    @Test func testAMistakeInARosterIsNamedWithItsPlaceAndTheOldOneStays() async throws {
        let daemon = try await Self.started(Self.roster(from: "2022-07"))
        try daemon.write(Self.roster(from: "2022-13", [("cut_off:", "cutoff:")]), to: Self.file)
        let problems = try await daemon.client().manager("Reload")["problems"]?.arrayValue ?? []
        let texts = problems.compactMap(\.stringValue)
        #expect(texts.contains { $0.contains("monthly-assessment.yaml:") && $0.contains("\"start\" must be") })
        #expect(texts.contains { $0.contains("did you mean \"cut_off\"?") })
        #expect(try await Self.state(daemon)["start"] == "2022-07")
        try daemon.write(Self.roster(from: "2022-08"), to: Self.file)
        #expect(try await daemon.client().manager("Reload")["problems"] == [])
        #expect(try await Self.state(daemon)["start"] == "2022-08")
    }

    // MARK: - Many

    @Test func testAWholeDistrictIsOpenedWhileOthersWork() async throws {
        let count = 2000
        func lines(_ table: String) throws -> String {
            try String(contentsOfFile: TestDaemon.repository + "/config/directory/\(table).csv", encoding: .utf8)
        }
        let many = 10_001...10_000 + count
        let daemon = try await Self.started(
            Self.roster(from: "2022-07"),
            directory: [
                "officials.csv": lines("officials")
                    + many.map { "m-\($0),Cán bộ \($0),m\($0),civil_servant,,vi\n" }.joined(),
                "posts.csv": lines("posts")
                    + many.map {
                        "q-\($0),m-\($0),xa-ninh-phuoc,Công chức,unit_member,true,false,,2020-01-01,\n"
                    }.joined(),
            ])
        let board = try await daemon.client("cb-01")
        let opening = Task { try await Self.advance(daemon, to: "2022-07-25T08:00:00+07:00") }
        // Commands are answered while thousands are opened.
        let form = try Samples.monthly("cb-20")
        var meanwhile = 0
        try await until("a case is there, but not yet all") {
            let cases = try await board.manager("GetStatus").int("cases")
            if cases > 0, cases < count {
                try await board.open("monthly-assessment", form.with(["period": .string("2021-\(10 + meanwhile)")]))
                meanwhile += 1
            }
            return meanwhile == 3 || cases >= count
        }
        #expect(meanwhile == 3)
        try await opening.value
        #expect(try await Self.cases(daemon, "2022-07").count == Self.officials(on: "2022-07-25").count + count)
        #expect(await daemon.stop() == 0)
    }
}
