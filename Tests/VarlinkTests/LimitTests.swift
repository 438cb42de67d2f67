import JSONCore
import NIOPosix
import Testing
import Varlink

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct LimitTests {
    @Test func testAMessageWithoutEndIsCutOffAtTheLimit() async throws {
        var limits = ServerLimits()
        limits.maximumMessageBytes = 1 << 20
        try await Fixture.with(limits: limits) { [limits] fixture in
            let client = try RawClient(path: fixture.path)
            let sent = await client.send(Array(repeating: UInt8(ascii: "x"), count: 100 << 20))
            // Beyond the limit there are only the kernel's buffers and one read.
            #expect(sent > limits.maximumMessageBytes && sent < limits.maximumMessageBytes + (2 << 20))
            #expect(await client.receiveAll() == [])
        }
    }

    @Test func testAMessageOfJustTheLimitIsAnswered() async throws {
        var limits = ServerLimits()
        limits.maximumMessageBytes = 200_000
        try await Fixture.with(limits: limits) { fixture in
            let shell = #"{"method":"org.example.test.Note","parameters":{"note":""}}"#
            for extra in [0, 1] {
                let text = String(repeating: "x", count: 200_000 - shell.utf8.count + extra)
                let client = try RawClient(path: fixture.path)
                let reply = await client.exchange(shell.replacing(#""""#, with: "\"\(text)\""))
                #expect(reply == (extra == 0 ? "{}" : nil))
            }
        }
    }

    @Test func testAReplyBeyondTheLimitIsAnErrorAndNotABrokenConnection() async throws {
        var limits = ServerLimits()
        limits.maximumMessageBytes = 1000
        try await Fixture.with(limits: limits) { fixture in
            let client = try await fixture.connect()
            let replies = client.stream("org.example.test.Count", ["to": 1, "bytes": 2000])
            let error = await #expect(throws: VarlinkError.self) { for try await _ in replies {} }
            #expect(error?.name == "org.example.test.Broken")
            #expect(try await client.call("org.example.test.Echo", ["text": "a"]) == ["text": "a"])
        }
    }

    @Test func testACallBeyondTheClientsLimitIsNotSent() async throws {
        try await Fixture.with { fixture in
            var limits = ClientLimits()
            limits.maximumMessageBytes = 100
            let client = try await fixture.connect(limits)
            let error = await #expect(throws: ConnectionError.self) {
                try await client.call("org.example.test.Note", ["note": .string(String(repeating: "x", count: 100))])
            }
            guard case .messageTooLarge(_, limit: 100) = error?.reason else { throw Fixture.Unexpected() }
            #expect(try await client.call("org.example.test.Notes") == ["notes": []])
        }
    }

    @Test func testAConnectionOverTheLimitOfItsUserIsClosedAndNoOtherIsDisturbed() async throws {
        var limits = ServerLimits()
        limits.maximumConnectionsPerUser = 2
        try await Fixture.with(limits: limits) { fixture in
            let first = try RawClient(path: fixture.path)
            let second = try RawClient(path: fixture.path)
            #expect(await first.exchange(WireTests.echo) == WireTests.echoed)
            #expect(await second.exchange(WireTests.echo) == WireTests.echoed)
            #expect(await (try RawClient(path: fixture.path)).exchange(WireTests.echo) == nil)
            #expect(await first.exchange(WireTests.echo) == WireTests.echoed)
            #expect(await second.exchange(WireTests.echo) == WireTests.echoed)
            // A place that is given back can be taken.
            second.endOutput()
            #expect(await second.receive() == nil)
            #expect(await (try RawClient(path: fixture.path)).exchange(WireTests.echo) == WireTests.echoed)
        }
    }

    @Test func testAConnectionOverTheLimitOfAllIsClosed() async throws {
        var limits = ServerLimits()
        limits.maximumConnections = 1
        try await Fixture.with(limits: limits) { fixture in
            let first = try RawClient(path: fixture.path)
            #expect(await first.exchange(WireTests.echo) == WireTests.echoed)
            #expect(await (try RawClient(path: fixture.path)).exchange(WireTests.echo) == nil)
            #expect(await first.exchange(WireTests.echo) == WireTests.echoed)
        }
    }

    @Test(arguments: ["", #"{"method":"#])
    func testAConnectionWithoutAWholeCallIsClosedAsIdle(_ text: String) async throws {
        var limits = ServerLimits()
        limits.idleTimeout = .milliseconds(50)
        try await Fixture.with(limits: limits) { fixture in
            let client = try RawClient(path: fixture.path)
            await client.send(text)
            #expect(await client.receive() == nil)
        }
    }

    @Test func testACallUnderWayIsNotIdle() async throws {
        var limits = ServerLimits()
        limits.idleTimeout = .seconds(4)
        try await Fixture.with(limits: limits) { fixture in
            let client = try await fixture.connect()
            async let reply = client.call("org.example.test.Wait", ["label": "long"])
            // Another connection that is idle all the while is closed.
            let idle = try RawClient(path: fixture.path)
            #expect(await idle.receive() == nil)
            fixture.gate.open("long")
            #expect(try await reply == ["label": "long"])
        }
    }

    @Test func testAReaderThatReadsNothingIsClosedAndItsStreamEnds() async throws {
        var limits = ServerLimits()
        limits.writeTimeout = .milliseconds(50)
        limits.maximumUnreadReplyBytes = 64 << 10
        limits.idleTimeout = nil
        try await Fixture.with(limits: limits) { fixture in
            let client = try RawClient(path: fixture.path)
            await client.send(
                #"{"method":"org.example.test.Count","more":true,"parameters":{"to":1000000,"bytes":1000}}"# + "\0")
            let peer = Peer(uid: getuid(), gid: getgid(), pid: getpid())
            await fixture.notes.wait(for: "count ended: \(ConnectionError(.timedOut, endpoint: "\(peer)"))")
            #expect(fixture.notes.highest < 10_000)
        }
    }

    @Test func testAStreamWaitsForItsReader() async throws {
        var limits = ServerLimits()
        limits.maximumUnreadReplyBytes = 64 << 10
        try await Fixture.with(limits: limits) { fixture in
            var limits = ClientLimits()
            limits.maximumUnreadReplies = 4
            let client = try await fixture.connect(limits)
            var iterator = client.stream("org.example.test.Count", ["to": 5000, "bytes": 1000]).makeAsyncIterator()
            #expect(try await iterator.next()?["number"] == 1)
            // Others are served meanwhile; what the stream can have sent is what all the buffers on the way hold.
            let other = try await fixture.connect()
            for _ in 0..<100 { _ = try await other.call("org.example.test.Echo", ["text": "a"]) }
            #expect(fixture.notes.highest < 2500)
            var count = 1
            while let reply = try await iterator.next() {
                count += 1
                #expect(reply["number"] == .int(count))
            }
            #expect(count == 5000)
        }
    }
}
