import Workflow

extension StorageConformance {
    static let definitions: [ConformanceCheck<StorageScene>] = [
        ConformanceCheck("a version of a definition never changes") { scene in
            func definition(_ version: Int, _ source: String, forms: [String: String] = ["form": "{}"])
                -> StoredDefinition
            {
                StoredDefinition(
                    name: scene.workflow, version: version, source: source, forms: forms, digest: "\(version)" + source,
                    addedAt: StorageScene.start)
            }
            let text = ConformanceSamples.text
            // Ten comes after two.
            for version in [2, 10, 1] { try await scene.storage.saveDefinition(definition(version, text)) }
            for _ in 0..<3 { try await scene.storage.saveDefinition(definition(2, text)) }
            for other in [
                definition(2, "other"), definition(2, text, forms: ["form": "[]"]), definition(2, text, forms: [:]),
            ] {
                try await expect(refusal: .definitionExists(name: scene.workflow, version: 2), "another text") {
                    () throws(StorageError) in try await scene.storage.saveDefinition(other)
                }
            }
            let two = try await scene.storage.loadDefinition(name: scene.workflow, version: 2)
            try expect(two, is: definition(2, text), "version 2")
            try expect(two.map { Array($0.source.utf8) == Array(text.utf8) } ?? false, "the source came back changed")
            let newest = try await scene.storage.loadDefinition(name: scene.workflow, version: nil)
            try expect(newest, is: definition(10, text), "the newest")
            try expect(
                try await scene.storage.loadDefinition(name: scene.workflow, version: 3) == nil, "version 3 is there")
            try expect(
                try await scene.storage.loadDefinition(name: scene.workflow + "x", version: nil) == nil,
                "an unknown name")
            let listed = try await scene.storage.listDefinitions().filter { $0.name == scene.workflow }
            try expect(listed.map(\.version).sorted(), is: [1, 2, 10], "listed versions")
            try expect(listed.first { $0.version == 2 }?.digest, is: "2" + text, "listed digest")
        },
        ConformanceCheck("a setting keeps its newest value") { scene in
            try expect(try await scene.storage.loadSetting(scene.prefix) == nil, "an unknown setting has a value")
            for value in ["", "1", ConformanceSamples.text] {
                try await scene.storage.saveSetting(scene.prefix, value: value)
                let loaded = try await scene.storage.loadSetting(scene.prefix)
                try expect(loaded.map { Array($0.utf8) } ?? [0], is: Array(value.utf8), "value")
            }
        },
    ]

    static let directory: [ConformanceCheck<StorageScene>] = [
        ConformanceCheck("an import becomes visible as a whole, when it is applied") { scene in
            let preferences = Preferences(
                channel: "email", language: "vi", quietHours: "21:00-06:30", digest: .daily)
            let unit = Unit(
                id: scene.prefix + "xa-1", name: "Xã Quế Trung", level: "commune", to: day(2022, 12, 31),
                successor: scene.prefix + "xa-2")
            let successor = Unit(
                id: scene.prefix + "xa-2", name: "Thị trấn Trung Phước", level: "commune", from: day(2023, 1, 1),
                preferences: preferences)
            let official = Official(
                id: scene.prefix + "cb-1", fullName: "Nguyễn Ngọc Hiền", login: scene.prefix + "hien", email: "a@b.vn",
                phone: "0235")
            let deputy = Official(
                id: scene.prefix + "cb-2", fullName: "Đặng Thị Hiền Lương", familyName: "Đặng", middleName: "Thị Hiền",
                givenName: "Lương", preferences: preferences)
            let post = Post(
                id: scene.prefix + "p-1", official: official.id, unit: unit.id, title: "Bí thư",
                roles: ["unit_head", "x"],
                main: true, leader: true, block: "Khối Đảng", from: day(2022, 7, 1), to: day(2022, 7, 31))
            let delegation = Delegation(
                id: scene.prefix + "d-1", official: official.id, deputy: deputy.id, role: "unit_head",
                from: day(2022, 7, 10), to: day(2022, 7, 20), document: "Số 04-CV/HU")
            func stage() async throws {
                // In several parts, the referring records first.
                try await scene.stage(DirectoryRecords(posts: [post], delegations: [delegation]))
                try await scene.stage(
                    DirectoryRecords(units: [unit, successor], officials: [official, deputy]), after: 2)
            }
            func apply(dryRun: Bool = false) async throws(StorageError) -> ImportResult {
                try await scene.storage.applyDirectory(
                    import: scene.prefix, at: StorageScene.start, by: "cb-01", dryRun: dryRun)
            }
            let notFound = StorageError.importNotFound(scene.prefix)
            try await expect(refusal: notFound, "an unknown import") { () throws(StorageError) in _ = try await apply()
            }
            try await stage()
            try expect(
                try await scene.storage.findUnits(ids: [unit.id], on: nil), is: [], "units before they are applied")
            let added = { ImportCount(added: $0, changed: 0, same: 0) }
            var wanted = ImportResult(
                units: added(2), officials: added(2), posts: added(1), delegations: added(1), problems: [],
                problemCount: 0, applied: false)
            try expect(try await apply(dryRun: true), is: wanted, "dry run")
            try expect(try await scene.storage.findUnits(ids: [unit.id], on: nil), is: [], "units after a dry run")
            var previewed: [DirectoryChange] = []
            var next: String?
            repeat {
                let page = try await scene.storage.listStagedChanges(import: scene.prefix, cursor: next, limit: 1)
                previewed += page.elements
                next = page.cursor
            } while next != nil && previewed.count < 10
            try expect(
                Set(previewed.map(\.id)),
                is: Set(
                    [unit, successor].map(\.id) + [official.id, deputy.id, "\(scene.prefix)p-1", "\(scene.prefix)d-1"]),
                "previewed")
            try expect(previewed.allSatisfy { $0.old == nil && $0.new != nil }, "what is added was something before")
            wanted.applied = true
            try expect(try await apply(), is: wanted, "applied")
            try await expect(refusal: notFound, "after it was applied") { () throws(StorageError) in
                _ = try await apply()
            }
            try await stage()
            let same = { ImportCount(added: 0, changed: 0, same: $0) }
            wanted = ImportResult(
                units: same(2), officials: same(2), posts: same(1), delegations: same(1), problems: [],
                problemCount: 0, applied: true)
            try expect(try await apply(), is: wanted, "applied again")

            let storage = scene.storage
            try expect(
                try await storage.findUnits(ids: [unit.id, successor.id], on: nil), is: [successor, unit], "units")
            try expect(
                try await storage.findUnits(ids: [unit.id, successor.id], on: day(2022, 12, 31)), is: [unit], "last day"
            )
            func units(text: String, on day: LocalDate? = nil) async throws -> [Unit] {
                try await storage.findUnits(
                    ids: nil, parent: nil, text: text, on: day, cursor: nil, limit: 1000
                ).elements.filter { $0.id.hasPrefix(scene.prefix) }
            }
            try expect(try await units(text: "trung"), is: [successor, unit], "by name")
            try expect(try await units(text: "TRUNG quế"), is: [unit], "by two words")
            try expect(try await units(text: "trung", on: day(2023, 1, 1)), is: [successor], "first day")
            func officials(
                ids: [String]? = nil, logins: [String]? = nil, text: String? = nil
            ) async throws -> [Official] {
                try await storage.findOfficials(ids: ids, logins: logins, text: text, cursor: nil, limit: 1000).elements
                    .filter { $0.id.hasPrefix(scene.prefix) }
            }
            try expect(try await officials(), is: [official, deputy], "all officials")
            try expect(try await officials(ids: [deputy.id, "unknown"]), is: [deputy], "by id")
            try expect(try await officials(logins: [scene.prefix + "hien"]), is: [official], "by login")
            try expect(try await officials(logins: []), is: [], "by no login")
            for (text, wanted) in [
                ("nguyen ngoc hien", [official]), ("HIỀN", [official, deputy]), ("luong d", [deputy]),
                ("đặng", [deputy]),
                ("hie", [official, deputy]), ("ien", []), ("ngoc luong", []),
            ] {
                try expect(try await officials(text: text), is: wanted, "by name \"\(text)\"")
            }
            for (date, wanted) in [
                (day(2022, 6, 30), []), (day(2022, 7, 1), [post]), (day(2022, 7, 31), [post]), (day(2022, 8, 1), []),
            ] {
                try expect(
                    try await storage.findPosts(official: official.id, unit: nil, role: nil, on: date), is: wanted,
                    "posts on \(date)")
            }
            try expect(try await storage.findPosts(official: official.id, on: nil), is: [post], "posts of all days")
            let within = day(2022, 7, 15)
            try expect(
                try await storage.countOfficials(units: [unit.id, successor.id], on: within),
                is: [OfficialCount(unit: unit.id, block: "Khối Đảng", leader: true, count: 1)], "officials of units")
            try expect(try await storage.countOfficials(units: [successor.id], on: within), is: [], "of another unit")
            try expect(
                try await storage.countOfficials(units: [unit.id], on: day(2022, 8, 1)), is: [], "on another day")
            try expect(
                try await storage.findPosts(official: nil, unit: unit.id, role: "unit_head", on: within), is: [post],
                "head")
            try expect(
                try await storage.findPosts(official: nil, unit: unit.id, role: "unit", on: within), is: [],
                "no such role")
            try expect(
                try await storage.findPosts(official: deputy.id, unit: nil, role: nil, on: within), is: [], "no post")
            for (date, wanted) in [
                (day(2022, 7, 9), []), (day(2022, 7, 10), [delegation]), (day(2022, 7, 20), [delegation]),
                (day(2022, 7, 21), []),
            ] {
                try expect(
                    try await storage.findDelegations(deputy: deputy.id, on: date), is: wanted, "delegations on \(date)"
                )
                try expect(
                    try await storage.findDelegations(deputy: nil, official: official.id, on: date), is: wanted,
                    "delegations of the official on \(date)")
            }
        },
        ConformanceCheck("an import that names what is not there changes nothing") { scene in
            let (x, y) = (scene.prefix + "x", scene.prefix + "y")
            let result = try await scene.imported(
                DirectoryRecords(
                    units: [
                        Unit(
                            id: scene.prefix + "u", name: "U", level: "commune", parent: x, to: day(2022, 7, 1),
                            successor: y)
                    ],
                    officials: [Official(id: scene.prefix + "o", fullName: "O")],
                    posts: [
                        Post(
                            id: scene.prefix + "p", official: x, unit: y, title: "T", roles: [], main: false,
                            from: day(2022, 7, 1))
                    ],
                    delegations: [
                        Delegation(
                            id: scene.prefix + "d", official: scene.prefix + "o", deputy: y, from: day(2022, 7, 1),
                            to: day(2022, 7, 2))
                    ]))
            try expect(result.applied, is: false, "applied")
            try expect(
                Set(result.problems.map { "\($0.kind.rawValue) \($0.other ?? "") \($0.field) \($0.place ?? "")" }),
                is: [
                    "unknown_unit \(x) parent 0", "unknown_unit \(y) successor 0", "unknown_official \(x) official 2",
                    "unknown_unit \(y) unit 2", "unknown_official \(y) deputy 3",
                ], "problems")
            let officials = try await scene.storage.findOfficials(
                ids: [scene.prefix + "o"], logins: nil, text: nil, cursor: nil, limit: 1)
            try expect(officials.elements, is: [], "officials")
            try await scene.storage.discardDirectory(import: scene.prefix)
            try await expect(refusal: .importNotFound(scene.prefix), "afterwards") { () throws(StorageError) in
                _ = try await scene.storage.applyDirectory(
                    import: scene.prefix, at: StorageScene.start, by: "cb-01", dryRun: false)
            }
        },
        ConformanceCheck("units and posts must hold together on every day") { scene in
            func id(_ name: String) -> String { scene.prefix + name }
            func unit(
                _ name: String, parent: String? = nil, from: LocalDate? = nil, to: LocalDate? = nil,
                successor: String? = nil
            ) -> Unit {
                Unit(
                    id: id(name), name: name, level: "x", parent: parent.map(id), from: from, to: to,
                    successor: successor.map(id))
            }
            func post(_ name: String, _ official: String, _ unit: String, from: LocalDate, to: LocalDate? = nil) -> Post
            {
                Post(
                    id: id(name), official: id(official), unit: id(unit), title: "T", roles: [], main: true, from: from,
                    to: to)
            }
            func kinds(_ records: DirectoryRecords) async throws -> Set<String> {
                let result = try await scene.imported(records)
                try await scene.storage.discardDirectory(import: scene.prefix)
                try expect(result.applied == (result.problemCount == 0), "applied in spite of problems, or not")
                return Set(result.problems.map { "\($0.kind.rawValue) \($0.id.dropFirst(scene.prefix.count))" })
            }
            let (first, last) = (day(2022, 1, 1), day(2022, 12, 31))
            try expect(
                try await kinds(
                    DirectoryRecords(
                        units: [
                            unit("root"), unit("old", parent: "root", from: first, to: last, successor: "new"),
                            unit("new", parent: "root", from: day(2023, 1, 1)),
                            unit("renamed", from: first, to: last), unit("renamed", from: day(2023, 1, 1)),
                        ],
                        officials: [
                            Official(id: id("o"), fullName: "O", login: id("o")), Official(id: id("q"), fullName: "Q"),
                        ], posts: [post("p", "o", "renamed", from: first)])), is: [], "of what is in order")
            for (records, wanted) in [
                (DirectoryRecords(units: [unit("a", from: first), unit("a", from: last)]), ["overlapping a"]),
                (DirectoryRecords(units: [unit("a"), unit("a")]), ["duplicate a"]),
                (DirectoryRecords(units: [unit("a", parent: "old", from: first)]), ["parent_absent a"]),
                (DirectoryRecords(units: [unit("a", parent: "old", from: first, to: last)]), []),
                (
                    DirectoryRecords(units: [unit("b", parent: "c", from: first), unit("c", parent: "b", from: first)]),
                    ["cycle b", "cycle c"]
                ),
                (DirectoryRecords(units: [unit("a2", to: last, successor: "old")]), ["successor_absent a2"]),
                (DirectoryRecords(units: [unit("a2", successor: "new")]), ["successor_without_end a2"]),
                // The store's own post would be left without its unit.
                (
                    DirectoryRecords(units: [unit("renamed", from: day(2023, 1, 1), to: day(2023, 6, 30))]),
                    ["unit_absent p"]
                ),
                (DirectoryRecords(units: [unit("root", to: last)]), ["parent_absent new"]),
                (DirectoryRecords(posts: [post("r", "q", "old", from: first)]), ["unit_absent r"]),
                (DirectoryRecords(posts: [post("r", "q", "old", from: first, to: last)]), []),
                (DirectoryRecords(posts: [post("s", "o", "new", from: day(2024, 1, 1))]), ["several_mains s"]),
                (
                    DirectoryRecords(officials: [Official(id: id("t"), fullName: "T", login: id("o"))]),
                    ["login_taken t"]
                ),
            ] as [(DirectoryRecords, [String])] {
                try expect(try await kinds(records), is: Set(wanted), "of \(records)")
            }
        },
        ConformanceCheck("a delegation gives its right when it is accepted, and the history says so") { scene in
            let (official, deputy) = (scene.prefix + "o", scene.prefix + "d")
            var delegation = Delegation(
                id: scene.prefix + "1", official: official, deputy: deputy, from: day(2022, 7, 1), to: day(2022, 7, 31),
                acceptance: .awaited)
            let records = DirectoryRecords(
                officials: [Official(id: official, fullName: "O"), Official(id: deputy, fullName: "D")],
                delegations: [delegation])
            try expect(try await scene.imported(records).applied, "not applied")
            func accept(_ id: String, _ deputy: String) async throws -> Delegation? {
                try await scene.storage.acceptDelegation(
                    id: id, deputy: deputy, on: day(2022, 7, 2), at: StorageScene.start)
            }
            try expect(try await accept(delegation.id, official) == nil, "somebody else accepted")
            try expect(try await accept(scene.prefix + "2", deputy) == nil, "an unknown one was accepted")
            delegation.acceptance = .accepted(on: day(2022, 7, 2))
            for _ in 0..<2 { try expect(try await accept(delegation.id, deputy), is: delegation, "accepted") }
            // The same table again takes nothing back, another one does.
            let again = try await scene.imported(records)
            try expect(again.delegations, is: ImportCount(added: 0, changed: 0, same: 1), "imported again")
            try expect(
                try await scene.storage.findDelegations(deputy: deputy, on: day(2022, 7, 5)), is: [delegation], "found")
            let changes = try await scene.storage.listDirectoryChanges(
                entry: nil, table: .delegations, id: delegation.id, cursor: nil, limit: 10
            ).elements
            try expect(changes.map { $0.old == nil }, is: [false, true], "changes")
            try expect(changes.first?.new, is: delegation.json, "new")
            let entries = try await scene.storage.listDirectoryEntries(cursor: nil, limit: 3).elements
            try expect(entries.map(\.kind), is: [.import, .acceptance, .import], "entries")
            try expect(entries.map(\.by), is: ["cb-01", deputy, "cb-01"], "by whom")
            try expect(entries.map(\.added), is: [0, 0, 3], "added")
            try expect(Set(changes.map(\.entry)), is: Set(entries.dropFirst().map { $0.number }), "their entries")
        },
        ConformanceCheck("an import replaces the records that it names and no others") { scene in
            func official(_ number: Int, _ name: String) -> Official {
                Official(id: scene.prefix + scene.padded(number), fullName: name)
            }
            func apply(_ officials: [Official]) async throws -> ImportResult {
                try await scene.imported(DirectoryRecords(officials: officials))
            }
            _ = try await apply((1...25).map { official($0, "A \(scene.prefix)") })
            let result = try await apply([official(1, "A \(scene.prefix)"), official(2, "B"), official(26, "B")])
            try expect(result.officials, is: ImportCount(added: 1, changed: 1, same: 1), "counts")
            var names: [String] = []
            var cursor: String?
            repeat {
                let page = try await scene.storage.findOfficials(
                    ids: nil, logins: nil, text: nil, cursor: cursor, limit: 10)
                names += page.elements.filter { $0.id.hasPrefix(scene.prefix) }.map(\.fullName)
                cursor = page.cursor
            } while cursor != nil && names.count < 100
            try expect(
                names, is: ["B", "B"] + Array(repeating: "A \(scene.prefix)", count: 24),
                "names in their order: B, and one with the family name A and a given name with k")
        },
        ConformanceCheck("what was set aside is forgotten when the store is opened") { scene in
            let records = DirectoryRecords(officials: [Official(id: scene.prefix, fullName: "X")])
            try await scene.stage(records)
            _ = try await scene.storage.open(clock: .rehearsal)
            try await expect(refusal: .importNotFound(scene.prefix), "the next part") { () throws(StorageError) in
                try await scene.stage(records, after: 1)
            }
            try await expect(refusal: .importNotFound(scene.prefix), "ApplyDirectory") { () throws(StorageError) in
                _ = try await scene.storage.applyDirectory(
                    import: scene.prefix, at: StorageScene.start, by: "cb-01", dryRun: false)
            }
        },
    ]

    private static func day(_ year: Int, _ month: Int, _ day: Int) -> LocalDate {
        LocalDate(year: year, month: month, day: day) ?? LocalDate(daysSinceEpoch: 0)
    }
}

extension StorageScene {
    /// Sets records aside, their places numbered from 0.
    fileprivate func stage(_ records: DirectoryRecords, after before: Int = 0) async throws(StorageError) {
        try await storage.stageDirectory(
            import: prefix, records, places: (0..<records.count).map(String.init), after: before)
    }

    fileprivate func imported(_ records: DirectoryRecords) async throws -> ImportResult {
        try await stage(records)
        return try await storage.applyDirectory(import: prefix, at: Self.start, by: "cb-01", dryRun: false)
    }
}
