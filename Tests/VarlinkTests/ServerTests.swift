import JSONCore
import Testing
import Varlink

@Suite struct ServerTests {
    @Test func testACallIsAnsweredWithWhatTheHandlerReturned() async throws {
        try await Fixture.with { fixture in
            let client = try await fixture.connect()
            #expect(try await client.call("org.example.test.Echo", ["text": "xin chào"]) == ["text": "xin chào"])
            await client.close()
        }
    }

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
}
