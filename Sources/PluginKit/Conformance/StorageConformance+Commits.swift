import JSONCore
import Workflow

extension StorageConformance {
    static let opening: [ConformanceCheck<StorageScene>] = [
        ConformanceCheck("a store opened again says the same and was not created") { scene in
            let first = try await scene.storage.open(clock: .rehearsal)
            let second = try await scene.storage.open(clock: .rehearsal)
            try expect(
                second, is: OpenedStore(storeID: first.storeID, created: false, position: first.position), "Open")
            try expect(!first.storeID.isEmpty, "the store has no id")
        },
        ConformanceCheck("a store is not opened under the other clock") { scene in
            try await expect(refusal: .clockMismatch(storeClock: .rehearsal), "Open") { () throws(StorageError) in
                _ = try await scene.storage.open(clock: .real)
            }
            // It still works under its own.
            try await scene.open(scene.newCase(1))
        },
    ]

    static let commits: [ConformanceCheck<StorageScene>] = [
        ConformanceCheck("nothing to commit has no outcomes") { scene in
            try expect(try await scene.storage.commit([]), is: [], "outcomes")
        },
        ConformanceCheck("a case and its history come back as they went in") { scene in
            let document = ConformanceSamples.document
            let new = scene.newCase(1) {
                $0.title = ConformanceSamples.text
                $0.subject = "cb-07"
                $0.unit = "xa-que-trung"
                $0.parent = "parent"
                $0.recurrence = "monthly"
                $0.period = "2022-07"
                $0.unique = ConformanceSamples.text
                $0.overdue = ["submit", "Nộp \"phiếu\""]
                $0.timers = [
                    CaseTimer(id: "z/remind/0", kind: .remind, name: "z", due: StorageScene.never),
                    CaseTimer(id: "a/open/0", kind: .open, name: "a", due: StorageScene.never + 1, period: "2022-08"),
                ]
                $0.document = document
            }
            let changes = [
                Event.Change(path: JSONPointer(tokens: ["a/b", "~", "0"]), old: nil, new: .null),
                Event.Change(path: JSONPointer(tokens: ["gone"]), old: .null, new: nil),
                Event.Change(path: JSONPointer(tokens: ["was"]), old: document, new: 0.1),
            ]
            var change = scene.step(new, "$open", form: document, changes: changes)
            change.events = [
                Event(
                    caseID: new.id, version: 1, name: "$open", at: new.updatedAt,
                    actor: Actor(official: "cb-01", onBehalfOf: "cb-02", gateway: "web"), from: nil, to: new.state,
                    form: document, changes: changes, reason: ConformanceSamples.text, late: true,
                    detail: ["child": "x", "null": nil, "empty": [:]], previous: "")
            ]
            change.after.head = change.events[0].hash
            let opened = try await scene.commit([change])[0]
            var second = scene.step(opened, "close", to: "closed") { $0.closedAt = $0.updatedAt }
            second.events = [
                Event(
                    caseID: new.id, version: 2, name: "close", at: new.updatedAt + 1, actor: .system, from: "draft",
                    to: "closed", previous: opened.head)
            ]
            second.after.head = second.events[0].hash
            let closed = try await scene.commit([second])[0]

            let loaded = try await scene.load(new.id)
            try expect(loaded?.json.text ?? "nothing", is: closed.json.text, "the case")
            let history = try await scene.storage.readHistory(caseID: new.id, after: 0, limit: 10)
            try expect(history.map(\.json.text), is: (change.events + second.events).map(\.json.text), "the history")
            for event in history { try expect(event.hash, is: event.computedHash, "hash of event \(event.version)") }
        },
        ConformanceCheck("a large document is kept") { scene in
            let line = String(repeating: "Nội dung tự đánh giá và kế hoạch khắc phục. ", count: 50)
            let rows = (0..<1000).map { JSON.object(["number": .int($0), "text": .string(line)]) }
            let new = scene.newCase(1) { $0.document = ["rows": .array(rows)] }
            let opened = try await scene.open(new)[0]
            try expect(
                try await scene.load(new.id)?.document == opened.document,
                "a document of two megabytes came back changed")
        },
        ConformanceCheck("a transaction with a conflict leaves nothing behind") { scene in
            let existing = try await scene.open(scene.newCase(1))[0]
            var stale = scene.step(existing)
            stale.expectedVersion = 5
            stale.after.version = 6
            stale.events = [
                Event(
                    caseID: existing.id, version: 6, name: "step", at: existing.updatedAt, actor: .system,
                    from: "draft",
                    to: "draft", previous: existing.head)
            ]
            let new = scene.newCase(2) {
                $0.timers = [CaseTimer(id: "t", kind: .remind, name: "t", due: StorageScene.never)]
            }
            let task = CaseTask(event: "step", assignee: scene.prefix + "nobody", since: new.updatedAt)
            let transaction = Transaction(
                changes: [
                    scene.step(
                        new, "$open", tasks: [task], readers: [scene.prefix + "reader"], fields: ["f": scene.prefix]),
                    stale,
                ],
                messages: [scene.message(scene.prefix + "message", of: new)],
                request: Transaction.Request(scope: scene.prefix, key: "key", digest: "digest"))
            let before = try await scene.storage.statistics()
            let outcomes = try await scene.storage.commit([transaction])
            try expect(outcomes, is: [.conflict(caseID: existing.id)], "outcome")
            try expect(try await scene.load(new.id) == nil, "the first change of the transaction was kept")
            try expect(try await scene.load(existing.id) == existing, "the conflicting case was changed")
            try expect(
                try await scene.storage.findRequest(scope: scene.prefix, key: "key") == nil, "the request was kept")
            let tasks = try await scene.storage.findTasks(
                TaskFilter(assignees: [task.assignee]), cursor: nil, limit: 10)
            try expect(tasks.elements.isEmpty, "its task was kept")
            try expect(try await scene.found(CaseFilter(field: ["f": scene.prefix])), is: [], "its field was kept")
            var after = try await scene.storage.statistics()
            (after.sizeBytes, after.freeBytes) = (before.sizeBytes, before.freeBytes)
            try expect(after, is: before, "statistics")
        },
        ConformanceCheck("a workflow has one case of a unique text") { scene in
            let first = try await scene.open(scene.newCase(1) { $0.unique = "cb-07 2022-07" })[0]
            let second = scene.newCase(2) { $0.unique = "cb-07 2022-07" }
            let request = Transaction.Request(scope: scene.prefix, key: "key", digest: "digest")
            let opening = Transaction(changes: [scene.step(second, "$open")], request: request)
            for _ in 0..<3 {
                try expect(try await scene.storage.commit([opening]), is: [.exists(caseID: first.id)], "the second")
            }
            try expect(try await scene.load(second.id) == nil, "the second case was kept")
            try expect(
                try await scene.storage.findRequest(scope: scene.prefix, key: "key") == nil, "the request was kept")
            // The first goes on, and others are free: another text, another workflow, no text at all.
            try await scene.commit([scene.step(first, to: "decided")])
            try await scene.open(
                scene.newCase(3) { $0.unique = "cb-07 2022-08" },
                scene.newCase(4) {
                    $0.unique = "cb-07 2022-07"
                    $0.workflow = scene.prefix + "other"
                }, scene.newCase(5), scene.newCase(6))
        },
        ConformanceCheck("of several at once one case gets a unique text") { scene in
            for round in 1...5 {
                let outcomes = try await scene.atOnce(8) { client, number in
                    let new = scene.newCase(round * 10 + number) { $0.unique = "the same \(round)" }
                    return try await client.commit([Transaction(changes: [scene.step(new, "$open")])])[0]
                }
                let committed = outcomes.filter { if case .committed = $0 { true } else { false } }.count
                let refused = outcomes.filter { if case .exists = $0 { true } else { false } }.count
                try expect([committed, refused], is: [1, 7], "committed and refused of 8 at once")
            }
            let twins = (90...91).map { scene.step(scene.newCase($0) { $0.unique = "twins" }, "$open") }
            try await expect(refusedParameter: "unique", "one text twice in a transaction") { () throws(StorageError) in
                _ = try await scene.storage.commit([Transaction(changes: twins)])
            }
        },
        ConformanceCheck("a transaction changes several cases together") { scene in
            let parent = try await scene.open(scene.newCase(1))[0]
            let child = scene.newCase(2) { $0.parent = parent.id }
            let changes = [scene.step(parent, "$child"), scene.step(child, "$open")]
            let before = try await scene.storage.open(clock: .rehearsal).position
            let outcomes = try await scene.storage.commit([Transaction(changes: changes)])
            try expect(outcomes, is: [.committed(position: before + 2)], "outcome")
            let loaded = try await scene.storage.loadCases(ids: [parent.id, child.id]).sorted { $0.id < $1.id }
            try expect(loaded, is: changes.map(\.after), "the cases")
        },
        ConformanceCheck("a case that does not have the expected version conflicts") { scene in
            let opened = try await scene.open(scene.newCase(1))[0]
            let second = try await scene.commit([scene.step(opened)])[0]
            let unknown = scene.newCase(2) { $0.version = 3 }
            let outcomes = try await scene.storage.commit(
                [scene.step(scene.newCase(1), "$open"), scene.step(opened), scene.step(unknown)].map {
                    Transaction(changes: [$0])
                })
            try expect(
                outcomes,
                is: [.conflict(caseID: opened.id), .conflict(caseID: opened.id), .conflict(caseID: unknown.id)],
                "outcomes")
            try expect(try await scene.load(opened.id), is: second, "the case")
            try expect(
                try await scene.storage.readHistory(caseID: opened.id, after: 0, limit: 10).count, is: 2, "events")
        },
        ConformanceCheck("a group commits what it can, in its order") { scene in
            let (a, b) = (scene.newCase(1), scene.newCase(2))
            let openA = scene.step(a, "$open")
            let key = Transaction.Request(scope: scene.prefix, key: "key", digest: "1")
            let outcomes = try await scene.storage.commit([
                Transaction(changes: [openA], request: key),
                Transaction(changes: [openA]),
                Transaction(changes: [scene.step(openA.after)]),
                Transaction(changes: [scene.step(b, "$open")], request: key),
                Transaction(changes: [scene.step(b, "$open")]),
            ])
            guard case .committed(let first) = outcomes[0] else {
                throw ConformanceFailure(description: "the first transaction: \(outcomes[0])")
            }
            let recorded = RecordedRequest(
                digest: "1", caseID: a.id, version: 1, state: "draft", workflow: scene.workflow)
            try expect(
                outcomes,
                is: [
                    .committed(position: first), .conflict(caseID: a.id), .committed(position: first + 1),
                    .duplicate(recorded), .committed(position: first + 2),
                ], "outcomes")
        },
        ConformanceCheck("one of several who change a case at once succeeds") { scene in
            for round in 1...10 {
                let opened = try await scene.open(scene.newCase(round))[0]
                let outcomes = try await scene.atOnce(8) { client, number in
                    try await client.commit([Transaction(changes: [scene.step(opened, "step\(number)")])])[0]
                }
                let committed = outcomes.filter { if case .committed = $0 { true } else { false } }
                try expect(committed.count, is: 1, "committed of 8 at once")
                try expect(
                    outcomes.filter { $0 == .conflict(caseID: opened.id) }.count, is: 7, "conflicts of 8 at once")
            }
        },
        ConformanceCheck("a change that does not hold together is refused") { scene in
            let new = scene.newCase(1)
            var gap = scene.step(new, "$open")
            gap.after.version = 2
            var foreign = scene.step(new, "$open")
            foreign.after.id = scene.id(2)
            let third = try await scene.open(scene.newCase(3))[0]
            var silent = scene.step(third)
            silent.events = []
            silent.after = third
            let request = Transaction.Request(scope: scene.prefix, key: "key", digest: "1")
            for (what, transaction) in [
                ("a version without its event", Transaction(changes: [gap])),
                ("another case's event", Transaction(changes: [foreign])),
                ("a case changed twice", Transaction(changes: [scene.step(new, "$open"), scene.step(new, "$open")])),
                ("a request without an event", Transaction(changes: [silent], request: request)),
            ] {
                let good = Transaction(changes: [scene.step(scene.newCase(4), "$open")])
                try await expect(refusedParameter: "transactions[1]", what) { () throws(StorageError) in
                    _ = try await scene.storage.commit([good, transaction])
                }
                try expect(try await scene.load(scene.id(4)) == nil, "\(what): another transaction was committed")
            }
            // Without an event only what the case is found by changes.
            silent.readers = [scene.prefix + "reader"]
            try await scene.commit([silent])
            try expect(
                try await scene.found(CaseFilter(readers: [scene.prefix + "reader"])), is: [scene.id(3)], "cases")
        },
    ]

    static let requests: [ConformanceCheck<StorageScene>] = [
        ConformanceCheck("a request is carried out once, however often it comes") { scene in
            let opened = try await scene.open(scene.newCase(1))[0]
            let request = Transaction.Request(scope: scene.prefix, key: "key", digest: "digest")
            let change = scene.step(opened, to: "submitted")
            let transaction = Transaction(
                changes: [change], messages: [scene.message(scene.prefix + "m", of: opened)], request: request)
            let recorded = RecordedRequest(
                digest: "digest", caseID: opened.id, version: 2, state: "submitted", workflow: scene.workflow)
            for attempt in 0..<5 {
                let outcome = try await scene.storage.commit([transaction])[0]
                if attempt == 0 {
                    guard case .committed = outcome else { throw ConformanceFailure(description: "first: \(outcome)") }
                } else {
                    try expect(outcome, is: .duplicate(recorded), "attempt \(attempt + 1)")
                }
            }
            // Also after the case has gone on, and with other content: the plugin shows what was made of the key.
            let after = try await scene.commit([scene.step(change.after, to: "decided")])[0]
            let other = Transaction(
                changes: [scene.step(after, to: "other")],
                request: Transaction.Request(scope: scene.prefix, key: "key", digest: "other"))
            for _ in 0..<3 {
                try expect(try await scene.storage.commit([other]), is: [.duplicate(recorded)], "other content")
            }
            try expect(try await scene.load(opened.id), is: after, "the case")
            try expect(
                try await scene.storage.findRequest(scope: scene.prefix, key: "key"), is: recorded, "FindRequest")
        },
        ConformanceCheck("a key belongs to its scope") { scene in
            let opened = try await scene.open(scene.newCase(1))[0]
            var last = opened
            for scope in ["a", "b"] {
                let change = scene.step(last)
                let request = Transaction.Request(scope: scene.prefix + scope, key: "key", digest: scope)
                guard
                    case .committed = try await scene.storage.commit([Transaction(changes: [change], request: request)]
                    )[0]
                else { throw ConformanceFailure(description: "the key of another scope was taken for this one") }
                last = change.after
            }
            let found = try await scene.storage.findRequest(scope: scene.prefix + "b", key: "key")
            try expect(found?.digest, is: "b", "digest")
            try expect(
                try await scene.storage.findRequest(scope: scene.prefix + "c", key: "key") == nil,
                "an unknown scope's key")
            try expect(
                try await scene.storage.findRequest(scope: scene.prefix + "a", key: "other") == nil, "an unknown key")
        },
        ConformanceCheck("a request is kept with the first change's first event") { scene in
            let (a, b) = (try await scene.open(scene.newCase(1))[0], scene.newCase(2))
            var change = scene.step(a, to: "one")
            let second = scene.step(change.after, to: "two")
            change.events += second.events
            change.after = second.after
            let request = Transaction.Request(scope: scene.prefix, key: "key", digest: "d")
            _ = try await scene.storage.commit([
                Transaction(changes: [change, scene.step(b, "$open")], request: request)
            ])
            try expect(
                try await scene.storage.findRequest(scope: scene.prefix, key: "key"),
                is: RecordedRequest(digest: "d", caseID: a.id, version: 2, state: "one", workflow: scene.workflow),
                "FindRequest")
        },
        ConformanceCheck("the same request from several at once is carried out once") { scene in
            for round in 1...10 {
                let change = scene.step(scene.newCase(round), "$open")
                let request = Transaction.Request(scope: scene.prefix, key: "key\(round)", digest: "d")
                let outcomes = try await scene.atOnce(8) { client, _ in
                    try await client.commit([Transaction(changes: [change], request: request)])[0]
                }
                let committed = outcomes.filter { if case .committed = $0 { true } else { false } }.count
                let duplicates = outcomes.filter { if case .duplicate = $0 { true } else { false } }.count
                try expect([committed, duplicates], is: [1, 7], "committed and duplicates of 8 at once")
            }
        },
    ]
}

extension StorageScene {
    /// What `body` gives when so many call at once, from all connections.
    func atOnce<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (StorageClient, Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for number in 0..<count {
                let client = clients[number % clients.count]
                group.addTask { try await body(client, number) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}

extension JSONObject {
    /// Canonical, so that it is equal only when every value is, code point by code point.
    var text: String { String(decoding: JSON.object(self).canonicalBytes(), as: UTF8.self) }
}
