import Foundation
import JSONCore
import Testing
import Varlink

/// A case has an end to its size: whoever may read it can.
@Suite(.timeLimit(.minutes(1))) struct LargeCaseTests {
    @Test func testACaseThatIsFullTakesNoMoreAndCanBeRead() async throws {
        let daemon = try TestDaemon(settings: ["limits.message_bytes=32768"])
        try await daemon.start()
        try await daemon.importDirectory()
        let gateway = try await daemon.client()
        let board = gateway.speaking(for: "cb-01")
        let id = try await board.open("rotation-onboarding", Samples.form("rotation")).id
        try await gateway.speaking(for: "cb-11").send("submit", Samples.program(tasks: 1), to: id)
        try await board.send("schedule_hearing", Samples.form("hearing-1"), to: id)
        try await board.send("open_hearing", Samples.form("attendance"), to: id)
        let question: JSON = ["text": .string(String(repeating: "ă", count: 1500))]
        var asked = 0
        let refused = await refusal {
            while asked < 20 {
                try await board.send("ask", question, to: id)
                asked += 1
            }
        }
        #expect((2...8).contains(asked) && refused.name == "RequirementNotMet", "\(asked) \(refused)")
        #expect(refused.1["message"]?["en"]?.stringValue?.contains("is full") == true)
        let questions = try await board.workflow("GetCase", ["case": .string(id)])["document"]?["review_session"]?[
            "questions"]
        #expect(questions?.arrayValue?.count == asked)
        try await board.send("open_vote", to: id)
        #expect(try await board.history(id).count == asked + 5)
        try await daemon.expectSound()
    }
}
