import Workflow

extension StorageConformance {
    static let tasks: [ConformanceCheck<StorageScene>] = [
        ConformanceCheck("tasks page in the order in which they are due") { scene in
            let (a, b) = (scene.prefix + "official:1", scene.prefix + "unit_head@x")
            let time = StorageScene.start
            func task(_ event: String, _ assignee: String, due: Int?) -> CaseTask {
                CaseTask(event: event, assignee: assignee, since: time, due: due.map { time + $0 * 1000 })
            }
            var changes: [CaseChange] = []
            for number in 1...9 {
                changes.append(
                    scene.step(
                        scene.newCase(number) { $0.unit = number < 5 ? scene.prefix + "unit" : nil }, "$open",
                        tasks: [
                            task("submit", a, due: number == 9 ? nil : 100 - number), task("vote", b, due: number),
                        ], readers: number < 3 ? [scene.prefix + "reader"] : []))
            }
            let cases = try await scene.commit(changes)
            func events(_ filter: TaskFilter, limit: Int = 4) async throws -> [String] {
                var found: [String] = []
                var cursor: String?
                repeat {
                    let page = try await scene.storage.findTasks(filter, cursor: cursor, limit: limit)
                    try expect(page.elements.count <= limit, "a page is longer than its limit")
                    for element in page.elements {
                        let number = cases.firstIndex { $0.id == element.summary.id }.map { $0 + 1 } ?? 0
                        found.append("\(element.task.event)\(number)")
                    }
                    cursor = page.cursor
                } while cursor != nil && found.count < 100
                return found
            }
            let votes = (1...9).map { "vote\($0)" }
            let submits = (1...8).reversed().map { "submit\($0)" } + ["submit9"]
            try expect(try await events(TaskFilter(assignees: [b])), is: votes, "one assignee")
            try expect(try await events(TaskFilter(assignees: [a])), is: submits, "those without a due time")
            try expect(try await events(TaskFilter(assignees: [b, a])), is: votes + submits, "two assignees")
            try expect(
                try await events(TaskFilter(assignees: [b, a], units: [scene.prefix + "unit"])),
                is: ["vote1", "vote2", "vote3", "vote4", "submit4", "submit3", "submit2", "submit1"], "of a unit")
            let both = [scene.prefix + "none", scene.prefix + "unit"]
            let ofUnit = ["vote1", "vote2", "vote3", "vote4", "submit4", "submit3", "submit2", "submit1"]
            try expect(try await events(TaskFilter(units: both)), is: ofUnit, "of units")
            try expect(
                try await events(TaskFilter(units: both, readers: [scene.prefix + "reader"], dueBefore: time + 99_000)),
                is: ["vote1", "vote2", "submit2"], "of units, for a reader")
            try expect(
                try await events(TaskFilter(readers: ["x", scene.prefix + "reader"])).count, is: 4, "for a reader")
            try expect(try await events(TaskFilter(units: [])), is: [], "of no unit")
            try expect(
                try await events(TaskFilter(assignees: [a, b], dueBefore: time + 3000)), is: ["vote1", "vote2"],
                "due before")
            try expect(try await events(TaskFilter(caseID: scene.id(9))), is: ["vote9", "submit9"], "of a case")
            try expect(try await events(TaskFilter(assignees: [])), is: [], "of nobody")
            let all = try await events(TaskFilter(dueBefore: StorageScene.never), limit: 1000)
            try expect(Array(all.filter { !$0.hasSuffix("0") }), is: votes + submits.dropLast(), "of anybody")
            // A commit replaces them; the summary is the case's own.
            try await scene.commit([scene.step(cases[0], tasks: [task("decide", b, due: 50)])])
            try expect(try await events(TaskFilter(caseID: scene.id(1))), is: ["decide1"], "replaced")
            let found = try await scene.storage.findTasks(TaskFilter(caseID: scene.id(1)), cursor: nil, limit: 10)
            let now = try await scene.load(scene.id(1))
            try expect(
                found.elements,
                is: now.map { [FoundTask(task: task("decide", b, due: 50), summary: CaseSummary($0))] } ?? [],
                "the task")
            // The cases of the other checks wait for nobody.
            for number in 1...9 {
                guard let current = try await scene.load(scene.id(number)) else { continue }
                try await scene.commit([scene.step(current)])
            }
            try expect(try await events(TaskFilter(assignees: [a, b])), is: [], "none afterwards")
        },
        ConformanceCheck("a cursor that is not the plugin's is refused") { scene in
            try await expect(refusedParameter: "cursor", "FindTasks") { () throws(StorageError) in
                _ = try await scene.storage.findTasks(TaskFilter(), cursor: "not a cursor", limit: 10)
            }
        },
    ]

    static let timers: [ConformanceCheck<StorageScene>] = [
        ConformanceCheck("due timers are leased once, earliest first, until the lease ends") { scene in
            // Long before everything else that the suite makes.
            let time = Timestamp(milliseconds: 0)
            func timer(_ number: Int) -> CaseTimer {
                CaseTimer(id: "t\(number)", kind: .remind, name: "submit", due: time + number * 1000)
            }
            let first = scene.newCase(1) { $0.timers = [timer(3), timer(1), timer(9)] }
            let second = scene.newCase(2) {
                $0.timers = [
                    timer(2), CaseTimer(id: "o", kind: .open, name: "monthly", due: time + 4000, period: "2022-08"),
                ]
            }
            let opened = try await scene.open(first, second)
            func claim(_ seconds: Int, until: Int, limit: Int = 10) async throws -> ([String], Timestamp?) {
                let claim = try await scene.storage.claimTimers(
                    now: time + seconds * 1000, owner: "me", leaseUntil: time + until * 1000, limit: limit)
                return (claim.elements.map { $0.timer.id }, claim.next)
            }
            var (ids, next) = try await claim(0, until: 10)
            try expect(ids, is: [], "before any is due")
            try expect(next, is: time + 1000, "next, before any is due")
            (ids, next) = try await claim(4, until: 100, limit: 3)
            try expect(ids, is: ["t1", "t2", "t3"], "due, as many as asked for")
            try expect(next, is: time + 4000, "next, when more are due than asked for")
            (ids, next) = try await claim(5, until: 50)
            try expect(ids, is: ["o"], "the rest")
            try expect(next, is: time + 9000, "next, when one is due later")
            (ids, _) = try await claim(8, until: 60)
            try expect(ids, is: [], "leased ones")
            (ids, next) = try await claim(50, until: 110)
            try expect(ids, is: ["o", "t9"], "one whose lease has ended, and one that is due")
            try expect(next, is: time + 100_000, "next, when all are leased")
            // A commit that changes the case ends the leases; what it leaves out is gone.
            try await scene.commit([
                scene.step(opened[0]) { $0.timers = [timer(1), timer(5)] },
                scene.step(opened[1]) { $0.timers = [] },
            ])
            (ids, next) = try await claim(51, until: 200)
            try expect(ids, is: ["t1", "t5"], "after a commit")
            let rest = try await scene.storage.claimTimers(
                now: time + 200_000, owner: "you", leaseUntil: time + 300_000, limit: 10)
            try expect(
                rest.elements,
                is: [DueTimer(caseID: first.id, timer: timer(1)), DueTimer(caseID: first.id, timer: timer(5))],
                "the timers, to another owner")
            let current = try await scene.load(first.id)
            guard let current else { throw ConformanceFailure(description: "case \(first.id) is not there") }
            try await scene.commit([scene.step(current) { $0.timers = [] }])
            (ids, _) = try await claim(100_000, until: 100_001)
            try expect(ids, is: [], "none is left")
        },
        ConformanceCheck("several who claim timers at once get different ones") { scene in
            let due = Timestamp(milliseconds: 1_000_000)
            let timers = (0..<40).map { CaseTimer(id: "t\($0)", kind: .overdue, name: "x", due: due) }
            let opened = try await scene.open(scene.newCase(1) { $0.timers = timers })[0]
            let claims = try await scene.atOnce(8) { client, number in
                try await client.claimTimers(now: due, owner: "owner\(number)", leaseUntil: due + 1000, limit: 7)
            }
            let ids = claims.flatMap(\.elements).map(\.timer.id)
            try expect(Set(ids).count, is: ids.count, "different timers")
            try expect(ids.count, is: 40, "timers")
            try await scene.commit([scene.step(opened) { $0.timers = [] }])
        },
    ]
}
