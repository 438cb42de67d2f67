import JSONCore
import Synchronization
import Testing
import Varlink

/// Watching: every event once and in order, over lost connections and while commands run.
@Suite(.serialized, .daemon(), .timeLimit(.minutes(2))) struct WatchTests {
    let daemon: TestDaemon

    init() async throws { daemon = try TestDaemon.ofSuite() }

    /// Opens a case for each writer and has them all save drafts at once.
    private func write(cases: Int, events: Int) async throws -> [String] {
        let daemon = daemon
        let form = try Samples.form("rotation")
        return try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<cases {
                group.addTask {
                    let gateway = try await daemon.client()
                    let id = try await gateway.speaking(for: "cb-01").open("rotation-onboarding", form).id
                    for number in 1..<events {
                        try await gateway.speaking(for: "cb-11").send(
                            "save_draft", ["advantages": [.string("\(number)")]], to: id)
                    }
                    return id
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// The cursor of now.
    private func now() async throws -> JSON {
        for try await reply in try await daemon.connect().stream("org.rotationd.Workflow.Watch", ["person": "cb-01"]) {
            return try #require(reply["cursor"])
        }
        throw NeverHappened(what: "Watch says its cursor")
    }

    @Test func testEveryEventComesOnceOverManyConnections() async throws {
        var cursor = try await now()
        let (cases, events) = (6, 30)
        async let ids = write(cases: cases, events: events)
        var seen: [String: [Int]] = [:]
        var connections = 0
        while seen.values.reduce(0, { $0 + $1.count }) < cases * events {
            connections += 1
            var left = Int.random(in: 1...12)
            let client = try await daemon.connect()
            for try await reply in client.stream("org.rotationd.Workflow.Watch", ["cursor": cursor, "person": "cb-01"])
            {
                cursor = try #require(reply["cursor"])
                for event in try reply.array("events") {
                    seen[try #require(event["case"]?.stringValue), default: []].append(
                        try #require(event["version"]?.intValue))
                }
                left -= 1
                if left == 0 || seen.values.reduce(0, { $0 + $1.count }) >= cases * events { break }
            }
            await client.close()
        }
        #expect(try await Set(ids) == Set(seen.keys))
        for (id, versions) in seen { #expect(versions == Array(1...events), "\(id)") }
        #expect(connections > 1)
    }

    @Test func testOneCaseIsWatchedAlone() async throws {
        let cursor = try await now()
        let ids = try await write(cases: 3, events: 5)
        let parameters: JSONObject = ["cursor": cursor, "case": .string(ids[1]), "person": "cb-11"]
        var versions: [Int] = []
        for try await reply in try await daemon.connect().stream("org.rotationd.Workflow.Watch", parameters) {
            for event in try reply.array("events") {
                #expect(event["case"] == .string(ids[1]))
                versions.append(try #require(event["version"]?.intValue))
            }
            if versions.count == 5 { break }
        }
        #expect(versions == [1, 2, 3, 4, 5])
    }

    @Test func testAWatcherSeesOnlyWhatItsPersonMayRead() async throws {
        let cursor = try await now()
        let ids = try await write(cases: 1, events: 3)
        let board = try await daemon.client("cb-01")
        let monthly = try await board.open("monthly-assessment", Samples.monthly("cb-19")).id
        // cb-19 may read the last one only.
        for try await reply in try await daemon.connect().stream(
            "org.rotationd.Workflow.Watch", ["cursor": cursor, "person": "cb-19"])
        {
            let events = try reply.array("events")
            #expect(events.map { $0["case"] } == [.string(monthly)] && !ids.contains(monthly))
            break
        }
    }

    @Test func testAWatcherThatReadsNothingHarmsNobody() async throws {
        let cursor = try await now()
        let lazy = try (0..<5).map { _ in try RawConnection(path: daemon.socket) }
        for connection in lazy {
            let call: JSONObject = [
                "method": "org.rotationd.Workflow.Watch", "more": true,
                "parameters": ["cursor": cursor, "person": "cb-01"],
            ]
            await connection.send(JSON.object(call).bytes() + [0])
        }
        // More than the sockets and the daemon's buffers take.
        let text = JSON.string(String(repeating: "x", count: 9_000))
        let gateway = try await daemon.client()
        let id = try await gateway.speaking(for: "cb-01").open("rotation-onboarding", Samples.form("rotation")).id
        for number in 0..<60 {
            let form: JSON = ["advantages": .array(Array(repeating: text, count: 4) + [.string("\(number)")])]
            try await gateway.speaking(for: "cb-11").send("save_draft", form, to: id)
        }
        var versions: [Int] = []
        for try await reply in try await daemon.connect().stream(
            "org.rotationd.Workflow.Watch", ["cursor": cursor, "person": "cb-01"])
        {
            versions += try reply.array("events").compactMap { $0["version"]?.intValue }
            if versions.count >= 61 { break }
        }
        #expect(versions == Array(1...61))
        #expect(try await gateway.manager("GetStatus")["needsAttention"] == [])
        withExtendedLifetime(lazy) {}
    }

    @Test(arguments: ["x", "-1", "1.5", "1", "1-", "0-0123456789ab", "99999999999999999999-0123456789ab"])
    func testACursorThatIsNoneIsNamed(cursor: String) async throws {
        let client = try await daemon.connect()
        await #expect(throws: VarlinkError.invalidParameter("cursor")) {
            for try await _ in client.stream(
                "org.rotationd.Workflow.Watch", ["cursor": .string(cursor), "person": "cb-01"])
            {}
        }
    }

    @Test func testWatchNeedsMore() async throws {
        let client = try await daemon.connect()
        await #expect(throws: VarlinkError.expectedMore) {
            try await client.call("org.rotationd.Workflow.Watch", ["person": "cb-01"])
        }
    }
}
