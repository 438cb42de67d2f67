import Foundation
import Testing

/// Clients do not notice that a service was started again.
@Suite(.needsBed, .installedBeds, .timeLimit(.minutes(5))) struct RestartTests {
    private static let restarts = 20

    @Test(
        arguments: DebianRelease.allCases, ["rotationd.service", "rotationd-storage-sqlite.service"])
    func testConnectionsSurviveRestarts(_ release: DebianRelease, _ unit: String) async throws {
        let bed = try Bed.shared(release)
        try await Load.run(on: bed) { load in
            for _ in 0..<Self.restarts {
                try await bed.run("systemctl restart \(unit)")
                try await load.untilMoreAnswers()
            }
            #expect(load.repeats > 0)
        }
        try await bed.untilNothingHasFailed()
    }

    @Test(arguments: DebianRelease.allCases)
    func testASystemThatEndsAtOnceComesBackWhole(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        let id = try await bed.official("cb-01").open().id
        let official = try await bed.official("cb-11")
        var answers: [Official.Answer] = []
        for _ in 0..<20 { answers.append(try await official.saveDraft(id)) }
        try await bed.cutPower()
        try await bed.boot()
        try await bed.untilServing()
        #expect(try await bed.official("cb-11").history(id).count == 21)
        try await bed.expectSound()
    }
}
