import Foundation
import JSONCore
import Testing
import Varlink

@Suite struct WatchTests {
    /// Sends an event in each reply, then waits until the watch ends.
    private static func watch(
        _ parameters: JSONObject, _ replies: ReplyStream, _ versions: ClosedRange<Int>
    ) async throws -> JSONObject {
        for version in versions {
            try await replies.send(["events": [SampleReplies.anEvent(version)], "cursor": .string("after-\(version)")])
        }
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    @Test func testCtrlCEndsItAndSaysWhereToGoOn() async throws {
        try await FakeDaemon.with(streams: [
            "Workflow.Watch": { try await Self.watch($0, $1, 1...2) }
        ]) { daemon, tool in
            let process = try tool.start(["case", "watch", "--cursor", "here", "--language", "vi"])
            while let line = await process.line(), !line.contains("#2") {}
            // The place is known when the event's lines are out; the last of them is the third change.
            while let line = await process.line(), !line.contains("/note") {}
            process.process.interrupt()
            let run = await process.end()
            #expect(run.status == 130 && run.signal == nil)
            #expect(run.errors.hasPrefix("Theo dõi tiếp từ đây: --cursor after-"))
            #expect(daemon.calls("Workflow.Watch").first?["cursor"] == "here")
        }
    }

    @Test func testALostWatchGoesOnWhereItWas() async throws {
        let first: JSON = ["parameters": ["events": [SampleReplies.anEvent(1)], "cursor": "one"], "continues": true]
        let last: JSONObject = ["events": [SampleReplies.anEvent(2)], "cursor": "two"]
        try await FlakyDaemon.with(closing: 1, after: first, last) { daemon, tool in
            let run = try await tool("case", "watch", "c1", "--json")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try run.json().map { $0["event"]?["version"] } == [1, 2])
            #expect(daemon.calls.map { $0["parameters"]?["cursor"] } == [nil, "one"])
        }
    }
}
