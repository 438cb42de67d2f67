import Foundation
import JSONCore
import Testing
import Varlink

/// Who may do what: nothing without a right, and never in another's name.
@Suite(.serialized, .daemon(), .timeLimit(.minutes(1))) struct RightsTests {
    let daemon: TestDaemon
    let gateway: Person

    init() async throws {
        daemon = try TestDaemon.ofSuite()
        gateway = try await daemon.client()
    }

    private static let isRoot: Bool = getuid() == 0
    private static let whyRoot: Comment = "only root can speak as another user"

    private func opened() async throws -> String {
        try await gateway.speaking(for: "cb-01").open("rotation-onboarding", Samples.form("rotation")).id
    }

    private func refused(
        _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> some Any
    ) async throws -> (name: String, parameters: JSONObject) {
        let before = try await daemon.dump()
        let refusal = await refusal(location, body)
        #expect(try await daemon.dump() == before, sourceLocation: location)
        return refusal
    }

    @Test(.enabled(if: isRoot, whyRoot)) func testAPeerWithAnUnknownUIDIsNobody() async throws {
        let id = try await opened()
        let stranger = try await daemon.client(uid: 54_321)
        for (method, parameters) in [
            ("ListCases", [:]), ("ListTasks", [:]), ("GetCase", ["case": .string(id)]),
            ("OpenCase", ["workflow": "rotation-onboarding", "key": "k", "form": try Samples.form("rotation")]),
            ("SendEvent", ["case": .string(id), "event": "submit", "key": "k"]),
        ] as [(String, JSONObject)] {
            let refusal = try await refused { try await stranger.workflow(method, parameters) }
            #expect(refusal.name == "UnknownPerson" && refusal.parameters["person"] == "54321", "\(method)")
        }
        for method in ["ListOfficials", "ListUnits", "ListPosts", "WhoAmI"] {
            #expect(try await refused { try await stranger.directory(method) }.name == "UnknownPerson", "\(method)")
        }
        #expect(daemon.log.contains("uid=54321"))
    }

    @Test(.enabled(if: isRoot, whyRoot)) func testOnlyAdministratorsManageTheDaemon() async throws {
        let stranger = try await daemon.client(uid: 54_321)
        for (method, parameters) in [
            ("GetStatus", [:]), ("ListPlugins", [:]), ("Reload", [:]), ("Backup", [:]), ("ListBackups", [:]),
            ("ListMessages", ["state": "parked"]), ("RetryMessages", ["ids": ["x"]]),
            ("AdvanceClock", ["to": "2030-01-01"]),
        ] as [(String, JSONObject)] {
            #expect(
                try await refused { try await stranger.manager(method, parameters) }.name == "NotAllowed", "\(method)")
        }
        await #expect(throws: VarlinkError.self) {
            for try await _ in stranger.client.stream("org.rotationd.Manager.Verify") {}
        }
        let stage: JSONObject = [
            "import": "i", "table": "units", "csv": "id,name,level\n", "file": "u", "firstLine": 2,
        ]
        #expect(try await refused { try await stranger.directory("StageImport", stage) }.name == "NotAllowed")
        let apply: JSONObject = ["import": "i", "dryRun": false]
        #expect(try await refused { try await stranger.directory("ApplyImport", apply) }.name == "NotAllowed")
    }

    @Test(.enabled(if: isRoot, whyRoot)) func testAPeerIsTheOfficialOfItsLoginAndNobodyElse() async throws {
        // uid 1 is "daemon" on every Debian.
        let rows = "id,full_name,login\ncb-301,Cán bộ 301,daemon\n"
        _ = try await gateway.directory(
            "StageImport", ["import": "l", "table": "officials", "csv": .string(rows), "file": "o", "firstLine": 2])
        _ = try await gateway.directory("ApplyImport", ["import": "l", "dryRun": false])
        let peer = try await daemon.client(uid: 1)
        let who = try await peer.directory("WhoAmI")
        #expect(who["official"]?["id"] == "cb-301" && who["gateway"] == false && who["administrator"] == false)
        let claim = try await refused { try await peer.speaking(for: "cb-01").workflow("ListCases") }
        #expect(claim.name == "NotAllowed")
        #expect(
            try await refused { try await peer.open("rotation-onboarding", Samples.form("rotation")) }.name
                == "NotAllowed")
        let id = try await opened()
        #expect(try await peer.workflow("ListCases")["cases"] == [])
        #expect(try await refused { try await peer.document(id) }.name == "CaseNotFound")
        #expect(try await refused { try await peer.history(id) }.name == "CaseNotFound")
    }

    @Test func testAGatewayCannotSpeakForAPersonWhoDoesNotExist() async throws {
        let nobody = gateway.speaking(for: "cb-999")
        let refusal = try await refused { try await nobody.open("rotation-onboarding", Samples.form("rotation")) }
        #expect(refusal.name == "UnknownPerson" && refusal.parameters["person"] == "cb-999")
        for method in ["ListCases", "ListTasks"] {
            #expect(try await refused { try await nobody.workflow(method) }.name == "UnknownPerson")
        }
        #expect(try await refused { try await gateway.speaking(for: "").workflow("ListTasks") }.name == "UnknownPerson")
    }

    @Test func testAGatewayIsNobodyByItself() async throws {
        #expect(try await refused { try await gateway.workflow("ListCases") }.name == "UnknownPerson")
    }

    @Test func testAnEventNeedsItsRole() async throws {
        let id = try await opened()
        let refusal = try await refused {
            try await gateway.speaking(for: "cb-01").send("submit", Samples.program(tasks: 1), to: id)
        }
        #expect(refusal.name == "NotAllowed" && refusal.parameters["roles"] == ["official"])
        let opening = try await refused {
            try await gateway.speaking(for: "cb-19").open("rotation-onboarding", Samples.form("rotation"))
        }
        #expect(opening.name == "NotAllowed" && opening.parameters["roles"] == ["organisation_board"])
        #expect(daemon.log.contains("refused"))
    }

    @Test func testWhoMayNotReadACaseLearnsNothingOfIt() async throws {
        let id = try await opened()
        let outsider = gateway.speaking(for: "cb-19")
        #expect(try await refused { try await outsider.document(id) }.name == "CaseNotFound")
        #expect(try await refused { try await outsider.history(id) }.name == "CaseNotFound")
        #expect(try await outsider.workflow("ListCases")["cases"] == [])
        // Neither its state nor its version by way of an error.
        for (event, version) in [("celebrate", nil), ("submit", 99), ("submit", nil)] as [(String, Int?)] {
            let refusal = try await refused { try await outsider.send(event, to: id, version: version) }
            #expect(refusal.name == "CaseNotFound", "\(event)")
        }
    }

    @Test func testADeputyNeedsADelegationThatHoldsToday() async throws {
        let id = try await opened()
        // It begins on 29 August (delegations.csv); the clock shows July.
        let refusal = try await refused {
            try await gateway.speaking(for: "cb-14").send("submit", Samples.program(tasks: 1), to: id, for: "cb-11")
        }
        #expect(refusal.name == "NotAllowed")
        let nobody = try await refused {
            try await gateway.speaking(for: "cb-14").send("submit", Samples.program(tasks: 1), to: id, for: "cb-999")
        }
        #expect(nobody.name == "NotAllowed" || nobody.name == "UnknownPerson")
    }
}
