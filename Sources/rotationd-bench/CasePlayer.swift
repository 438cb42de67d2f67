import JSONCore
import Synchronization
import Varlink

/// Plays one case through all steps of both workflows.
struct CasePlayer {
    /// Open, eight events, and three check-ins of an opening and three events.
    static let steps = 21

    let client: VarlinkClient
    /// Which case it is; the commune and the official follow from it.
    let number: Int
    /// Makes the keys of this run differ from those of others.
    let run: String
    let stopwatch: Stopwatch

    private struct Enough: Error {}

    private static let played = Atomic(0)

    /// The number of a case that no run has played before: an official is assessed once for a month.
    static func next() -> Int { played.add(1, ordering: .relaxed).oldValue }

    /// The three months of the case: every round through the communes has its own.
    private var periods: [String] {
        (0..<3).map { month in
            let months = number / Town.communes * 3 + month
            let number = String(months % 12 + 1)
            return "\(2022 + months / 12)-\(number.count == 1 ? "0" : "")\(number)"
        }
    }

    /// - Returns: Whether it was played to its end.
    func play() async throws -> Bool {
        do {
            try await steps()
            return true
        } catch is Enough {
            return false
        }
    }

    /// Opens a case of the onboarding and leaves it.
    func open() async throws {
        _ = try await open("rotation-onboarding", Forms.rotation(number), by: Town.board, key: "open")
    }

    private func steps() async throws {
        let official = Town.head(number)
        let id = try await open("rotation-onboarding", Forms.rotation(number), by: Town.board, key: "open")
        try await send("save_draft", to: id, Forms.draft, by: official)
        try await send("submit", to: id, nil, by: official)
        try await send("schedule_hearing", to: id, Forms.hearing, by: Town.board)
        try await send("open_hearing", to: id, Forms.attendance, by: Town.board)
        try await send("decide_recommendation", to: id, Forms.recommendation, by: Town.secretary)
        try await send("record_vote", to: id, Forms.adoption, by: Town.board)
        try await send("conclude", to: id, Forms.conclusion, by: Town.secretary)
        // Reading is no step.
        let document = try await client.call(
            "org.rotationd.Workflow.GetCase", ["case": .string(id), "person": .string(official)])["document"]
        let digest = document?["approved"]?["digest"]?.stringValue ?? ""
        try await send("commit", to: id, Forms.commitment(digest: digest), by: official)
        for period in periods {
            let form = Forms.monthlyOpen(number, period: period, program: id)
            let month = try await open("monthly-assessment", form, by: Town.board, key: period)
            try await send("self_assess", to: month, Forms.selfAssessment, by: official)
            try await send("record_vote", to: month, Forms.voteRecord(number), by: Town.secretary)
            try await send("decide", to: month, Forms.decision, by: Town.secretary)
        }
    }

    private func open(_ workflow: String, _ form: JSON, by person: String, key: String) async throws -> String {
        let answer = try await step(
            "OpenCase",
            [
                "workflow": .string(workflow), "form": form, "key": .string("\(run)-\(number)-\(key)"),
                "person": .string(person),
            ])
        return try answer.string("case")
    }

    private func send(_ event: String, to id: String, _ form: JSON?, by person: String) async throws {
        var parameters: JSONObject = [
            "case": .string(id), "event": .string(event), "key": .string("\(id)-\(event)"), "person": .string(person),
        ]
        parameters["form"] = form
        _ = try await step("SendEvent", parameters)
    }

    private func step(_ method: String, _ parameters: JSONObject) async throws -> JSONObject {
        let began = Machine.now
        let answer = try await client.call("org.rotationd.Workflow." + method, parameters)
        guard stopwatch.took(since: began) else { throw Enough() }
        return answer
    }
}
