import NIOCore
import Testing

@testable import Varlink

@Suite struct ClientConnectionStateTests {
    private func outcome(_ replies: String, calls: [(Int, Bool)]) -> [String] {
        var state = ClientConnectionState<Int>(limits: ClientLimits())
        for (call, takesMore) in calls { state.sent(call, takesMore: takesMore) }
        state.received(ByteBuffer(string: replies.replacing("|", with: "\0")))
        var outcome: [String] = []
        while true {
            switch state.next() {
            case .none: return outcome + state.closed().map { "\($0) lost" }
            case .deliver(let reply, let call, let isLast):
                outcome.append("\(call) \(reply.error ?? "reply")\(isLast ? "" : "…")")
            case .close(let violation): outcome.append(violation)
            }
        }
    }

    @Test func testRepliesBelongToCallsInOrder() {
        #expect(
            outcome(
                #"{}|{"continues":true}|{}|{"error":"a.B"}|"#, calls: [(1, false), (2, true), (3, false), (4, false)])
                == ["1 reply", "2 reply…", "2 reply", "3 a.B", "4 lost"])
    }

    @Test(arguments: [
        ("{}|{}|", "a reply to no call"),
        (#"{"continues":true}|"#, "a second reply to a call without \"more\""),
        (#"{"error":"a.B","continues":true}|"#, "an error reply continues"),
        (#"{"method":"a.B"}|"#, "key \"method\" of a message is unknown or has a wrong type"),
        ("[]|", "a message is not an object but array"),
    ])
    func testAServerThatBreaksTheProtocolIsLeft(_ replies: String, _ violation: String) {
        #expect(outcome(replies, calls: [(1, false)]).contains(violation))
    }
}
