import JSONCore
import Testing
import Varlink

#if canImport(Glibc)
    import Glibc
#endif

/// What goes over the wire, byte for byte (UAPI.20).
@Suite struct WireTests {
    static let echo = #"{"method":"org.example.test.Echo","parameters":{"text":"a"}}"#
    static let echoed = #"{"parameters":{"text":"a"}}"#

    /// What the server answers until it closes, after `text` was sent with NULs for `|`.
    private func answers(_ text: String, endOutput: Bool = false) async throws -> [String] {
        try await answers(bytes: Array(text.replacing("|", with: "\0").utf8), endOutput: endOutput)
    }

    private func answers(bytes: [UInt8], endOutput: Bool = false) async throws -> [String] {
        try await Fixture.with { fixture in
            let client = try RawClient(path: fixture.path)
            await client.send(bytes)
            if endOutput { client.endOutput() }
            return await client.receiveAll()
        }
    }

    @Test(arguments: [
        "|", "{|", "[]|", "\"x\"|", "null|", "{}|", #"{"method":1}|"#, #"{"method":""}|"#, "{\"method\":\"a.B\"} x|",
        #"{"method":"org.example.test.Echo","parameters":[]}|"#,
        #"{"method":"org.example.test.Echo","parameters":"text"}|"#,
        #"{"method":"org.example.test.Echo","unknown":true,"parameters":{"text":"a"}}|"#,
        #"{"method":"org.example.test.Echo","error":"x","parameters":{"text":"a"}}|"#,
        #"{"method":"org.example.test.Echo","more":1,"parameters":{"text":"a"}}|"#,
        #"{"method":"org.example.test.Echo","more":true,"oneway":true,"parameters":{"text":"a"}}|"#,
        #"{"method":"org.example.test.Echo","more":true,"upgrade":true,"parameters":{"text":"a"}}|"#,
        #"{"method":"org.example.test.Echo","oneway":true,"upgrade":true,"parameters":{"text":"a"}}|"#,
        #"{"method":"org.example.test.Echo","method":"org.example.test.Echo","parameters":{"text":"a"}}|"#,
    ])
    func testAMalformedMessageClosesTheConnectionWithoutAReply(_ text: String) async throws {
        #expect(try await answers(text) == [])
    }

    @Test func testInvalidUTF8ClosesTheConnectionWithoutAReply() async throws {
        let parts = Self.echo.split(separator: "a\"}")
        let bytes = Array(parts[0].utf8) + [0xC3, 0x28] + Array("\"}}\0".utf8)
        #expect(try await answers(bytes: bytes) == [])
    }

    @Test func testNestingBeyondTheLimitClosesTheConnectionWithoutAReply() async throws {
        for depth in [65, 10_000, 1_000_000] {
            let value = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            #expect(try await answers(#"{"method":"a.B","parameters":{"x":\#(value)}}|"#) == [])
        }
    }

    @Test func testCallsBeforeAMalformedMessageAreAnswered() async throws {
        #expect(try await answers("\(Self.echo)|\(Self.echo)|{|\(Self.echo)|") == [Self.echoed, Self.echoed])
    }

    @Test func testKeysOfVendorsAreIgnored() async throws {
        let call = #"{"com.example.trace":{"id":1},"method":"org.example.test.Echo","parameters":{"text":"a"}}"#
        #expect(try await answers(call + "|", endOutput: true) == [Self.echoed])
    }

    @Test(arguments: ["", #","parameters":null"#, #","parameters":{}"#])
    func testAbsentNullAndEmptyParametersAreEqual(_ parameters: String) async throws {
        let call = #"{"method":"org.example.test.Notes"\#(parameters)}|"#
        #expect(try await answers(call, endOutput: true) == [#"{"parameters":{"notes":[]}}"#])
    }

    @Test func testEmptyParametersAreSentAbsent() async throws {
        let note = #"{"method":"org.example.test.Note","parameters":{"note":"n"}}|"#
        #expect(try await answers(note, endOutput: true) == ["{}"])
    }

    @Test func testNullFlagsAreAbsent() async throws {
        let call = #"{"method":"org.example.test.Echo","more":null,"oneway":false,"parameters":{"text":"a"}}|"#
        #expect(try await answers(call, endOutput: true) == [Self.echoed])
    }

    @Test func testNullMembersReachTheHandlerAsAbsent() async throws {
        let call = #"""
            {"method":"org.example.test.Echo","parameters":{"text":"a","person":{"name":"N","age":null,"role":"reader",\#
            "tags":[]}}}|{"method":"org.example.test.Echo","parameters":{"text":"a","person":null}}|
            """#
        #expect(
            try await answers(String(call.dropLast(call.hasSuffix("\n") ? 1 : 0)), endOutput: true) == [
                #"{"parameters":{"text":"a","person":{"name":"N","role":"reader","tags":[]}}}"#, Self.echoed,
            ])
    }

    @Test func testAOnewayCallGetsNoReplyNotEvenAnError() async throws {
        let calls = [
            #"{"method":"org.example.test.Note","oneway":true,"parameters":{"note":"n"}}|"#,
            #"{"method":"org.example.test.Note","oneway":true,"parameters":{"note":1}}|"#,
            #"{"method":"org.example.test.Nothing","oneway":true}|"#,
            #"{"method":"org.example.test.Count","oneway":true,"parameters":{"to":3}}|"#,
            #"{"method":"org.example.test.Fail","oneway":true,"parameters":{"error":"unexpected"}}|"#,
            #"{"method":"org.example.test.Notes"}|"#,
        ]
        #expect(
            try await answers(calls.joined(), endOutput: true) == [#"{"parameters":{"notes":["n (oneway)"]}}"#])
    }

    @Test func testOnlyRepliesBeforeTheLastOneContinue() async throws {
        let call = #"{"method":"org.example.test.Count","more":true,"parameters":{"to":3}}|"#
        #expect(
            try await answers(call, endOutput: true) == [
                #"{"parameters":{"number":1},"continues":true}"#, #"{"parameters":{"number":2},"continues":true}"#,
                #"{"parameters":{"number":3}}"#,
            ])
    }

    @Test func testMoreOnAMethodThatAnswersOnceGetsOneReply() async throws {
        let call = #"{"method":"org.example.test.Echo","more":true,"parameters":{"text":"a"}}|"#
        #expect(try await answers(call, endOutput: true) == [Self.echoed])
    }

    @Test(arguments: [
        (#""org.example.test.Count","parameters":{"to":3}"#, "ExpectedMore", ""),
        (#""org.example.test.Nothing""#, "MethodNotFound", #"{"method":"org.example.test.Nothing"}"#),
        (#""org.example.test.Unwritten""#, "MethodNotImplemented", #"{"method":"org.example.test.Unwritten"}"#),
        (#""org.example.none.Echo""#, "InterfaceNotFound", #"{"interface":"org.example.none"}"#),
        (#""Echo""#, "InterfaceNotFound", #"{"interface":"Echo"}"#),
        (#""org.example.test.Echo""#, "InvalidParameter", #"{"parameter":"text"}"#),
        (#""org.example.test.Echo","parameters":{"txet":"a"}"#, "InvalidParameter", #"{"parameter":"txet"}"#),
        (
            #""org.example.test.Notes","upgrade":true"#, "MethodNotImplemented",
            #"{"method":"org.example.test.Notes"}"#
        ),
        (#""org.example.test.Fail","parameters":{"error":"denied"}"#, "PermissionDenied", ""),
    ])
    func testARefusalNamesItsReason(_ call: String, _ error: String, _ parameters: String) async throws {
        let expected =
            #"{"error":"org.varlink.service.\#(error)""# + (parameters.isEmpty ? "" : #","parameters":\#(parameters)"#)
            + "}"
        #expect(try await answers(#"{"method":\#(call)}|\#(Self.echo)|"#, endOutput: true) == [expected, Self.echoed])
    }

    @Test func testAnUnexpectedErrorIsAnsweredAsTheServerTranslatesIt() async throws {
        let call = #"{"method":"org.example.test.Fail","parameters":{"error":"unexpected"}}|"#
        #expect(
            try await answers(call, endOutput: true) == [
                #"{"error":"org.example.test.Broken","parameters":{"why":"Unexpected()"}}"#
            ])
    }

    #if DEBUG
        @Test func testAReplyThatBreaksItsDescriptionIsFoundInDebugBuilds() async throws {
            let call = #"{"method":"org.example.test.Fail","parameters":{"error":"reply"}}|"#
            let why = "the reply of org.example.test.Fail does not fit its description at unknown"
            #expect(
                try await answers(call, endOutput: true) == [
                    #"{"error":"org.example.test.Broken","parameters":{"why":"\#(why)"}}"#
                ])
        }
    #endif

    @Test func testPipelinedCallsAreHandledOneAfterAnotherInOrder() async throws {
        try await Fixture.with { fixture in
            let client = try RawClient(path: fixture.path)
            let calls = ["a", "b", "c"].map {
                #"{"method":"org.example.test.Wait","parameters":{"label":"\#($0)"}}"# + "\0"
            }
            await client.send(calls.joined())
            await fixture.notes.wait(for: "began a")
            for label in ["c", "b", "a"] { fixture.gate.open(label) }
            client.endOutput()
            #expect(await client.receiveAll() == ["a", "b", "c"].map { #"{"parameters":{"label":"\#($0)"}}"# })
            #expect(fixture.notes.all == ["began a", "began b", "began c"])
        }
    }

    @Test func testManyPipelinedCallsAreAllAnswered() async throws {
        let count = 20_000
        try await Fixture.with { fixture in
            let client = try RawClient(path: fixture.path)
            let calls = (0..<count).map {
                #"{"method":"org.example.test.Echo","parameters":{"text":"\#($0)"}}"# + "\0"
            }
            async let sent = client.send(calls.joined())
            // Another client of the same socket, because one raw client does one thing at a time.
            let reader = RawClient(descriptor: dup(client.descriptor))
            for number in 0..<count {
                let reply = await reader.receive()
                #expect(reply == #"{"parameters":{"text":"\#(number)"}}"#)
                if reply == nil { break }
            }
            #expect(await sent == calls.joined().utf8.count)
        }
    }
}
