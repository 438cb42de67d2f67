import Foundation
import JSONCore
import Testing
import Varlink

/// What leaves the daemon: nothing that its reader may not see, by whatever way he asks.
@Suite(.serialized, .daemon(), .timeLimit(.minutes(2))) struct PrivacyTests {
    let daemon: TestDaemon
    let gateway: Person

    init() async throws {
        daemon = try TestDaemon.ofSuite()
        gateway = try await daemon.client()
    }

    private static let comment = "Hay đi muộn, ý kiến riêng"

    /// A decided assessment of an official of the commune whose head is cb-14.
    private func decided(_ official: String) async throws -> String {
        let id = try await gateway.speaking(for: "cb-02").open("monthly-assessment", Samples.monthly(official)).id
        try await gateway.speaking(for: official).send("self_assess", ["self_level": "good"], to: id)
        let head = gateway.speaking(for: "cb-14")
        let record = try Samples.form("unit-vote-record").with([
            "comments": [["by": "cb-15", "text": .string(Self.comment)]], "votes_excellent": 0, "votes_good": 6,
        ])
        try await head.send("record_vote", record, to: id)
        try await head.send("decide", ["capacity": "head", "final_level": "good"], to: id)
        return id
    }

    private func found(_ person: Person, _ field: String, for absent: String? = nil) async throws -> [String] {
        var parameters: JSONObject = ["filter": ["workflow": "monthly-assessment", "field": .object([field: "good"])]]
        parameters["onBehalfOf"] = absent.map(JSON.string)
        return try await person.workflow("ListCases", parameters).array("cases").compactMap { $0["id"]?.stringValue }
    }

    /// Journal entries about what was read, with this in them.
    private func reads(_ parts: String...) -> [Substring] {
        daemon.log.split(separator: "\n").filter { line in
            line.contains(" notice ") && line.contains(" read ") && parts.allSatisfy { line.contains($0) }
        }
    }

    @Test func testAnOfficialSeesHisOwnFormButNoCommentOrBallotAboutHimself() async throws {
        let id = try await decided("cb-18")
        let official = gateway.speaking(for: "cb-18")
        let reply = try await official.workflow("GetCase", ["case": .string(id)])
        #expect(reply["document"]?["self_assessment"]?["self_level"] == "good" && reply["partial"] == true)
        #expect(reply["document"]?["unit_vote"] == nil && reply["document"]?["ballots"] == nil)
        let history = try await official.history(id)
        #expect(history.count == 4 && !"\(reply) \(history)".contains(Self.comment))
        let vote = try #require(history.first { $0["event"] == "record_vote" })
        #expect(vote["withheld"] == ["form", "changes"])
        // The chain holds all the same.
        for (before, event) in zip(history, history.dropFirst()) { #expect(event["previous"] == before["hash"]) }
        let whole = gateway.speaking(for: "cb-14")
        try WholeCaseTests.expectChain(try await whole.history(id), document: try await whole.document(id))
    }

    @Test func testTheUnitSeesLevelsAndTheRestOfTheDistrictNothing() async throws {
        let id = try await decided("cb-17")
        let member = gateway.speaking(for: "cb-16")
        let seen = try await member.document(id)
        #expect(seen["head_decision"]?["final_level"] == "good" && seen["self_assessment"] == nil)
        #expect(!"\(try await member.history(id))".contains(Self.comment))
        #expect(await refusal { try await gateway.speaking(for: "cb-116").document(id) }.name == "CaseNotFound")
        #expect(await refusal { try await gateway.speaking(for: "cb-116").history(id) }.name == "CaseNotFound")
    }

    @Test func testAWatcherIsShownNoMoreThanAReader() async throws {
        let cursor: JSON = "0"
        let id = try await decided("cb-19")
        func watched(_ person: String) async throws -> [JSON] {
            var events: [JSON] = []
            var parameters: JSONObject = ["person": .string(person), "case": .string(id)]
            parameters["cursor"] = cursor
            for try await reply in try await daemon.connect().stream("org.rotationd.Workflow.Watch", parameters) {
                events += try reply.array("events")
                if events.count >= 4 { break }
            }
            return events
        }
        let own = try await watched("cb-19")
        #expect(!"\(own)".contains(Self.comment) && own.contains { $0["withheld"] == ["form", "changes"] })
        #expect("\(try await watched("cb-14"))".contains(Self.comment))
    }

    @Test func testNobodyFindsOutByAFilterWhatHeMayNotSee() async throws {
        let id = try await decided("cb-20")
        let (official, member) = (gateway.speaking(for: "cb-20"), gateway.speaking(for: "cb-16"))
        for person in [official, member] {
            #expect(try await found(person, "form_kind") == [])
            #expect(try await !found(person, "proposed_level").contains(id))
            #expect(try await found(person, "final_level").contains(id))
        }
        #expect(try await !found(member, "self_level").contains(id))
        #expect(try await found(gateway.speaking(for: "cb-14"), "proposed_level").contains(id))
        #expect(!reads("proposed_level", "of cases", "cb-14").isEmpty)
    }

    @Test func testADeputySeesWhatTheHeadSeesButNotAboutHimself() async throws {
        let (own, other) = (try await decided("cb-21"), try await decided("cb-15"))
        let rows = "id,official,deputy,role,from,to,document\nd-901,cb-14,cb-21,unit_head,2022-01-01,2022-12-31,UQ\n"
        _ = try await gateway.directory(
            "StageImport", ["import": "d", "table": "delegations", "csv": .string(rows), "file": "d", "firstLine": 2])
        _ = try await gateway.directory("ApplyImport", ["import": "d", "dryRun": false])
        let deputy = gateway.speaking(for: "cb-21")
        func document(_ id: String) async throws -> JSON? {
            try await deputy.workflow("GetCase", ["case": .string(id), "onBehalfOf": "cb-14"])["document"]
        }
        #expect("\(try await document(other) ?? [:])".contains(Self.comment))
        #expect(reads(other, " cb-21 read /ballots /unit_vote ", "on_behalf_of=cb-14").count == 1)
        let seen = try await document(own)
        #expect(seen?["self_assessment"] != nil && seen?["unit_vote"] == nil && seen?["ballots"] == nil)
        #expect(reads(own, "cb-21 read").isEmpty)
        let listed = try await found(deputy, "proposed_level", for: "cb-14")
        #expect(listed.contains(other) && !listed.contains(own))
    }

    @Test func testEachReadOfARestrictedPartIsPutOnRecordOnceAndNeverWhatItSays() async throws {
        let id = try await decided("cb-16")
        let superior = gateway.speaking(for: "cb-02")
        let before = reads(id).count
        _ = try await superior.workflow("GetCase", ["case": .string(id)])
        #expect(reads(id, "method=GetCase", " cb-02 read /ballots /unit_vote ", "subject=cb-16").count == 1)
        _ = try await superior.history(id)
        #expect(reads(id, "method=GetHistory").count == 1 && reads(id).count == before + 2)
        _ = try await gateway.speaking(for: "cb-16").workflow("GetCase", ["case": .string(id)])
        #expect(reads(id).count == before + 2)
        #expect(!daemon.log.contains(Self.comment))
    }

    @Test func testWhoVotesInTheUnitCanReadOnWhomAndNobodySeesHisVote() async throws {
        let id = try await gateway.speaking(for: "cb-02").open(
            "monthly-assessment", Samples.monthly("cb-19").with(["period": "2022-06"])
        ).id
        try await gateway.speaking(for: "cb-19").send("self_assess", ["self_level": "good"], to: id)
        let present: JSON = ["cb-14", "cb-15", "cb-16", "cb-17", "cb-18", "cb-20"]
        try await gateway.speaking(for: "cb-14").send("open_vote", ["method": "open", "present": present], to: id)
        let voter = gateway.speaking(for: "cb-16")
        let tasks = try await voter.workflow("ListTasks").array("tasks")
        #expect(tasks.contains { $0["case"] == .string(id) && $0["event"] == "vote" })
        #expect(try await voter.document(id)["self_assessment"] == ["self_level": "good"])
        try await voter.send("vote", ["choice": "completed", "comment": .string(Self.comment)], to: id)
        for person in ["cb-16", "cb-17", "cb-19"] {
            let person = gateway.speaking(for: person)
            #expect(!"\(try await person.history(id)) \(try await person.document(id))".contains(Self.comment))
        }
    }
}
