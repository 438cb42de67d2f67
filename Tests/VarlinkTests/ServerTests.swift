import JSONCore
import Testing
import Varlink

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct ServerTests {
    @Test func testTheServiceDescribesItself() async throws {
        try await Fixture.with { fixture in
            let client = try await fixture.connect()
            let info = try await client.call("org.varlink.service.GetInfo")
            #expect(info["interfaces"] == ["org.varlink.service", "org.example.test"])
            #expect(info["vendor"] == "V")
            let reply = try await client.call(
                "org.varlink.service.GetInterfaceDescription", ["interface": "org.example.test"])
            #expect(reply["description"] == .string(Fixture.description.source))
            await #expect(throws: VarlinkError.interfaceNotFound("org.none")) {
                try await client.call("org.varlink.service.GetInterfaceDescription", ["interface": "org.none"])
            }
        }
    }

    @Test func testAStreamGivesItsRepliesInOrderAndEnds() async throws {
        try await Fixture.with { fixture in
            let client = try await fixture.connect()
            var numbers: [Int] = []
            for try await reply in client.stream("org.example.test.Count", ["to": 1000]) {
                numbers.append(reply["number"]!.intValue!)
            }
            #expect(numbers == Array(1...1000))
            #expect(try await client.call("org.example.test.Echo", ["text": "after"]) == ["text": "after"])
        }
    }

    @Test func testThePeerIsWhoTheKernelSays() async throws {
        let folder = Fixture.makeFolder()
        let server = VarlinkServer(
            identity: ServiceIdentity(vendor: "V", product: "P", version: "1", url: ""),
            interfaces: [
                ServedInterface(
                    try InterfaceDescription(parsing: "interface a.b\nmethod Who() -> (uid: int, gid: int, pid: int)"),
                    handlers: [
                        "Who": .unary { call in
                            let peer = call.peer
                            return ["uid": .int(Int(peer.uid)), "gid": .int(Int(peer.gid)), "pid": .int(Int(peer.pid))]
                        }
                    ])
            ]
        ) { _, _ in .permissionDenied }
        try await server.listen(path: folder + "/socket", mode: 0o620)
        let client = try await VarlinkClient.connect(path: folder + "/socket")
        let who = try await client.call("a.b.Who")
        #expect(who == ["uid": .int(Int(getuid())), "gid": .int(Int(getgid())), "pid": .int(Int(getpid()))])
        var status = stat()
        #expect(stat(folder + "/socket", &status) == 0 && status.st_mode & 0o777 == 0o620)
        await server.shutdown()
        #expect(access(folder + "/socket", F_OK) != 0)
        rmdir(folder)
    }

    // MARK: Shutdown

    @Test func testShutdownAnswersTheCallUnderWayAndClosesTheRest() async throws {
        try await Fixture.with { fixture in
            let busy = try await fixture.connect()
            let idle = try await fixture.connect()
            let watcher = try await fixture.connect()
            async let reply = busy.call("org.example.test.Wait", ["label": "busy"])
            await fixture.notes.wait(for: "began busy")
            let behind = Task { try await busy.call("org.example.test.Echo", ["text": "behind"]) }
            var watch = watcher.stream("org.example.test.Watch").makeAsyncIterator()
            #expect(try await watch.next() == ["number": 1])
            async let shutdown: Void = fixture.server.shutdown()
            #expect(try await idle.whenClosed.reason == .closedByPeer)
            #expect(try await watcher.whenClosed.reason == .closedByPeer)
            await fixture.notes.wait(for: "watch cancelled")
            await #expect(throws: ConnectionError.self) { try await fixture.connect() }
            fixture.gate.open("busy")
            #expect(try await reply == ["label": "busy"])
            await #expect(throws: ConnectionError(.closedByPeer, endpoint: fixture.path)) { try await behind.value }
            await shutdown
        }
    }

    @Test func testACancelledShutdownClosesAtOnce() async throws {
        try await Fixture.with { fixture in
            let client = try await fixture.connect()
            let call = Task { try await client.call("org.example.test.Wait", ["label": "long"]) }
            await fixture.notes.wait(for: "began long")
            let shutdown = Task { await fixture.server.shutdown() }
            shutdown.cancel()
            await shutdown.value
            await #expect(throws: ConnectionError.self) { try await call.value }
            #expect(fixture.notes.all == ["began long", "cancelled long"])
        }
    }

    @Test func testAClientThatEndsItsOutputStillGetsItsReply() async throws {
        try await Fixture.with { fixture in
            let client = try RawClient(path: fixture.path)
            await client.send(#"{"method":"org.example.test.Wait","parameters":{"label":"half"}}"# + "\0")
            client.endOutput()
            await fixture.notes.wait(for: "began half")
            fixture.gate.open("half")
            #expect(await client.receiveAll() == [#"{"parameters":{"label":"half"}}"#])
        }
    }

    @Test func testAClientThatGoesAwayIsNoticedBehindWhatItHasPipelined() async throws {
        try await Fixture.with { fixture in
            var client: RawClient? = try RawClient(path: fixture.path)
            await client?.send(#"{"method":"org.example.test.Wait","parameters":{"label":"gone"}}"# + "\0")
            await fixture.notes.wait(for: "began gone")
            await client?.send(String(repeating: WireTests.echo + "\0", count: 2000))
            client = nil
            await fixture.notes.wait(for: "cancelled gone")
        }
    }

    // MARK: Listening

    @Test func testAStaleSocketIsReplacedAndALiveOneIsNot() async throws {
        try await Fixture.with { fixture in
            let stale = try RawClient(descriptor: Self.boundSocket(at: fixture.path + "-stale"))
            _ = stale
            let second = Fixture()
            try await second.server.listen(path: fixture.path + "-stale", mode: 0o600)
            let client = try await VarlinkClient.connect(path: fixture.path + "-stale")
            #expect(try await client.call("org.example.test.Notes") == ["notes": []])
            let error = await #expect(throws: SocketError.self) {
                try await second.server.listen(path: fixture.path, mode: 0o600)
            }
            #expect(error?.description.contains("another process listens there") == true)
            await second.server.shutdown()
            second.removeFolder()
            let alive = try await fixture.connect()
            #expect(try await alive.call("org.example.test.Notes") == ["notes": []])
        }
    }

    /// A socket that was bound and does not listen, as a killed server leaves it.
    private static func boundSocket(at path: String) throws -> CInt {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
        return descriptor
    }

    @Test func testWhatCannotBeListenedOnIsRefusedWithTheReason() async throws {
        let fixture = Fixture()
        let file = fixture.path + "-file"
        close(open(file, O_CREAT | O_WRONLY, 0o600))
        for (path, reason) in [
            (file, "a file that is not a socket is there"), ("/nonexistent/socket", "No such file or directory"),
            ("/tmp/" + String(repeating: "x", count: 103), "the path has 108 bytes, a socket's may have 107"),
        ] {
            let error = await #expect(throws: SocketError.self) {
                try await fixture.server.listen(path: path, mode: 0o600)
            }
            #expect(error?.description.contains(reason) == true && error?.description.contains(path) == true)
        }
        for descriptor: CInt in [9999, 0] {
            await #expect(throws: SocketError.self) { try await fixture.server.listen(descriptor: descriptor) }
            await #expect(throws: SocketError.self) { try await fixture.server.serve(connected: descriptor) }
        }
        unlink(file)
        fixture.removeFolder()
    }

    @Test func testAListeningSocketCanBeHandedIn() async throws {
        let fixture = Fixture()
        let descriptor = try Self.boundSocket(at: fixture.path)
        #expect(listen(descriptor, 10) == 0)
        try await fixture.server.listen(descriptor: descriptor)
        let client = try await fixture.connect()
        #expect(try await client.call("org.example.test.Notes") == ["notes": []])
        await fixture.server.shutdown()
        // Who made it removes it.
        #expect(access(fixture.path, F_OK) == 0)
        fixture.removeFolder()
    }

    @Test func testAConnectedSocketIsServedUntilItCloses() async throws {
        var limits = ServerLimits()
        limits.idleTimeout = .milliseconds(1)
        limits.maximumConnections = 0
        let fixture = Fixture(limits: limits)
        var sockets: [CInt] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0)
        let serving = Task { [sockets] in try await fixture.server.serve(connected: sockets[0]) }
        let client = try await VarlinkClient.connect(descriptor: sockets[1], endpoint: "the test")
        let call = Task { try await client.call("org.example.test.Wait", ["label": "a"]) }
        await fixture.notes.wait(for: "began a")
        await client.close()
        try await serving.value
        #expect(fixture.notes.all == ["began a", "cancelled a"])
        _ = await call.result
        fixture.removeFolder()
    }
}
