import Foundation
import JSONCore
import Testing

/// What the daemon writes down of its work, here as lines of text.
@Suite(.timeLimit(.minutes(1))) struct LogTests {
    private func started() async throws -> TestDaemon {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        return daemon
    }

    private func lines(_ daemon: TestDaemon, _ text: String) -> [Substring] {
        daemon.log.split(separator: "\n").filter { $0.contains(text) }
    }

    @Test func testACasesStoryIsWrittenDownWithoutItsForms() async throws {
        let daemon = try await started()
        let board = try await daemon.client("cb-01")
        let id = try await board.open("rotation-onboarding", Samples.form("rotation"), key: "opening").id
        let official = board.speaking(for: "cb-11")
        try await official.send("save_draft", Samples.form("action-program-1"), to: id, key: "drafting")
        try await official.send("submit", to: id)
        _ = try await official.history(id)
        _ = try await official.document(id)
        let story = lines(daemon, " case \(id): ")
        try #require(story.count == 3, "\(story)")
        #expect(story[0].contains("case \(id): opened as drafting by cb-01 "))
        #expect(story[0].contains(" request=opening ") && story[0].contains(" workflow=rotation-onboarding"))
        #expect(story[1].contains("case \(id): save_draft, stays drafting by cb-11 "))
        #expect(story[2].contains("case \(id): submit, drafting → submitted by cb-11 "))
        #expect(story[2].contains(" scope=0/cb-11 ") && story[2].contains(" unit=xa-que-trung "))
        for word in try Samples.form("action-program-1")["advantages"]?.arrayValue ?? [] {
            #expect(!daemon.log.contains(try #require(word.stringValue)))
        }

        // What is missed is a warning.
        let late = try await board.open("rotation-onboarding", Samples.form("rotation")).id
        _ = try await board.manager("AdvanceClock", ["to": "2022-12-01"])
        #expect(lines(daemon, " case \(late): reminder in drafting, draft_due is due ").count == 1)
        let overdue = lines(daemon, " case \(late): overdue in drafting, draft_due was due ")
        #expect(overdue.count == 1 && overdue.first?.contains(" warning ") == true)
    }

    @Test(.enabled(if: getuid() == 0, "only root can speak as another user")) func testAFloodOfRefusalsIsCutOff()
        async throws
    {
        let daemon = try await started()
        let stranger = try await daemon.client(uid: 54_321)
        // More than two minutes' worth, so that the end of a minute among them does not matter.
        for _ in 0..<150 { _ = await refusal { try await stranger.workflow("ListCases") } }
        #expect((60...120).contains(lines(daemon, "refused ListCases to uid 54321: UnknownPerson").count))
        #expect(lines(daemon, "uid 54321 is refused so often").isEmpty == false)
    }

    @Test func testARefusalDoesNotRepeatWhatItWasTold() async throws {
        let daemon = try await started()
        let long = String(repeating: "x", count: 5000)
        _ = await refusal { try await daemon.client(long).workflow("ListCases") }
        let line = try #require(lines(daemon, "refused ListCases").first)
        #expect(line.contains(" xxx") && line.utf8.count < 600)
    }
}
