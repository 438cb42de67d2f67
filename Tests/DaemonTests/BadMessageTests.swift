import JSONCore
import Testing
import Varlink

/// What is no Varlink closes its connection without an answer, and disturbs nobody else.
@Suite(.serialized, .daemon(), .timeLimit(.minutes(1))) struct BadMessageTests {
    /// Sends the bytes, expects that the connection is closed without an answer, that another goes on, and that the store
    /// is what it was.
    private func expectClosed(_ bytes: [UInt8], endsOutput: Bool = false) async throws {
        let daemon = try TestDaemon.ofSuite()
        let other = try await daemon.client("cb-03")
        let before = try await daemon.dump()
        let raw = try RawConnection(path: daemon.socket)
        await raw.send(bytes)
        if endsOutput { raw.endOutput() }
        #expect(await raw.receiveAll() == [])
        #expect(try await other.workflow("ListCases")["cases"] == [])
        #expect(try await daemon.dump() == before)
    }

    @Test(
        arguments: [
            "hello", "{", "[]", "null", "\"\"", "{}", "{\"method\":7}", "{\"method\":null}", "",
            "{\"method\":\"a\"} {}",
            "{\"method\":\"org.varlink.service.GetInfo\",}", "{'method':'org.varlink.service.GetInfo'}",
            "{\"method\":\"org.varlink.service.GetInfo\",\"parameters\":[]}",
            "{\"method\":\"org.varlink.service.GetInfo\",\"parameters\":7}",
            "{\"method\":\"org.varlink.service.GetInfo\",\"surprise\":true}",
            "{\"method\":\"org.varlink.service.GetInfo\",\"more\":1}",
            "{\"method\":\"org.varlink.service.GetInfo\",\"more\":true,\"oneway\":true}",
            "{\"method\":\"org.varlink.service.GetInfo\",\"parameters\":{\"a\":NaN}}",
            "{\"method\":\"org.varlink.service.GetInfo\",\"parameters\":{\"a\":\"\\ud800\"}}",
        ])
    func testWhatIsNoCallClosesTheConnection(text: String) async throws {
        try await expectClosed(Array(text.utf8) + [0])
    }

    @Test func testBytesThatAreNoUTF8CloseTheConnection() async throws {
        try await expectClosed(Array("{\"method\":\"".utf8) + [0xC3, 0x28, 0xFF] + Array("\"}".utf8) + [0])
    }

    @Test func testGarbageWithoutAnEndIsDroppedWhenItsSenderIsGone() async throws {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<100_000).map { _ in UInt8.random(in: 1...255, using: &generator) }
        try await expectClosed(bytes, endsOutput: true)
    }

    @Test func testAHundredMegabytesWithoutAnEndAreRefusedAtTheLimit() async throws {
        let daemon = try TestDaemon.ofSuite()
        let before = try await daemon.dump()
        let raw = try RawConnection(path: daemon.socket)
        let sent = await raw.send([UInt8](repeating: UInt8(ascii: "x"), count: 100_000_000))
        // The limit is 4 MiB; what the sockets hold comes to it.
        #expect(sent < 8_000_000)
        #expect(await raw.receiveAll() == [])
        _ = try await daemon.client().client.call("org.varlink.service.GetInfo")
        #expect(try await daemon.dump() == before)
    }

    @Test(arguments: ["[", "{\"a\":"]) func testTenThousandLevelsOfNestingCloseTheConnection(level: String) async throws
    {
        let nested = String(repeating: level, count: 10_000)
        try await expectClosed(
            Array("{\"method\":\"org.rotationd.Workflow.OpenCase\",\"parameters\":{\"form\":\(nested)".utf8) + [0])
    }

    @Test func testAPartOfACallIsNotCarriedOut() async throws {
        let form = try JSON.object(["f": Samples.form("rotation")]).description
        let call =
            "{\"method\":\"org.rotationd.Workflow.OpenCase\",\"parameters\":{\"person\":\"cb-01\",\"key\":\"k\",\(form.dropFirst())"
        try await expectClosed(Array(call.utf8), endsOutput: true)
    }

    @Test func testUnknownMethodsAndInterfacesAreNamedAndTheConnectionGoesOn() async throws {
        let client = try await TestDaemon.ofSuite().client().client
        for (method, error) in [
            ("org.rotationd.Workflow.Nothing", VarlinkError.methodNotFound("org.rotationd.Workflow.Nothing")),
            ("org.rotationd.Nothing.OpenCase", .interfaceNotFound("org.rotationd.Nothing")),
            ("nothing", .interfaceNotFound("nothing")),
        ] {
            await #expect(throws: error) { try await client.call(method) }
        }
        _ = try await client.call("org.varlink.service.GetInfo")
    }

    @Test func testATextMayHoldANulAndAnyOtherCharacter() async throws {
        let board = try await TestDaemon.ofSuite().client("cb-01")
        let id = try #require(JSON(parsing: "\"a\\u0000b\\ud83d\\ude00\\u202e/../'; DROP TABLE cases --\"").stringValue)
        let refused = await refusal { try await board.workflow("GetCase", ["case": .string(id)]) }
        #expect(refused.name == "CaseNotFound" && refused.1["case"] == .string(id))
    }
}
