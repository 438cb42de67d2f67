import Glibc
import JSONCore
import Testing
import Varlink

/// What goes over the socket, and how answers and errors are told.
@Suite struct CallTests {
    // MARK: Errors

    @Test func testWithoutADaemonTheCommandSaysWhatToDo() async throws {
        let tool = Tool(environment: ["LC_ALL": "vi_VN.UTF-8"])
        let run = try await tool("status")
        #expect(run.status == 69)
        #expect(
            run.errors.hasPrefix("rotationctl: xem tình trạng rotationd: không kết nối được tới /nonexistent/socket"))
        #expect(run.errors.contains("systemctl status rotationd"))
        #expect(try await Tool()("status").errors.contains("Is the daemon running?"))
    }

    @Test func testTheSocketIsFoundInTheCurrentFolder() async throws {
        try await FakeDaemon.with(["Workflow.ListWorkflows": { _ in ["workflows": []] }]) { daemon, tool in
            var tool = tool
            tool.environment["ROTATIOND_SOCKET"] = ""
            let shell = "cd \(daemon.folder.path) && mkdir .run && ln -s ../socket .run/org.rotationd && exec \"$@\""
            let process = try tool.start(["workflow", "list"], shell: shell)
            process.write("")
            #expect(await process.end().status == 0)
        }
    }

    static let refusals: [(VarlinkError, Int32, vi: String, en: String)] = [
        (.init("CaseNotFound", ["case": "c1"]), 66, "không có hồ sơ c1", "there is no case c1"),
        (
            .init("EventNotAccepted", said(["case": "c1", "event": "e", "state": "s", "accepted": ["f", "g"]])), 65,
            "Chấp nhận: không", "Accepted now: f, g"
        ),
        (
            .init("VersionConflict", said(["case": "c1", "expected": 1, "actual": 2])), 65, "Chấp nhận: không",
            "Look at the case"
        ),
        (
            .init("NotAllowed", said(["operation": "e", "roles": ["unit_head"]])), 77, "Người được làm",
            "Who may do it: unit_head"
        ),
        (.init("RequirementNotMet", said(["event": "e"])), 65, "Chấp nhận: không", "Accepted: no"),
        (.init("UnknownPerson", said(["person": "x"])), 77, "Chấp nhận: không", "whoami"),
        (.init("Unavailable", said(["reason": "storage"])), 75, "Hãy thử lại", "Try again"),
    ]

    private static func said(_ parameters: JSONObject) -> JSONObject {
        parameters.merging(["message": SampleReplies.text("Chấp nhận: không", "Accepted: no")]) { $1 }
    }

    @Test(arguments: refusals.indices)
    func testARefusalIsToldInBothLanguagesWithItsStatus(index: Int) async throws {
        let (error, status, vi, en) = Self.refusals[index]
        let refusal = VarlinkError("org.rotationd.Workflow." + error.name, error.parameters)
        try await FakeDaemon.with(["Workflow.SendEvent": { _ in throw refusal }]) { _, tool in
            let english = try await tool("case", "send", "c1", "e", "--no-form")
            #expect(english.status == status && english.errors.contains(en), "\(english.errors)")
            #expect(english.errors.hasPrefix("rotationctl: send e to case c1: "))
            let vietnamese = try await tool("case", "send", "c1", "e", "--no-form", "--language", "vi")
            #expect(vietnamese.status == status && vietnamese.errors.contains(vi), "\(vietnamese.errors)")
            let json = try JSON(parsing: try await tool("case", "send", "c1", "e", "--no-form", "--json").errors)
            #expect(json["error"]?.stringValue == refusal.name && json["exitStatus"] == .int(Int(status)))
            #expect(json["parameters"] == .object(refusal.parameters))
        }
    }

    @Test func testABrokenFormIsToldRuleByRuleWithItsPlaceInTheFile() async throws {
        let refusal = VarlinkError(
            "org.rotationd.Workflow.InvalidForm",
            [
                "form": "report", "message": SampleReplies.text("sai", "wrong"),
                "violations": [
                    [
                        "pointer": "/a/b", "keyword": "type",
                        "message": SampleReplies.text("/a/b: phải là số", "/a/b: no number"),
                    ],
                    ["pointer": "/c", "keyword": "required", "message": SampleReplies.text("thiếu", "missing")],
                ],
            ])
        try await FakeDaemon.with(["Workflow.SendEvent": { _ in throw refusal }]) { daemon, tool in
            let file = try daemon.folder.write("x: 1\na:\n  b: y\n", to: "f.yaml")
            let run = try await tool("case", "send", "c1", "e", "--file", file)
            #expect(run.status == 65)
            #expect(
                run.errors.contains(
                    "the form breaks 2 rules\n  \(file):3:3: /a/b: no number\n  \(file):1:1: /c: missing\n"))
            let set = try await tool("case", "send", "c1", "e", "--set", "a.b=y", "--language", "vi")
            #expect(set.errors.contains("\n  /a/b: phải là số\n  /c: thiếu\n"))
        }
    }

    @Test func testADaemonOfAnotherVersionIsUnavailable() async throws {
        try await FakeDaemon.with { _, tool in
            let run = try await tool("reload")
            #expect(run.status == 69 && run.errors.contains("org.rotationd.Manager.Reload"))
        }
    }

    // MARK: Keys and lost connections

    @Test func testALostConnectionIsMadeAgainWithTheSameKey() async throws {
        try await FlakyDaemon.with(closing: 2, ["case": "c1", "version": 2, "state": "s"]) { daemon, tool in
            let run = try await tool("case", "send", "c1", "e", "--no-form")
            #expect(run.status == 0, "\(run.errors)")
            let keys = daemon.calls.compactMap { $0["parameters"]?["key"]?.stringValue }
            #expect(keys.count == 3 && Set(keys).count == 1)
        }
    }

    @Test func testWhatMayNotBeRepeatedIsNotRepeated() async throws {
        try await FlakyDaemon.with(closing: 1, [:]) { daemon, tool in
            let run = try await tool("clock", "advance", "2022-08-01")
            #expect(run.status == 75)
            #expect(daemon.calls.count { $0["method"] == "org.rotationd.Manager.AdvanceClock" } == 1)
        }
    }

    @Test func testEachCallHasItsOwnKeyUnlessOneIsGiven() async throws {
        try await FakeDaemon.with([
            "Workflow.SendEvent": { _ in ["case": "c1", "version": 2, "state": "s"] }
        ]) { daemon, tool in
            for _ in 0..<2 { _ = try await tool("case", "send", "c1", "e", "--no-form") }
            _ = try await tool("case", "send", "c1", "e", "--no-form", "--key", "mine")
            let keys = daemon.calls("Workflow.SendEvent").compactMap { $0["key"]?.stringValue }
            #expect(Set(keys).count == 3 && keys.last == "mine")
        }
    }

    // MARK: Sending

    @Test func testAFormComesFromAFileStandardInputOrTheCommandLine() async throws {
        try await FakeDaemon.with(SampleReplies.reporting()) { daemon, tool in
            let file = try daemon.folder.write("title: Việc một\nlevel:\n", to: "f.yaml")
            _ = try await tool("case", "send", "c1", "report", "--file", file)
            _ = try await tool("case", "send", "c1", "report", "--file", "-", input: "{\"title\": \"hai\"}")
            _ = try await tool("case", "send", "c1", "report", "--set", "a.b=c", "--set", "l.0=1")
            _ = try await tool("case", "send", "c1", "report", "--file", file, "--set", "level=good")
            #expect(
                daemon.calls("Workflow.SendEvent").map { $0["form"] } == [
                    ["title": "Việc một"], ["title": "hai"], ["a": ["b": "c"], "l": [1]],
                    ["title": "Việc một", "level": "good"],
                ])
        }
    }

    @Test func testWhoActsAndWhyGoWithTheEvent() async throws {
        try await FakeDaemon.with(SampleReplies.reporting()) { daemon, tool in
            let run = try await tool(
                "case", "send", "c1", "report", "--no-form", "--person", "cb-01", "--on-behalf-of", "cb-02",
                "--reason", "Nghỉ ốm", "--expected-version", "3", "--language", "vi")
            #expect(run.output == "Đã gửi report tới hồ sơ c1, trạng thái: reported (lần ghi 4)\n")
            var sent = try #require(daemon.calls("Workflow.SendEvent").first)
            #expect(sent["form"] == nil)
            sent["key"] = nil
            #expect(
                JSON.object(sent) == [
                    "case": "c1", "event": "report", "person": "cb-01", "onBehalfOf": "cb-02", "reason": "Nghỉ ốm",
                    "expectedVersion": 3,
                ])
        }
    }

    @Test func testACaseIsOpened() async throws {
        try await FakeDaemon.with([
            "Workflow.OpenCase": { _ in ["case": "c9", "version": 1, "state": "drafting"] }
        ]) { daemon, tool in
            let run = try await tool("case", "open", "w", "--set", "official=cb-07")
            #expect(run.output == "Opened case c9, state: drafting\n")
            #expect(daemon.calls("Workflow.OpenCase").first?["form"] == ["official": "cb-07"])
            #expect(try await tool("case", "open", "w", "--set", "a=b", "--json").json().first?["case"] == "c9")
        }
    }

    @Test func testAnEmptyFormFileIsNoInput() async throws {
        try await FakeDaemon.with(SampleReplies.reporting()) { daemon, tool in
            let run = try await tool("case", "send", "c1", "report", "--file", "-", input: "# nothing\n")
            #expect(run.status == 66)
            #expect(daemon.calls("Workflow.SendEvent").isEmpty)
        }
    }

    // MARK: Reading

    @Test func testAListIsReadPageByPageAndAligned() async throws {
        let pages: FakeDaemon.Answer = { parameters in
            if parameters["cursor"] == nil {
                return ["cases": [SampleReplies.aCase("c1", title: "Nguyễn Ngọc Hiền".decomposed)], "cursor": "p2"]
            }
            return ["cases": [SampleReplies.aCase("c2", title: "日本語", overdue: true)]]
        }
        try await FakeDaemon.with(["Workflow.ListCases": pages]) { daemon, tool in
            let run = try await tool("case", "list", "--open", "--state", "a", "--field", "x=y", "--language", "vi")
            #expect(run.status == 0)
            #expect(
                run.lines
                    == [
                        "Hồ sơ  Tiêu đề           Trạng thái    Đơn vị  Cập nhật",
                        "c1     \("Nguyễn Ngọc Hiền".decomposed)  Tự đánh giá   xa-01   29/07/2022 01:30",
                        "c2     日本語            Tự đánh giá   xa-01   29/07/2022 01:30  quá hạn",
                    ].map {
                        $0.replacing("Tự đánh giá   ", with: "Tự đánh giá  ").replacing(
                            "Trạng thái    ", with: "Trạng thái   ")
                    })
            #expect(
                daemon.calls("Workflow.ListCases").first?["filter"]
                    == ["open": true, "states": ["a"], "field": ["x": "y"]])
            #expect(try await tool("case", "list", "--json").json().map { $0["id"] } == ["c1", "c2"])
            #expect(try await tool("case", "list", "--limit", "1", "--json").lines.count == 1)
            #expect(daemon.calls("Workflow.ListCases").last?["limit"] == 1)
        }
    }

    @Test func testAnEmptyListSaysSoBesideTheOutput() async throws {
        try await FakeDaemon.with(["Workflow.ListTasks": { _ in ["tasks": []] }]) { _, tool in
            let run = try await tool("task", "list", "--language", "vi")
            #expect(run.status == 0 && run.output.isEmpty && run.errors == "Không có việc nào đang chờ.\n")
        }
    }

    @Test func testAHistoryIsATimeline() async throws {
        let history: FakeDaemon.Answer = { parameters in
            let first = parameters["after"] == nil
            return ["events": [SampleReplies.anEvent(first ? 1 : 2)], "more": .bool(first)]
        }
        try await FakeDaemon.with(["Workflow.GetHistory": history]) { daemon, tool in
            let run = try await tool("case", "history", "c1", "--language", "vi")
            #expect(
                run.lines.prefix(6) == [
                    "29/07/2022 01:30  #1  Nộp phiếu tự đánh giá (self_assess) [muộn] · Cán bộ 07 (cb-07), thay cb-08, qua web",
                    "    → Chờ biểu quyết", "    Lý do: Nghỉ ốm", "    /self_level: completed → good",
                    "    /days: thêm 23", "    /note: bỏ x",
                ])
            #expect(daemon.calls("Workflow.GetHistory").map { $0["after"] } == [nil, 1])
            #expect(try await tool("case", "history", "c1", "--json").json().count == 2)
        }
    }

    @Test func testAPartOfADocumentIsPrintedAsAForm() async throws {
        let answer: FakeDaemon.Answer = { _ in
            [
                "case": SampleReplies.aCase("c1"), "document": ["program": ["tasks": ["một", "hai"]]], "head": "ab",
                "accepts": [],
            ]
        }
        try await FakeDaemon.with(["Workflow.GetCase": answer]) { _, tool in
            #expect(try await tool("case", "show", "c1", "--at", "/program").output == "tasks:\n  - một\n  - hai\n")
            #expect(try await tool("case", "show", "c1", "--at", "/nothing").status == 66)
            let whole = try await tool("case", "show", "c1", "--language", "vi")
            #expect(whole.lines.first == "Cán bộ 07")
            #expect(whole.lines.contains("Cập nhật    29/07/2022 01:30"))
        }
    }

    @Test func testNothingInTheDataSteersTheTerminal() async throws {
        try await FakeDaemon.with([
            "Workflow.ListCases": { _ in ["cases": [SampleReplies.aCase("c1", title: "a\u{1B}[2Jb\nc")]] }
        ]) { _, tool in
            let run = try await tool("case", "list")
            #expect(run.output.contains("a\u{FFFD}[2Jb c"))
            #expect(run.lines.count == 2)
        }
    }

    @Test func testAClosedPipeEndsItSilently() async throws {
        let many: FakeDaemon.Answer = { _ in
            ["cases": .array((0..<200).map { SampleReplies.aCase("c\($0)") }), "cursor": "on"]
        }
        try await FakeDaemon.with(["Workflow.ListCases": many]) { _, tool in
            let process = try tool.start(["case", "list"], shell: #""$@" | head -n 3"#)
            process.write("")
            let run = await process.end()
            #expect(run.status == 0 && run.lines.count == 3 && run.errors.isEmpty)
        }
    }

    // MARK: Administration

    @Test func testFindingsOfVerifyAreADataError() async throws {
        try await FakeDaemon.with(streams: [
            "Manager.Verify": { _, replies in
                try await replies.send(
                    [
                        "cases": 1, "events": 5, "total": 9, "findings": [["case": "c1", "message": "broken"]],
                        "done": false,
                    ])
                return ["cases": 2, "events": 9, "total": 9, "findings": [], "done": true]
            }
        ]) { _, tool in
            let run = try await tool("verify", "--language", "vi")
            #expect(run.status == 65)
            #expect(run.lines == ["c1: broken", "Đã kiểm tra 2 hồ sơ, 9 sự kiện: có 1 lỗi."])
            #expect(run.errors.isEmpty)
        }
    }

    @Test func testADirectoryIsImportedInPartsInTheOrderOfItsTables() async throws {
        let count: JSON = ["added": 1, "changed": 2, "same": 3]
        try await FakeDaemon.with([
            "Directory.StageImport": { _ in ["rows": 1, "problems": []] },
            "Directory.ApplyImport": { parameters in
                [
                    "units": count, "officials": count, "posts": count, "delegations": count, "problems": [],
                    "moreProblems": 0, "applied": .bool(parameters["dryRun"] == false),
                ]
            },
            "Directory.PreviewImport": { _ in
                [
                    "changes": [
                        ["table": "units", "id": "u-1", "new": ["id": "u-1", "name": "Xã A"]],
                        [
                            "table": "officials", "id": "o-1",
                            "old": ["id": "o-1", "fullName": "A", "email": "a@b.vn"],
                            "new": [
                                "id": "o-1", "fullName": "B", "email": "a@b.vn", "preferences": ["digest": "daily"],
                            ],
                        ],
                    ]
                ]
            },
            "Directory.DiscardImport": { _ in [:] },
        ]) { daemon, tool in
            let row = "1," + String(repeating: "x", count: 1000) + "\n"
            _ = try daemon.folder.write("\u{FEFF}id,name\n" + String(repeating: row, count: 2000), to: "officials.csv")
            _ = try daemon.folder.write("id,name\n1,a\n", to: "units.csv")
            let run = try await tool("directory", "import", daemon.folder.path, "--dry-run", "--language", "vi")
            #expect(run.status == 0)
            #expect(
                run.lines.prefix(5) == [
                    "+ Đơn vị u-1, Xã A", "    name: Xã A", "~ Cán bộ o-1, B", "    digest: – → daily",
                    "    fullName: A → B",
                ])
            #expect(run.lines[6] == "Đơn vị       1    2           3")
            #expect(daemon.calls("Directory.DiscardImport").count == 1)
            #expect(daemon.calls("Directory.StageImport").map { $0["part"] } == [0, 1, 2])
            #expect(run.errors.contains("Chạy thử"))
            let staged = daemon.calls("Directory.StageImport")
            #expect(staged.map { $0["table"] } == ["units", "officials", "officials"])
            #expect(staged.allSatisfy { $0["csv"]?.stringValue?.hasPrefix("id,name\n1,") == true })
            #expect(staged.last?["firstLine"]?.intValue ?? 0 > 1000)
            #expect(Set(staged.compactMap { $0["import"]?.stringValue }).count == 1)
            #expect(daemon.calls("Directory.ApplyImport").first?["dryRun"] == true)
        }
    }

    @Test func testProblemsOfAnImportAreToldAndNothingIsApplied() async throws {
        try await FakeDaemon.with([
            "Directory.StageImport": { parameters in
                [
                    "rows": 0,
                    "problems": [
                        [
                            "file": parameters["file"] ?? .null, "line": 2, "column": 3,
                            "message": SampleReplies.text("sai ngày", "bad date"),
                        ]
                    ],
                ]
            },
            "Directory.ApplyImport": { _ in
                let count: JSON = ["added": 0, "changed": 0, "same": 0]
                return [
                    "units": count, "officials": count, "posts": count, "delegations": count,
                    "problems": [
                        [
                            "file": "units.csv", "line": 9, "column": 1,
                            "message": SampleReplies.text("không có", "is not there"),
                        ]
                    ], "moreProblems": 0, "applied": false,
                ]
            },
            "Directory.DiscardImport": { _ in [:] },
        ]) { daemon, tool in
            let file = try daemon.folder.write("id\n1\n", to: "units.csv")
            let run = try await tool("directory", "import", file, "--language", "vi")
            #expect(run.status == 65 && run.output == "\(file):2:3: sai ngày\nunits.csv:9:1: không có\n")
            #expect(daemon.calls("Directory.ApplyImport").map { $0["dryRun"] } == [true])
        }
    }

    // MARK: Backups

    @Test func testABackupIsTakenOnlyWhenItIsANewFileOfItsFoldersOwner() async throws {
        let folder = try TemporaryFolder()
        let other = try folder.write("mine", to: "other")
        let (pointer, twin) = (folder.path + "/pointer", folder.path + "/twin")
        #expect(symlink(other, pointer) == 0)
        @Sendable func made(_ path: String) -> JSONObject {
            let backup: JSON = [
                "path": .string(path), "kind": "manual", "madeAt": "2022-07-29T02:00:00.000Z", "bytes": 4,
            ]
            return ["backup": backup, "position": 1, "removed": [], "milliseconds": 1]
        }
        let honest: FakeDaemon.Answer = { _ in made(try folder.write("backup", to: "fresh")) }
        try await FakeDaemon.with(["Manager.Backup": honest]) { _, tool in
            let run = try await tool("backup", folder.path + "/copy")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try folder.read("copy") == "backup")
            #expect(access(folder.path + "/fresh", F_OK) != 0)
        }
        for path in [other, pointer, twin] {
            let lie: FakeDaemon.Answer = { _ in
                if path == twin { #expect(link(other, twin) == 0) }
                return made(path)
            }
            try await FakeDaemon.with(["Manager.Backup": lie]) { _, tool in
                let run = try await tool("backup", folder.path + "/stolen", "--language", "en")
                #expect(run.status == 77 && run.errors.contains("\(path) is not a file that"), "\(run.errors)")
            }
            #expect(access(path, F_OK) == 0 && access(folder.path + "/stolen", F_OK) != 0)
        }
        #expect(try folder.read("other") == "mine")
    }
}
