import JSONCore
import Synchronization
import Testing
import Varlink
import Workflow

/// Votes and decisions that the rules do not allow.
@Suite(.serialized, .daemon(), .timeLimit(.minutes(1))) struct BadVoteTests {
    /// Months that were taken: an official is assessed once in each.
    private static let months = Atomic(0)

    let daemon: TestDaemon
    let gateway: Person

    init() async throws {
        daemon = try TestDaemon.ofSuite()
        gateway = try await daemon.client()
    }

    private func refused(
        _ person: String, _ event: String, _ form: JSON? = nil, to id: String,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> (name: String, parameters: JSONObject) {
        let before = try await daemon.dump()
        let refusal = await refusal(location) { try await gateway.speaking(for: person).send(event, form, to: id) }
        #expect(try await daemon.dump() == before, sourceLocation: location)
        return refusal
    }

    /// A rotation whose hearing is to be opened.
    private func scheduled() async throws -> String {
        let board = gateway.speaking(for: "cb-01")
        let id = try await board.open("rotation-onboarding", Samples.form("rotation")).id
        try await gateway.speaking(for: "cb-11").send("submit", Samples.program(tasks: 1), to: id)
        try await board.send("schedule_hearing", Samples.form("hearing-1"), to: id)
        return id
    }

    /// An assessment of an official of the commune, handed in.
    private func assessed(_ official: String) async throws -> String {
        let month = LocalDate("2022-07-01")?.adding(months: Self.months.wrappingAdd(1, ordering: .relaxed).oldValue)
        let form = try Samples.monthly(official).with(["period": JSON(month?.period)])
        let id = try await gateway.speaking(for: "cb-01").open("monthly-assessment", form).id
        let kind = official == "cb-14" ? "self-assessment" : "self-assessment-staff"
        let assessment = try Samples.form(kind).with(["program_progress": nil])
        try await gateway.speaking(for: official).send("self_assess", assessment, to: id)
        return id
    }

    @Test func testNobodyVotesTwice() async throws {
        let id = try await scheduled()
        let board = gateway.speaking(for: "cb-01")
        try await board.send("open_hearing", Samples.form("attendance"), to: id)
        try await board.send("open_vote", to: id)
        try await board.send("vote", ["choice": "for"], to: id)
        let refusal = try await refused("cb-01", "vote", ["choice": "against"], to: id)
        #expect(refusal.name == "BallotRefused" && refusal.parameters["reason"] == "already_voted")
        let absent = try await refused("cb-10", "vote", ["choice": "for"], to: id)
        #expect(absent.name == "BallotRefused" && absent.parameters["reason"] == "not_present")
        #expect(try await refused("cb-12", "vote", ["choice": "for"], to: id).name == "CaseNotFound")
        #expect(try await refused("cb-03", "vote", ["choice": "perhaps"], to: id).name == "InvalidForm")
    }

    @Test func testThereIsNoVoteWithoutAQuorum() async throws {
        let id = try await scheduled()
        let form = try Samples.form("attendance").with(["present": ["cb-01", "cb-03", "cb-04", "cb-05"]])
        let refusal = try await refused("cb-01", "open_hearing", form, to: id)
        #expect(refusal.name == "RequirementNotMet" && refusal.parameters["event"] == "open_hearing")
        let assessment = try await assessed("cb-19")
        let record = try Samples.form("unit-vote-record").with(["present": ["cb-15", "cb-16"]])
        #expect(try await refused("cb-14", "record_vote", record, to: assessment).name == "RequirementNotMet")
    }

    @Test func testMoreVotesThanVotersAreRefused() async throws {
        let id = try await assessed("cb-20")
        for (good, completed) in [(9, 0), (Int.max, 1), (Int.max, Int.max)] {
            let form = try Samples.form("unit-vote-record").with(
                ["votes_good": .int(good), "votes_completed": .int(completed)])
            let refusal = try await refused("cb-14", "record_vote", form, to: id)
            #expect(refusal.name == "BallotRefused" && refusal.parameters["reason"] == "more_votes_than_voters")
        }
    }

    @Test func testAHeadDoesNotDecideOnHimself() async throws {
        let id = try await assessed("cb-14")
        let record = try Samples.form("unit-vote-record").with([
            "present": .array((14...21).map { "cb-\($0)" }), "votes_good": 5,
        ])
        #expect(try await refused("cb-14", "record_vote", record, to: id).name == "NotAllowed")
        try await gateway.speaking(for: "cb-03").send("record_vote", record, to: id)
        #expect(try await refused("cb-14", "decide", Samples.form("head-decision"), to: id).name == "NotAllowed")
        #expect(try await refused("cb-14", "do_not_assess", ["reason": "leave"], to: id).name == "NotAllowed")
        try await gateway.speaking(for: "cb-03").send("decide", Samples.form("head-decision"), to: id)
    }
}
