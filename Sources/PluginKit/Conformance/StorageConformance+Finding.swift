import JSONCore
import Workflow

extension StorageConformance {
    static let reading: [ConformanceCheck<StorageScene>] = [
        ConformanceCheck("events are read in the order of their commits, without a gap or a repeat") { scene in
            let start = try await scene.storage.open(clock: .rehearsal).position
            let positions = try await scene.atOnce(8) { client, number in
                var positions: [Int] = []
                for round in 0..<10 {
                    let changes = (0..<3).map { scene.step(scene.newCase(number * 100 + round * 3 + $0), "$open") }
                    for outcome in try await client.commit(changes.map { Transaction(changes: [$0]) }) {
                        guard case .committed(let position) = outcome else {
                            throw ConformanceFailure(description: "commit: \(outcome)")
                        }
                        positions.append(position)
                    }
                }
                try expect(positions, is: positions.sorted(), "positions of one caller")
                return positions
            }
            try expect(positions.flatMap(\.self).sorted(), is: Array(start + 1...start + 240), "positions")
            var position = start
            var seen: [String] = []
            while true {
                let (events, last) = try await scene.storage.readEvents(after: position, limit: 7)
                try expect(last, is: position + events.count, "position after a page of \(events.count)")
                if events.isEmpty { break }
                seen += events.map(\.caseID)
                position = last
            }
            try expect(seen.count, is: 240, "events read")
            try expect(Set(seen).count, is: 240, "different events read")
        },
        ConformanceCheck("a history is read from any version on") { scene in
            var current = try await scene.open(scene.newCase(1))[0]
            for _ in 2...10 { current = try await scene.commit([scene.step(current)])[0] }
            for (after, limit, wanted) in [(0, 4, 1...4), (4, 4, 5...8), (8, 4, 9...10)] {
                let events = try await scene.storage.readHistory(caseID: current.id, after: after, limit: limit)
                try expect(events.map(\.version), is: Array(wanted), "versions after \(after)")
            }
            try expect(
                try await scene.storage.readHistory(caseID: current.id, after: 10, limit: 4).count, is: 0,
                "after the last")
        },
        ConformanceCheck("what is not known is left out") { scene in
            let opened = try await scene.open(scene.newCase(1))[0]
            let loaded = try await scene.storage.loadCases(ids: [scene.id(2), opened.id, "", opened.id])
            try expect(loaded, is: [opened], "LoadCases")
            try expect(try await scene.storage.loadCases(ids: []), is: [], "LoadCases of none")
            try expect(
                try await scene.storage.readHistory(caseID: scene.id(2), after: 0, limit: 10), is: [], "ReadHistory")
            let (events, position) = try await scene.storage.readEvents(after: 1 << 40, limit: 10)
            try expect(events, is: [], "events after the last")
            try expect(position, is: 1 << 40, "position after the last")
        },
        ConformanceCheck("a limit that is not 1 to 1000 is refused") { scene in
            for limit in [0, -1, 1001] {
                try await expect(refusedParameter: "limit", "FindCases") { () throws(StorageError) in
                    _ = try await scene.storage.findCases(CaseFilter(), newestFirst: false, cursor: nil, limit: limit)
                }
                try await expect(refusedParameter: "limit", "ReadEvents") { () throws(StorageError) in
                    _ = try await scene.storage.readEvents(after: 0, limit: limit)
                }
            }
        },
    ]

    static let finding: [ConformanceCheck<StorageScene>] = [
        ConformanceCheck("cases page in the order of their ids while others are added") { scene in
            for number in stride(from: 10, through: 100, by: 10) { try await scene.open(scene.newCase(number)) }
            var added = 0
            func pages(newestFirst: Bool) async throws -> [String] {
                var ids: [String] = []
                var cursor: String?
                repeat {
                    let page = try await scene.storage.findCases(
                        CaseFilter(workflow: scene.workflow), newestFirst: newestFirst, cursor: cursor, limit: 3)
                    try expect(page.elements.count <= 3, "a page is longer than its limit")
                    ids += page.elements.map(\.id)
                    cursor = page.cursor
                    // Before, within and after what was read.
                    for number in [1, 45, 99, 500] {
                        added += 1
                        try await scene.open(scene.newCase(number * 100 + 1000 + added))
                    }
                    try expect(ids.count < 1000, "paging does not end")
                } while cursor != nil && ids.count < 60
                return ids
            }
            for newestFirst in [false, true] {
                let ids = try await pages(newestFirst: newestFirst)
                try expect(ids, is: newestFirst ? ids.sorted(by: >) : ids.sorted(), "order")
                try expect(Set(ids).count, is: ids.count, "different ids")
                if !newestFirst {
                    let first = stride(from: 10, through: 100, by: 10).map { scene.id($0) }
                    try expect(Array(ids.prefix(10)), is: first, "the cases that were there before")
                }
            }
            let all = try await scene.storage.findCases(
                CaseFilter(workflow: scene.workflow), newestFirst: false, cursor: nil, limit: 1000)
            try expect(all.cursor == nil, "the last page has a cursor")
        },
        ConformanceCheck("a filter finds what it says") { scene in
            let a = scene.newCase(1) {
                $0.subject = scene.prefix + "cb-1"
                $0.unit = scene.prefix + "xa-1"
                $0.period = scene.prefix + "2022-07"
                $0.parent = scene.prefix + "p"
                $0.overdue = ["submit"]
            }
            let b = scene.newCase(2) {
                $0.subject = scene.prefix + "cb-2"
                $0.unit = scene.prefix + "xa-1"
                $0.closedAt = $0.updatedAt
                $0.state = "closed"
            }
            let c = scene.newCase(3) { $0.workflow += "-other" }
            try await scene.open(a, b, c)
            let workflow = scene.workflow
            for (filter, wanted) in [
                (CaseFilter(workflow: workflow), [a, b]), (CaseFilter(workflow: workflow + "-other"), [c]),
                (CaseFilter(workflow: workflow, states: ["draft"]), [a]),
                (CaseFilter(workflow: workflow, states: ["draft", "closed"]), [a, b]),
                (CaseFilter(workflow: workflow, states: []), []),
                (CaseFilter(subject: a.subject), [a]), (CaseFilter(unit: a.unit), [a, b]),
                (CaseFilter(unit: a.unit, period: a.period), [a]), (CaseFilter(period: a.period), [a]),
                (CaseFilter(parent: a.parent), [a]), (CaseFilter(workflow: workflow, open: true), [a]),
                (CaseFilter(workflow: workflow, open: false), [b]),
                (CaseFilter(workflow: workflow, overdue: true), [a]),
                (CaseFilter(workflow: workflow, overdue: false), [b]),
                (CaseFilter(subject: a.subject, unit: "nowhere"), []),
            ] {
                try expect(try await scene.found(filter), is: wanted.map(\.id), JSON.object(filter.json).description)
            }
            let summary = try await scene.storage.findCases(
                CaseFilter(subject: a.subject), newestFirst: false, cursor: nil, limit: 1)
            let loaded = try await scene.load(a.id)
            try expect(summary.elements.first, is: loaded.map(CaseSummary.init), "the line of the list")
            // What a filter finds follows the case.
            guard let loaded else { throw ConformanceFailure(description: "case \(a.id) is not there") }
            try await scene.commit([
                scene.step(loaded, to: "closed") {
                    $0.overdue = []
                    $0.closedAt = $0.updatedAt
                    $0.subject = nil
                    $0.unit = "elsewhere"
                }
            ])
            try expect(
                try await scene.found(CaseFilter(workflow: workflow, overdue: true)), is: [], "overdue afterwards")
            try expect(try await scene.found(CaseFilter(workflow: workflow, open: true)), is: [], "open afterwards")
            try expect(try await scene.found(CaseFilter(subject: a.subject)), is: [], "subject afterwards")
            try expect(try await scene.found(CaseFilter(unit: a.unit)), is: [b.id], "unit afterwards")
        },
        ConformanceCheck("a title is found without regard to case and diacritics") { scene in
            let new = scene.newCase(1) { $0.title = "Chương trình hành động của Đặng Ngọc Hiền (50% _x)" }
            let decomposed = scene.newCase(2) { $0.title = "Nguye\u{302}\u{303}n Thị Đào" }
            try await scene.open(new, decomposed)
            for (text, wanted) in [
                ("chuong TRINH", [new]), ("đặng ngọc", [new]), ("dang ngoc hien", [new]), ("Đa\u{323}\u{306}ng", [new]),
                ("ngọc", [new]), ("NGUYỄN", [decomposed]), ("dao", [decomposed]), ("hien dang", []), ("50% _", [new]),
                ("5_% ", []), ("n", [new, decomposed]),
            ] {
                try expect(
                    try await scene.found(CaseFilter(workflow: scene.workflow, text: text)), is: wanted.map(\.id), text)
            }
        },
        ConformanceCheck("only what its readers may read is found") { scene in
            let (r1, r2) = (scene.prefix + "official:1", scene.prefix + "unit_head@x")
            let opened = try await scene.commit([
                scene.step(scene.newCase(1), "$open", readers: [r1, r2]),
                scene.step(scene.newCase(2), "$open", readers: [r2, r2]),
                scene.step(scene.newCase(3), "$open", readers: []),
                scene.step(scene.newCase(4), "$open"),
            ])
            func found(_ readers: [String]) async throws -> [String] {
                try await scene.found(CaseFilter(readers: readers))
            }
            try expect(try await found([r1]), is: [scene.id(1)], "first reader")
            try expect(try await found([r2, r1]), is: [scene.id(1), scene.id(2)], "both readers")
            try expect(try await found([]), is: [], "nobody")
            // Kept when they are not given, replaced when they are.
            let second = try await scene.commit([scene.step(opened[0]), scene.step(opened[1], readers: [r1])])
            try expect(try await found([r1]), is: [scene.id(1), scene.id(2)], "first reader afterwards")
            try expect(try await found([r2]), is: [scene.id(1)], "second reader afterwards")
            try await scene.commit([scene.step(second[0], readers: [])])
            try expect(try await found([r1, r2]), is: [scene.id(2)], "readers taken away")
        },
        ConformanceCheck("a case is found by its fields") { scene in
            let (x, y) = (scene.prefix + "x", scene.prefix + "y")
            let opened = try await scene.commit([
                scene.step(scene.newCase(1), "$open", fields: ["level": x, "post": "Bí thư"]),
                scene.step(scene.newCase(2), "$open", fields: ["level": x, "post": y]),
            ])
            try expect(
                try await scene.found(CaseFilter(field: ["level": x])), is: [scene.id(1), scene.id(2)], "one field")
            try expect(
                try await scene.found(CaseFilter(field: ["level": x, "post": "Bí thư"])), is: [scene.id(1)],
                "two fields")
            try expect(try await scene.found(CaseFilter(field: ["post": x])), is: [], "another field's value")
            let second = try await scene.commit([scene.step(opened[0]), scene.step(opened[1], fields: ["level": y])])
            try expect(try await scene.found(CaseFilter(field: ["level": x])), is: [scene.id(1)], "kept and replaced")
            try expect(try await scene.found(CaseFilter(field: ["post": y])), is: [], "a field that is gone")
            try await scene.commit([scene.step(second[0], fields: [:])])
            try expect(try await scene.found(CaseFilter(field: ["level": x])), is: [], "fields taken away")
        },
        ConformanceCheck("a case is not found by a field that is hidden from who asks") { scene in
            let (head, member, own) = (scene.prefix + "head", scene.prefix + "member", scene.prefix + "own")
            var opening = scene.step(
                scene.newCase(1), "$open", readers: [head, member, own], fields: ["level": scene.prefix + "x"])
            opening.hiddenFields = [.init(reader: member, field: "level"), .init(reader: own, field: "level")]
            let opened = try await scene.commit([opening])
            func count(_ readers: [String]?, hiddenFrom: [String]? = nil) async throws -> Int {
                let level = ["level": scene.prefix + "x"]
                let found = try await scene.found(
                    CaseFilter(field: level, readers: readers, hiddenFrom: hiddenFrom))
                return found.count
            }
            try expect(try await count([head]), is: 1, "who may see it")
            try expect(try await count([member]), is: 0, "who may not")
            try expect(try await count([member, head]), is: 1, "who is both")
            try expect(try await count([head], hiddenFrom: [own]), is: 0, "hidden from one, whatever others see")
            try expect(try await count([head], hiddenFrom: [scene.prefix + "other"]), is: 1, "hidden from another")
            try expect(try await count(nil), is: 1, "without readers")
            try expect(try await scene.found(CaseFilter(readers: [member])).count, is: 1, "not by the field")
            // Kept when they are not given, replaced when they are.
            let second = try await scene.commit([scene.step(opened[0])])
            try expect(try await count([member]), is: 0, "kept")
            var last = scene.step(second[0])
            last.hiddenFields = []
            try await scene.commit([last])
            try expect(try await count([member]), is: 1, "taken away")
        },
        ConformanceCheck("cases are counted by group") { scene in
            for number in 1...5 {
                try await scene.open(
                    scene.newCase(number) {
                        $0.unit = number < 3 ? "a" : number < 5 ? "b" : nil
                        $0.period = "2022-07"
                        $0.overdue = number == 1 ? ["submit"] : []
                        $0.definition = number
                    })
            }
            let filter = CaseFilter(workflow: scene.workflow)
            func counts(_ by: CaseGrouping...) async throws -> [[String]: Int] {
                try await scene.storage.countCases(filter, by: by).reduce(into: [:]) { $0[$1.values] = $1.count }
            }
            try expect(try await counts(), is: [[]: 5], "all")
            try expect(try await counts(.unit), is: [["a"]: 2, ["b"]: 2, [""]: 1], "by unit")
            try expect(
                try await counts(.overdue, .unit, .workflow),
                is: [
                    ["true", "a", scene.workflow]: 1, ["false", "a", scene.workflow]: 1,
                    ["false", "b", scene.workflow]: 2, ["false", "", scene.workflow]: 1,
                ], "by three")
            try expect(try await counts(.state, .period), is: [["draft", "2022-07"]: 5], "by state and period")
            try expect(try await counts(.definition).count, is: 5, "by definition")
        },
        ConformanceCheck("cases are counted by their fields, in some units of a month") { scene in
            let (a, b, c) = (scene.prefix + "a", scene.prefix + "b", scene.prefix + "c")
            func new(_ number: Int, _ unit: String, _ period: String) -> Case {
                scene.newCase(number) {
                    $0.unit = unit
                    $0.period = period
                }
            }
            let opened = try await scene.commit([
                scene.step(new(1, a, "2022-07"), "$open", fields: ["level": "good", "block": "Khối Đảng"]),
                scene.step(new(2, a, "2022-07"), "$open", fields: ["level": "good", "block": ""]),
                scene.step(new(3, b, "2022-07"), "$open", fields: ["block": "Khối Đảng"]),
                scene.step(new(4, a, "2022-08"), "$open", fields: ["level": "good"]),
                scene.step(new(5, c, "2022-07"), "$open", fields: ["level": "good"]),
            ])
            let filter = CaseFilter(workflow: scene.workflow, units: [a, b], period: "2022-07")
            func counts(_ by: [CaseGrouping], _ fields: [String]) async throws -> [[String]: Int] {
                try await scene.storage.countCases(filter, by: by, fields: fields)
                    .reduce(into: [:]) { $0[$1.values] = $1.count }
            }
            try expect(try await counts([], ["level"]), is: [["good"]: 2, [""]: 1], "by level")
            try expect(
                try await counts([.unit], ["block", "level", "none"]),
                is: [
                    [a, "Khối Đảng", "good", ""]: 1, [a, "", "good", ""]: 1, [b, "Khối Đảng", "", ""]: 1,
                ], "by unit, block and level")
            try expect(
                try await scene.found(CaseFilter(workflow: scene.workflow, units: [b, c])),
                is: [scene.id(3), scene.id(5)], "of two units")
            try expect(try await scene.found(CaseFilter(units: [])), is: [], "of no unit")
            try await scene.commit([scene.step(opened[2], fields: ["level": "completed"])])
            try expect(try await counts([], ["level"]), is: [["good"]: 2, ["completed"]: 1], "afterwards")
        },
    ]
}
