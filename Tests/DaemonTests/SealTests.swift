import Foundation
import JSONCore
import Testing
import Varlink

/// Each day is sealed when it has ended, and a store that was altered afterwards is found out, however carefully.
@Suite(.timeLimit(.minutes(2))) struct SealTests {
    /// A daemon whose first day, of five events in two cases, has ended.
    private func sealed() async throws -> (daemon: TestDaemon, id: String) {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        let board = try await daemon.client("cb-01")
        let id = try await board.open("rotation-onboarding", Samples.form("rotation")).id
        let official = board.speaking(for: "cb-11")
        try await official.send("save_draft", Samples.program(tasks: 1), to: id)
        try await board.open("rotation-onboarding", Samples.form("rotation"))
        try await official.send("save_draft", Samples.program(tasks: 2), to: id)
        try await official.send("save_draft", Samples.program(tasks: 3), to: id)
        try await advance(daemon, to: "2022-07-02")
        return (daemon, id)
    }

    private func advance(_ daemon: TestDaemon, to day: String) async throws {
        _ = try await daemon.client().manager("AdvanceClock", ["to": .string(day)])
    }

    /// What the daemon has journaled.
    private func seals(_ daemon: TestDaemon) -> [JSONObject] {
        daemon.log.matches(of: /([-0-9]+) is sealed +head=(\S+) position=(\S+) store=(\S+)/).map { seal in
            [
                "day": .string(String(seal.1)), "head": .string(String(seal.2)), "position": .int(Int(seal.3) ?? 0),
                "store": .string(String(seal.4)),
            ]
        }
    }

    /// - Returns: How many seals hold, and the findings.
    private func verify(
        _ daemon: TestDaemon, _ seals: [JSONObject]?
    ) async throws -> (held: Int?, findings: [JSONObject]) {
        let parameters: JSONObject = seals.map { ["seals": .array($0.map(JSON.object))] } ?? [:]
        let reply = try await daemon.client().manager("Verify", parameters)
        return (try reply.optionalInt("sealsHeld"), try reply.array("findings").compactMap(\.objectValue))
    }

    /// Lets Python at the store, which nobody has open.
    private func alter(_ daemon: TestDaemon, _ script: String, _ arguments: String...) async throws {
        let output = daemon.folder + "/altered"
        let python = try ChildProcess("python3", ["-c", script, daemon.database] + arguments, output: output)
        let status = await python.exitStatus
        try #require(
            status == 0, "\(String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self))")
    }

    @Test func testADayIsSealedOnceWhenItHasEnded() async throws {
        let (daemon, _) = try await sealed()
        #expect(seals(daemon).map { $0["day"] } == ["2022-07-01"])
        #expect(seals(daemon)[0]["position"] == 5)
        await daemon.stop()
        try await daemon.start()
        try await advance(daemon, to: "2022-07-02T20:00:00+07:00")
        #expect(seals(daemon).count == 1)
        try await advance(daemon, to: "2022-07-04")
        // Nothing happened on the days between.
        #expect(seals(daemon).map { $0["day"] } == ["2022-07-01", "2022-07-03"])
        #expect(seals(daemon)[0]["head"] == seals(daemon)[1]["head"])
        let (held, findings) = try await verify(daemon, seals(daemon))
        #expect(held == 2 && findings.isEmpty)
    }

    @Test func testDaysThatTimersWorkOnAreSealedOnTheWay() async throws {
        let (daemon, _) = try await sealed()
        try await advance(daemon, to: "2022-09-01")
        let seals = seals(daemon)
        #expect(seals.count > 3 && seals.last?["day"] == "2022-08-31")
        #expect(Set(seals.compactMap { $0["position"]?.intValue }).count > 2)
        let (held, findings) = try await verify(daemon, seals)
        #expect(held == seals.count && findings.isEmpty, "\(findings)")
    }

    @Test func testAMissedDayIsSealedAtTheStart() async throws {
        let (daemon, _) = try await sealed()
        let first = try #require(seals(daemon).first)
        await daemon.stop()
        try await alter(
            daemon,
            "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute('DELETE FROM settings WHERE name = ?', ['seal']); d.commit()"
        )
        try await daemon.start()
        try await until("the day is sealed again") { seals(daemon).count == 2 }
        #expect(seals(daemon)[1] == first)
    }

    @Test func testTheFirstDayOfAStoreIsNotSealedBeforeItHasEnded() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()
        try await daemon.client("cb-01").open("rotation-onboarding", Samples.form("rotation"))
        await daemon.stop()
        try await daemon.start()
        try await advance(daemon, to: "2022-07-01T23:59:59+07:00")
        #expect(seals(daemon).isEmpty)
    }

    /// Changes who sent an event, and makes every hash of the case anew, as the daemon would have.
    private static let forge = """
        import hashlib, json, sqlite3, sys
        store = sqlite3.connect(sys.argv[1])
        store.row_factory = sqlite3.Row
        def digest(row):
            event = {"case": row["case_id"], "version": row["version"], "event": row["event"], "at": row["at"],
                     "to": row["to_state"], "changes": json.loads(row["changes"]), "previous": row["previous"]}
            actor = {"official": row["official"], "onBehalfOf": row["on_behalf_of"], "gateway": row["gateway"]}
            event["actor"] = {name: value for name, value in actor.items() if value is not None}
            if row["from_state"] is not None: event["from"] = row["from_state"]
            if row["form"] is not None: event["form"] = json.loads(row["form"])
            if row["reason"] is not None: event["reason"] = row["reason"]
            if row["late"]: event["late"] = True
            if row["detail"] is not None: event["detail"] = json.loads(row["detail"])
            text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            return hashlib.sha256(text.encode()).hexdigest()
        rows = store.execute("SELECT * FROM events WHERE case_id = ? ORDER BY version", [sys.argv[2]]).fetchall()
        previous = ""
        for row in rows:
            assert digest(row) == row["hash"], "this script does not hash as the daemon does"
            row = dict(row, previous=previous)
            if row["version"] == 2: row["official"] = "cb-12"
            previous = digest(row)
            store.execute("UPDATE events SET official = ?, previous = ?, hash = ? WHERE position = ?",
                          [row["official"], row["previous"], previous, row["position"]])
        store.execute("UPDATE cases SET head = ? WHERE id = ?", [previous, sys.argv[2]])
        store.commit()
        """

    @Test func testAForgedChainIsFoundOutByTheSeal() async throws {
        let (daemon, id) = try await sealed()
        let seal = seals(daemon)
        await daemon.stop()
        try await alter(daemon, Self.forge, id)
        try await daemon.start()
        // The case in itself is sound.
        #expect(try await verify(daemon, nil).findings.isEmpty)
        let (held, findings) = try await verify(daemon, seal)
        #expect(held == 0 && findings.count == 1)
        #expect(findings.first?["seal"]?["outcome"] == "altered" && findings.first?["seal"]?["sound"] == 0)
        #expect(findings.first?["message"]?.stringValue?.contains("from 1 to 5") == true, "\(findings)")
        // What is sealed afterwards goes on from the old head, so it does not hold either.
        try await daemon.client("cb-01").open("rotation-onboarding", Samples.form("rotation"))
        try await advance(daemon, to: "2022-07-03")
        let later = try await verify(daemon, seals(daemon))
        #expect(later.held == 0 && later.findings.first?["seal"]?["count"] == 2)
        #expect(try await daemon.client().manager("GetStatus")["lastVerifyProblems"] == 1)
    }

    @Test func testAnOlderBackupIsFoundOutByTheSeal() async throws {
        let (daemon, id) = try await sealed()
        let made = try await daemon.client().manager("Backup").object("backup").string("path")
        let official = try await daemon.client("cb-11")
        try await official.send("save_draft", Samples.program(tasks: 4), to: id)
        try await advance(daemon, to: "2022-07-03")
        await daemon.stop()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: daemon.database + suffix) }
        try FileManager.default.copyItem(atPath: made, toPath: daemon.database)
        try await daemon.start()
        #expect(try await verify(daemon, nil).findings.isEmpty)
        let (held, findings) = try await verify(daemon, seals(daemon))
        #expect(held == 1 && findings.count == 1)
        #expect(findings.first?["seal"]?["outcome"] == "lost" && findings.first?["seal"]?["sound"] == 5, "\(findings)")

        // Work goes on upon it, and the new days are sealed.
        let again = try await daemon.client("cb-11")
        for tasks in [5, 6] { try await again.send("save_draft", Samples.program(tasks: tasks), to: id) }
        try await advance(daemon, to: "2022-07-04")
        let later = try await verify(daemon, seals(daemon))
        #expect(later.held == 2 && later.findings.count == 1)
        #expect(later.findings.first?["seal"]?["outcome"] == "replaced", "\(later)")
    }

    @Test func testSealsOfAnotherStoreAreSaidToBe() async throws {
        let (daemon, _) = try await sealed()
        let other: [JSONObject] = ["2021-01-01", "2021-01-02"].map {
            ["store": "another", "day": $0, "position": 3, "head": "00"]
        }
        let (held, findings) = try await verify(daemon, other + seals(daemon))
        #expect(held == 1 && findings.count == 1)
        #expect(findings.first?["seal"]?["outcome"] == "foreign" && findings.first?["seal"]?["count"] == 2)
        #expect(findings.first?["message"]?.stringValue?.contains("another store, another") == true, "\(findings)")
    }

    @Test func testAWrongSealIsNamed() async throws {
        let (daemon, _) = try await sealed()
        for (seal, parameter) in [
            (["store": "a", "day": "soon", "position": 1, "head": "0"], "seals[0].day"),
            (["store": "a", "day": "2022-07-01", "head": "0"], "seals[0].position"),
        ] as [(JSONObject, String)] {
            let refusal = await refusal { try await verify(daemon, [seal]) }
            #expect(refusal.name == "InvalidParameter" && refusal.1["parameter"] == .string(parameter))
        }
    }

    @Test func testVerifyTellsHowFarItIs() async throws {
        let (daemon, _) = try await sealed()
        let client = try await daemon.connect()
        let seals = JSON.array(seals(daemon).map(JSON.object))
        var replies: [JSONObject] = []
        for try await reply in client.stream("org.rotationd.Manager.Verify", ["seals": seals]) { replies.append(reply) }
        #expect(replies.count == 2 && replies[0]["sealedEvents"] == 5 && replies[0]["done"] == false)
        #expect(replies[1]["sealsHeld"] == 1 && replies[1]["done"] == true && replies[1]["total"] == 5)
    }
}
