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
                try await scene.storage.stageDirectory(
                    import: scene.prefix, DirectoryRecords(posts: [post], delegations: [delegation]))
                try await scene.storage.stageDirectory(
                    import: scene.prefix, DirectoryRecords(units: [unit, successor], officials: [official, deputy]))
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
                units: added(2), officials: added(2), posts: added(1), delegations: added(1), missing: [],
                applied: false)
            try expect(try await apply(dryRun: true), is: wanted, "dry run")
            try expect(try await scene.storage.findUnits(ids: [unit.id], on: nil), is: [], "units after a dry run")
            try await expect(refusal: notFound, "after a dry run") { () throws(StorageError) in _ = try await apply() }
            try await stage()
            wanted.applied = true
            try expect(try await apply(), is: wanted, "applied")
            try await expect(refusal: notFound, "after it was applied") { () throws(StorageError) in
                _ = try await apply()
            }
            try await stage()
            let same = { ImportCount(added: 0, changed: 0, same: $0) }
            wanted = ImportResult(
                units: same(2), officials: same(2), posts: same(1), delegations: same(1), missing: [], applied: true)
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
            let records = DirectoryRecords(
                units: [Unit(id: scene.prefix + "u", name: "U", level: "commune", parent: x, successor: y)],
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
                ])
            try await scene.storage.stageDirectory(import: scene.prefix, records)
            let result = try await scene.storage.applyDirectory(
                import: scene.prefix, at: StorageScene.start, by: "cb-01", dryRun: false)
            try expect(result.applied, is: false, "applied")
            try expect(
                Set(result.missing.map { "\($0.kind) \($0.id)" }),
                is: ["unit \(x)", "unit \(y)", "official \(x)", "official \(y)"], "missing")
            try expect(
                result.missing.allSatisfy { $0.referrer.contains(scene.prefix) },
                "a missing record's referrer is not named")
            let officials = try await scene.storage.findOfficials(
                ids: [scene.prefix + "o"], logins: nil, text: nil, cursor: nil, limit: 1)
            try expect(officials.elements, is: [], "officials")
            try await expect(refusal: .importNotFound(scene.prefix), "afterwards") { () throws(StorageError) in
                _ = try await scene.storage.applyDirectory(
                    import: scene.prefix, at: StorageScene.start, by: "cb-01", dryRun: false)
            }
        },
        ConformanceCheck("an import replaces the records that it names and no others") { scene in
            func official(_ number: Int, _ name: String) -> Official {
                Official(id: scene.prefix + scene.padded(number), fullName: name)
            }
            func apply(_ officials: [Official]) async throws -> ImportResult {
                try await scene.storage.stageDirectory(import: scene.prefix, DirectoryRecords(officials: officials))
                return try await scene.storage.applyDirectory(
                    import: scene.prefix, at: StorageScene.start, by: "cb-01", dryRun: false)
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
            try await scene.storage.stageDirectory(
                import: scene.prefix, DirectoryRecords(officials: [Official(id: scene.prefix, fullName: "X")]))
            _ = try await scene.storage.open(clock: .rehearsal)
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
