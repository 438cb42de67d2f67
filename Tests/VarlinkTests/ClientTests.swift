import JSONCore
import NIOPosix
import Testing
import Varlink

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct ClientTests {
    @Test func testConcurrentCallsEachGetTheirOwnReply() async throws {
        try await Fixture.with { fixture in
            let client = try await fixture.connect()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        let text = JSON.string("\(number)")
                        return try await client.call("org.example.test.Echo", ["text": text]) == ["text": text]
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test func testAnErrorReplyIsThrownWithItsParameters() async throws {
        try await Fixture.with { fixture in
            let client = try await fixture.connect()
            await #expect(throws: VarlinkError("org.example.test.Broken", ["why": "asked"])) {
                try await client.call("org.example.test.Fail", ["error": "Broken"])
            }
        }
    }

    @Test func testACancelledCallThrowsAndTheConnectionGoesOn() async throws {
        try await Fixture.with { fixture in
            let client = try await fixture.connect()
            let call = Task { try await client.call("org.example.test.Wait", ["label": "cancelled"]) }
            await fixture.notes.wait(for: "began cancelled")
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            fixture.gate.open("cancelled")
            #expect(try await client.call("org.example.test.Echo", ["text": "a"]) == ["text": "a"])
        }
    }

    @Test func testEndingAStreamEarlyClosesTheConnectionAndCancelsTheHandler() async throws {
        try await Fixture.with { fixture in
            let client = try await fixture.connect()
            for try await _ in client.stream("org.example.test.Watch") { break }
            #expect(try await client.whenClosed.reason == .closed)
            await fixture.notes.wait(for: "watch cancelled")
        }
    }

    @Test func testACancelledReaderEndsItsStream() async throws {
        try await Fixture.with { fixture in
            let client = try await fixture.connect()
            let reader = Task {
                for try await _ in client.stream("org.example.test.Watch") { fixture.notes.add("read") }
            }
            await fixture.notes.wait(for: "read")
            reader.cancel()
            await fixture.notes.wait(for: "watch cancelled")
            _ = await reader.result
        }
    }

    @Test func testClosingCancelsTheHandlerAndFailsTheCall() async throws {
        try await Fixture.with { fixture in
            let client = try await fixture.connect()
            let call = Task { try await client.call("org.example.test.Wait", ["label": "a"]) }
            await fixture.notes.wait(for: "began a")
            await client.close()
            await #expect(throws: ConnectionError(.closed, endpoint: fixture.path)) { try await call.value }
            await fixture.notes.wait(for: "cancelled a")
            await #expect(throws: ConnectionError(.closed, endpoint: fixture.path)) {
                try await client.call("org.example.test.Notes")
            }
            await #expect(throws: ConnectionError(.closed, endpoint: fixture.path)) {
                try await client.callOneway("org.example.test.Notes")
            }
            await #expect(throws: ConnectionError(.closed, endpoint: fixture.path)) {
                for try await _ in client.stream("org.example.test.Watch") {}
            }
        }
    }

    @Test func testALostConnectionFailsEveryCallThatWaits() async throws {
        var sockets: [CInt] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0)
        let client = try await VarlinkClient.connect(descriptor: sockets[0], endpoint: "a plugin")
        let calls = (0..<3).map { _ in Task { try await client.call("a.b.C") } }
        let server = RawClient(descriptor: sockets[1])
        for _ in calls { _ = await server.receive() }
        server.endOutput()
        for call in calls {
            await #expect(throws: ConnectionError(.closedByPeer, endpoint: "a plugin")) { try await call.value }
        }
        #expect(try await client.whenClosed.description == "a plugin closed the connection")
    }

    @Test func testAServerThatBreaksTheProtocolIsLeftWithTheReason() async throws {
        var sockets: [CInt] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0)
        let client = try await VarlinkClient.connect(descriptor: sockets[0], endpoint: "a plugin")
        let call = Task { try await client.call("a.b.C") }
        let server = RawClient(descriptor: sockets[1])
        #expect(await server.receive() == #"{"method":"a.b.C"}"#)
        await server.send("Hello!\0")
        let violation = "malformed JSON at 1:1: expected a value"
        await #expect(throws: ConnectionError(.violation(violation), endpoint: "a plugin")) { try await call.value }
        #expect(await server.receive() == nil)
    }

    @Test func testNobodyToConnectToIsSaidSo() async throws {
        let error = await #expect(throws: ConnectionError.self) {
            try await VarlinkClient.connect(path: "/nonexistent/socket")
        }
        #expect(error?.description.contains("/nonexistent/socket") == true)
        let long = "/tmp/" + String(repeating: "x", count: 200)
        let tooLong = await #expect(throws: ConnectionError.self) { try await VarlinkClient.connect(path: long) }
        #expect(tooLong?.description.contains("205 bytes") == true)
        await #expect(throws: ConnectionError.self) {
            try await VarlinkClient.connect(descriptor: 9999, endpoint: "nothing")
        }
    }

    @Test func testAStreamKeepsItsConnection() async throws {
        try await Fixture.with { fixture in
            var count = 0
            for try await _ in try await fixture.connect().stream("org.example.test.Count", ["to": 1000]) { count += 1 }
            #expect(count == 1000)
        }
    }

    @Test func testWaitingForTheEndCanBeCancelled() async throws {
        try await Fixture.with { fixture in
            let client = try await fixture.connect()
            let wait = Task { try await client.whenClosed }
            wait.cancel()
            await #expect(throws: CancellationError.self) { try await wait.value }
        }
    }
}
