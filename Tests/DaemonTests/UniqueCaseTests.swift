import JSONCore
import Testing

/// Nobody is assessed twice for a month, whoever opens it.
@Suite(.timeLimit(.minutes(2)), .daemon()) struct UniqueCaseTests {
    @Test func testASecondCaseOfTheSameMonthIsRefusedWithTheFirst() async throws {
        let board = try await TestDaemon.ofSuite().client("cb-01")
        let form = try Samples.monthly("cb-19")
        let first = try await board.open("monthly-assessment", form)
        let refusal = await refusal { try await board.open("monthly-assessment", form) }
        #expect(refusal.name == "CaseExists")
        #expect(refusal.1["case"] == .string(first.id) && refusal.1["workflow"] == "monthly-assessment")
        #expect(refusal.1["message"]?["vi"] != nil && refusal.1["message"]?["en"] != nil)
        // The next month and the next official are others.
        try await board.open("monthly-assessment", form.with(["period": "2022-08"]))
        try await board.open("monthly-assessment", try Samples.monthly("cb-20"))
    }

    @Test func testOfManyThatOpenTheSameAtOnceOneDoes() async throws {
        let daemon = try TestDaemon.ofSuite()
        let form = try Samples.monthly("cb-18")
        let answers = try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<12 {
                group.addTask {
                    let board = try await daemon.client(number % 2 == 0 ? "cb-01" : "cb-02")
                    return try? await board.open("monthly-assessment", form).id
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.compactMap(\.self).count == 1)
    }

    @Test func testAnAnswerThatWasLostIsGivenAgain() async throws {
        let board = try await TestDaemon.ofSuite().client("cb-01")
        let form = try Samples.monthly("cb-21")
        let first = try await board.open("monthly-assessment", form, key: "open-cb-21")
        #expect(try await board.open("monthly-assessment", form, key: "open-cb-21") == first)
    }
}
