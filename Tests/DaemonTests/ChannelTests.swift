import Foundation
import JSONCore
import Testing

/// Messages on their way: real channels as processes, which hang, refuse and die.
@Suite(.timeLimit(.minutes(3))) struct ChannelTests {
    /// A daemon with channels `a`, the one that people have who have not chosen, and `b`.
    private func started(
        _ settings: String..., wishes: [String: (channel: String, quietHours: String, digest: String)] = [:]
    ) async throws -> (TestDaemon, TestChannel, TestChannel) {
        let daemon = try TestDaemon()
        try TestChannel.install(in: daemon)
        let (a, b) = (TestChannel(name: "a", daemon: daemon), TestChannel(name: "b", daemon: daemon))
        try daemon.wish(wishes)
        try await daemon.start(["notifications=\(a.address),\(b.address)"] + settings)
        try await daemon.importDirectory()
        return (daemon, a, b)
    }

    private func ids(_ messages: [JSONObject]) -> [String] { messages.compactMap { $0["id"]?.stringValue } }

    @Test func testAHangingChannelDelaysNoOther() async throws {
        let (daemon, a, b) = try await started(wishes: ["cb-02": ("b", "", "")])
        try a.behave("hang")
        try await daemon.enqueue(["official:cb-01", "official:cb-02", "official:cb-01", "official:cb-02"])
        try await until("the other channel has its messages") { try b.taken.count == 2 }
        try await until("the hanging one is asked") { a.asked.count == 1 }
        #expect(try a.taken.isEmpty)
        // And commands are carried out.
        try await daemon.client("cb-01").open("rotation-onboarding", Samples.form("rotation"))
        try a.behave("hang", false)
        try await until("all are delivered") { try a.taken.count == 3 }
        #expect(try ids(b.taken) == ["test-000001-cb-02-b", "test-000003-cb-02-b"])
    }

    @Test func testARecipientsMessagesKeepTheirOrderWhileTheFirstIsTriedAgain() async throws {
        let (daemon, a, _) = try await started()
        try a.behave("later")
        try await daemon.enqueue(Array(repeating: "official:cb-01", count: 20))
        try await until("the first is tried again") { a.asked.count >= 3 }
        #expect(Set(a.asked) == ["test-000000-cb-01-a"])
        let waiting = try await daemon.tool("outbox", "list", "--state", "waiting")
        #expect(waiting.contains("the mailbox is full") && waiting.contains("test-000019-cb-01-a"))
        try a.behave("later", false)
        try await until("all are delivered") { try a.taken.count == 20 }
        #expect(try ids(a.taken) == (0..<20).map { "test-0000\($0 < 10 ? "0" : "")\($0)-cb-01-a" })
    }

    @Test func testOnlyTheRecipientWhoMissedItIsSentItAgain() async throws {
        // Both hold the role; one's channel refuses for now.
        let (daemon, a, b) = try await started(wishes: ["cb-02": ("b", "", "")])
        try b.behave("later")
        try await daemon.enqueue(["organisation_board@huyen-nong-son"])
        try await until("it is tried again for one") { b.asked.count >= 2 }
        try b.behave("later", false)
        try await until("both have it") { try b.taken.count == 1 }
        #expect(a.asked == ["test-000000-cb-01-a"] && Set(b.asked) == ["test-000000-cb-02-b"])
    }

    @Test func testWhatFailsForTooLongIsParkedShownTriedAgainAndGivenUp() async throws {
        let (daemon, a, _) = try await started("outbox.give_up_hours=0")
        try a.behave("later")
        try await daemon.enqueue(["official:cb-01", "official:cb-02"])
        let manager = try await daemon.client()
        try await until("both are parked") { try await manager.manager("GetStatus")["messagesParked"] == 2 }
        #expect(try await daemon.tool("status", status: 1).contains("2 messages could not be delivered"))
        let shown = try await daemon.tool("outbox", "show", "test-000000-cb-01-a")
        for part in ["parked", "the mailbox is full", "cb01@nongson.example", "Kính gửi đồng chí Cán bộ 01"] {
            #expect(shown.contains(part), "\(part) in \(shown)")
        }
        #expect(try await daemon.tool("outbox", "show", "nothing", status: 66).contains("no message nothing"))
        #expect(try await daemon.tool("outbox", "drop", "test-000001-cb-02-a").contains("1 messages were given up"))
        try a.behave("later", false)
        #expect(try await daemon.tool("outbox", "retry", "--all").contains("1 messages will be tried again"))
        try await until("it is delivered") { try a.taken.count == 1 }
        #expect(try ids(a.taken) == ["test-000000-cb-01-a"])
        #expect(try await daemon.tool("outbox", "list", "--state", "dropped").contains("test-000001-cb-02-a"))
        // What is given up stays so.
        #expect(try await daemon.tool("outbox", "retry", "test-000001-cb-02-a", status: 65).contains("0 messages"))
        try await until("nothing waits") {
            let status = try await manager.manager("GetStatus")
            return status["messagesParked"] == 0 && status["messagesWaiting"] == 0
        }
    }

    @Test func testAChannelThatDiesBeforeItAnswersIsSentTheSameAgainAndTheDoubtIsCounted() async throws {
        let (daemon, a, _) = try await started()
        try a.behave("die")
        try await daemon.enqueue(["official:cb-01", "official:cb-01"])
        try await until("both are delivered") { try a.taken.count == 3 }
        #expect(try ids(a.taken) == ["test-000000-cb-01-a", "test-000000-cb-01-a", "test-000001-cb-01-a"])
        let manager = try await daemon.client()
        try await until("nothing waits") { try await manager.manager("GetStatus")["messagesWaiting"] == 0 }
        #expect(try await manager.manager("GetStatus")["messagesDoubtful"] == 1)
        #expect(try await daemon.tool("outbox", "show", "test-000000-cb-01-a").contains("Times in doubt"))
        #expect(daemon.log.contains("may have been delivered, and is sent again"))
    }

    @Test func testWhatWaitsForAChannelThatIsGoneGoesOverAnother() async throws {
        let (daemon, a, b) = try await started(wishes: ["cb-02": ("b", "", "")])
        try b.behave("later")
        try await daemon.enqueue(["official:cb-02"])
        try await until("it waits") { !b.asked.isEmpty }
        await daemon.stop()
        try await daemon.start(["notifications=\(a.address)"])
        try await until("the other has it") { try a.taken.count == 1 }
        #expect(try ids(a.taken) == ["test-000000-cb-02-b"])
    }

    @Test func testADigestGathersADaysMessagesIntoOne() async throws {
        let (daemon, a, _) = try await started(wishes: ["cb-01": ("", "", "daily"), "cb-02": ("", "", "weekly")])
        let manager = try await daemon.client()
        try await daemon.enqueue(
            ["official:cb-01", "official:cb-01", "official:cb-01", "official:cb-02", "official:cb-02"])
        try await daemon.enqueue(["official:cb-01"], data: ["urgent": true], name: "urgent")
        try await until("what is urgent is delivered") { try a.taken.count == 1 }
        #expect(try a.taken[0]["id"] == "urgent-000000-cb-01-a")
        #expect(try a.taken[0]["subject"]?.stringValue?.hasPrefix("[Khẩn] ") == true)
        try await until("all are addressed") {
            let waiting = try await manager.manager("ListMessages", ["state": "waiting"]).array("messages")
            return waiting.count == 5 && waiting.allSatisfy { $0["channel"] != nil }
        }
        // 1 July 2022 was a Friday.
        _ = try await manager.manager("AdvanceClock", ["to": "2022-07-02T07:30:00+07:00"])
        try await until("the digest is delivered") { try a.taken.count == 2 }
        let digest = try a.taken[1]
        #expect(digest["id"] == "test-000000-cb-01-a-digest" && digest["topic"] == "digest")
        #expect(digest["subject"] == "Đồng chí có 3 thông báo")
        #expect(digest["text"]?.stringValue?.components(separatedBy: "- Sắp đến hạn: Hồ sơ").count == 4, "\(digest)")
        #expect(try await manager.manager("GetStatus")["messagesWaiting"] == 2)
        _ = try await manager.manager("AdvanceClock", ["to": "2022-07-04T07:30:00+07:00"])
        try await until("the weekly one is delivered") { try a.taken.count == 3 }
        #expect(try a.taken[2]["id"] == "test-000003-cb-02-a-digest")
    }

    @Test func testQuietHoursDelayAndUrgencyDoesNotWait() async throws {
        // The clock stands at eight in the morning.
        let (daemon, a, _) = try await started(wishes: ["cb-01": ("", "07:00-09:00", "")])
        try await daemon.enqueue(["official:cb-01", "official:cb-02"])
        try await until("the other is told") { try a.taken.count == 1 }
        try await daemon.enqueue(["official:cb-01"], data: ["urgent": true], name: "urgent")
        try await until("what is urgent is delivered") { try a.taken.count == 2 }
        #expect(try ids(a.taken) == ["test-000001-cb-02-a", "urgent-000000-cb-01-a"])
        _ = try await daemon.client().manager("AdvanceClock", ["to": "2022-07-01T09:00:00+07:00"])
        try await until("the quiet hours are over") { try a.taken.count == 3 }
        #expect(try ids(a.taken).last == "test-000000-cb-01-a")
    }

    @Test func testASubstituteIsToldToo() async throws {
        let daemon = try TestDaemon()
        try TestChannel.install(in: daemon)
        let channel = TestChannel(name: "a", daemon: daemon)
        try daemon.write(
            "id,official,deputy,role,from,to,document\nd-1,cb-02,cb-14,organisation_board,2022-06-01,2022-07-31,\n",
            to: "directory/delegations.csv")
        try await daemon.start(["notifications=\(channel.address)"])
        try await daemon.importDirectory()
        try await daemon.enqueue(["organisation_board@huyen-nong-son"])
        try await until("all are told") { try channel.taken.count == 3 }
        let told = try channel.taken.sorted {
            ($0["recipient"]?.stringValue ?? "") < ($1["recipient"]?.stringValue ?? "")
        }
        #expect(told.map { $0["recipient"] } == ["cb-01", "cb-02", "cb-14"])
        #expect(told[2]["text"]?.stringValue?.contains("được ủy quyền thay Cán bộ 02") == true, "\(told[2])")
        #expect(told[1]["text"]?.stringValue?.contains("ủy quyền") == false)
    }

    @Test func testWhatCouldForgeAHeaderNeverReachesSubjectOrAddress() async throws {
        let daemon = try TestDaemon()
        try TestChannel.install(in: daemon)
        let channel = TestChannel(name: "a", daemon: daemon)
        for language in ["vi", "en"] {
            try daemon.write("{{case_title}} {{recipient}}\n", to: "templates/\(language)/default.subject.mustache")
        }
        try daemon.write(
            "id,full_name,email\ncb-900,\"Cán bộ\u{202E} 900\",\"x@example.vn\u{202E}\"\n",
            to: "directory/officials.csv")
        for table in ["posts", "delegations"] {
            let path = daemon.config + "/directory/\(table).csv"
            let head = try String(contentsOfFile: path, encoding: .utf8).prefix { $0 != "\n" }
            try (head + "\n").write(toFile: path, atomically: false, encoding: .utf8)
        }
        try await daemon.start(["notifications=\(channel.address)"])
        try await daemon.importDirectory()
        try await daemon.enqueue(
            ["official:cb-900"], title: "Hồ sơ\r\nBcc: all@example.vn\u{0}\u{2028}\u{202E}x\u{200F}<b>&")
        try await until("it is delivered") { try channel.taken.count == 1 }
        let message = try channel.taken[0]
        #expect(message["subject"] == "Hồ sơ Bcc: all@example.vn x<b>& Cán bộ 900", "\(message)")
        #expect(message["recipientName"] == "Cán bộ 900" && message["address"] == nil)
        let html = try message.string("html")
        #expect(html.contains("x&lt;b&gt;&amp;") && !html.contains("<b>"), "\(html)")
    }

    @Test func testAHundredThousandThatWaitCostLittleMemory() async throws {
        let (daemon, a, _) = try await started()
        let child = try #require(daemon.child)
        func peak() throws -> Int {
            let status = try String(contentsOfFile: "/proc/\(child.pid)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
            return try #require(Int(line.filter(\.isNumber)))
        }
        let before = try peak()
        try await daemon.enqueue((0..<100_000).map { "official:person-\($0 % 500)" })
        try await until("some are delivered", limit: .seconds(120)) { a.asked.count > 1000 }
        let grown = try peak() - before
        #expect(grown < 96 * 1024, "\(grown) KiB more")
        #expect(try await daemon.client().manager("GetStatus").int("messagesWaiting") > 50_000)
    }
}
