import JSONCore
import Testing
import Workflow

@testable import Daemon

/// An action program held against what was reported on it.
@Suite struct DossierProgramTests {
    private static let settings = ReportSettings.Program(
        workflow: "w", keyTasks: JSONPointer(tokens: ["tasks"]), progress: JSONPointer(tokens: ["progress"]),
        recommendations: JSONPointer(tokens: ["recommendations"]), decisions: JSONPointer(tokens: ["decisions"]),
        statuses: [], outcomes: [], done: "done", dropped: "dropped")

    private func milestones(_ reports: [JSON], due: JSON = "2022-10-31") throws -> [DossierProgram.Milestone] {
        let document: JSON = [
            "tasks": [["id": "a", "title": "A", "milestones": [["title": "m", "due": due, "status": "not_started"]]]],
            "progress": .array(reports),
        ]
        let today = try #require(LocalDate("2022-11-15"))
        return DossierProgram(document, Self.settings, today).keyTasks.flatMap(\.milestones)
    }

    private func report(_ status: JSON, _ on: JSON, task: JSON = "a", milestone: JSON = 1) -> JSON {
        ["key_task_id": task, "milestone": milestone, "status": status, "on": on]
    }

    @Test func testAMilestoneIsLateWhenItWasReachedAfterItsDayOrNotAtAll() throws {
        for (reports, status, isLate, doneOn) in [
            ([], "not_started", true, nil), ([report("done", "2022-10-31")], "done", false, "2022-10-31"),
            ([report("in_progress", "2022-09-01"), report("done", "2022-11-01")], "done", true, "2022-11-01"),
            // Reported done and taken back.
            ([report("done", "2022-10-01"), report("in_progress", "2022-10-15")], "in_progress", true, nil),
            ([report("dropped", "2022-10-01")], "dropped", false, nil),
            // Of another task, or another milestone.
            (
                [report("done", "2022-10-01", task: "b"), report("done", "2022-10-01", milestone: 2)], "not_started",
                true, nil
            ),
        ] as [([JSON], String, Bool, String?)] {
            let found = try #require(milestones(reports).first)
            #expect(
                found.status == status && found.isLate == isLate && found.doneOn?.description == doneOn, "\(reports)")
        }
        #expect(try milestones([], due: .null).first?.isLate == false)
        #expect(try milestones([], due: "2022-11-15").first?.isLate == false)
    }
}
