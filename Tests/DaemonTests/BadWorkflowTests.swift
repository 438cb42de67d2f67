import Foundation
import JSONCore
import Testing
import Varlink

/// Definitions that must not be loaded.
@Suite(.timeLimit(.minutes(1))) struct BadWorkflowTests {
    /// The smallest workflow that loads; tests break it.
    static let small = """
        workflow: small
        version: 1
        title: {vi: Nhỏ, en: Small}
        case: {title: "Việc", subject: /opening/official, unit: /opening/unit}
        roles:
          organisation_board: {title: {vi: Ban, en: Board}, in: district}
        open:
          title: {vi: Mở, en: Open}
          by: organisation_board
          form: monthly-open
          record: [{put: /opening}]
          to: first
        states:
          first:
            title: {vi: Một, en: First}
            events:
              go: {title: {vi: Đi, en: Go}, by: organisation_board, to: choice}
          choice:
            title: {vi: Chọn, en: Choice}
            automatic: [{if: {equal: [$/opening/period, end]}, to: last}, {to: last}]
          last:
            title: {vi: Cuối, en: Last}
            final: true
        """

    static let broken: [(old: String, new: String, line: Int, message: String)] = [
        ("to: choice}", "to: last}", 18, "no case can ever reach state \"choice\""),
        ("to: choice}", "to: chioce}", 17, "there is no state \"chioce\""),
        ("{to: last}]", "{to: choice}]", 18, "automatic transitions go in a circle: choice → choice"),
        ("title: {vi: Nhỏ, en: Small}", "title: {vi: Nhỏ, en: Small", 4, "not YAML"),
        ("workflow: small", "\tworkflow: small", 1, "not YAML"),
        ("form: monthly-open", "form: nothing", 10, "there is no form \"nothing\""),
        ("by: organisation_board, to", "by: nobody, to", 17, "there is no role \"nobody\""),
        ("    final: true", "", 21, "can never leave state \"last\""),
    ]

    @Test(arguments: broken.indices) func testCheckWorkflowSaysWhatIsWrongAndWhere(index: Int) async throws {
        let (old, new, line, message) = Self.broken[index]
        let daemon = try TestDaemon()
        try await daemon.start()
        let client = try await daemon.client()
        let before = try await daemon.dump()
        #expect(Self.small.contains(old))
        let source = Self.small.replacing(old, with: new)
        let reply = try await client.workflow("CheckWorkflow", ["source": .string(source), "file": "small.yaml"])
        let problems = try reply.array("problems")
        #expect(
            problems.contains {
                $0["message"]?.stringValue?.contains(message) == true && $0["line"] == .int(line)
                    && $0["file"] == "small.yaml"
                    && ($0["column"]?.intValue ?? 0) > 0
            }, "\(problems)")
        #expect(try await client.workflow("CheckWorkflow", ["source": .string(Self.small)])["problems"] == [])
        #expect(try await daemon.dump() == before)

        // Put into its folder, it is not loaded by a reload, and what was there goes on.
        try daemon.write(source, to: "workflows/small.yaml")
        let told = try await client.manager("Reload").array("problems").compactMap(\.stringValue)
        #expect(told.contains { $0.contains(message) && $0.contains("small.yaml:\(line):") }, "\(told)")
        let names = try await client.workflow("ListWorkflows").array("workflows").compactMap { $0["name"]?.stringValue }
        #expect(names == ["monthly-assessment", "rotation-onboarding"])
        #expect(try await daemon.dump() == before)
        #expect(await daemon.stop() == 0)

        // A daemon that starts with it says everything that is wrong and does not serve.
        let failure = try await daemon.failure()
        #expect(failure.status == 78 && failure.text.contains(message) && failure.text.contains("small.yaml:\(line):"))
    }

    @Test func testABrokenChangeLeavesTheRunningDefinition() async throws {
        let daemon = try TestDaemon()
        try daemon.write(Self.small, to: "workflows/small.yaml")
        try await daemon.start()
        try await daemon.importDirectory()
        let client = try await daemon.client()
        let digest = try await client.workflow("GetWorkflow", ["name": "small"])["digest"]
        try daemon.write(Self.small.replacing("to: choice}", with: "to: nowhere}"), to: "workflows/small.yaml")
        #expect(try await client.manager("Reload").array("problems").count >= 1)
        // Changed without a new version, it is another text under the same name.
        try daemon.write(Self.small.replacing("Nhỏ", with: "Bé"), to: "workflows/small.yaml")
        let problems = try await client.manager("Reload").array("problems")
        #expect(problems.count == 1 && problems[0].stringValue?.contains("a new \"version\"") == true, "\(problems)")
        #expect(try await client.workflow("GetWorkflow", ["name": "small"])["digest"] == digest)
        let board = client.speaking(for: "cb-01")
        let id = try await board.open("small", Samples.monthly("cb-19")).id
        #expect(try await client.manager("Reload").array("problems").count == 1)
        #expect(try await board.send("go", to: id).state == "last")
    }

    @Test func testAStateInWhichCasesStandCannotBeTakenAway() async throws {
        let daemon = try TestDaemon()
        try daemon.write(Self.small, to: "workflows/small.yaml")
        try await daemon.start()
        try await daemon.importDirectory()
        let client = try await daemon.client()
        let board = client.speaking(for: "cb-01")
        let id = try await board.open("small", Samples.monthly("cb-19")).id
        let changed = Self.small.replacing("version: 1", with: "version: 2").replacing("first", with: "begin")
        try daemon.write(changed, to: "workflows/small.yaml")
        let problems = try await client.manager("Reload").array("problems")
        #expect(
            problems.count == 1 && problems[0].stringValue?.contains("state \"first\" is gone") == true, "\(problems)")
        try await board.send("go", to: id)
        #expect(try await client.manager("Reload")["problems"] == [])
        #expect(try await client.workflow("GetWorkflow", ["name": "small"])["version"] == 2)
        // The case stays on the version that it began with.
        let subject = client.speaking(for: "cb-19")
        #expect(try await subject.workflow("GetCase", ["case": .string(id)])["case"]?["definition"] == 1)
        // Versions only go up.
        try daemon.write(Self.small, to: "workflows/small.yaml")
        #expect(try await client.manager("Reload").array("problems").count == 1)
    }

    @Test func testCheckWorkflowSurvivesAnything() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        let client = try await daemon.client()
        let deep = String(repeating: "[", count: 20_000)
        let bomb =
            "a: &a [x,x]\n"
            + (1...30).map { "b\($0): &b\($0) [*\($0 == 1 ? "a" : "b\($0 - 1)"),*\($0 == 1 ? "a" : "b\($0 - 1)")]\n" }
            .joined()
        for source in [
            "", "null", "7", "[]", deep, bomb, "a: *nothing", "? x\n: y", "\u{FEFF}workflow: x", "--- a\n--- b",
        ] {
            let reply = try await client.workflow("CheckWorkflow", ["source": .string(source)])
            #expect(try reply.array("problems").count >= 1, "\(source.prefix(20))")
        }
        for form in [
            "", "{", "[]", String(repeating: "{\"not\":", count: 5000), ##"{"$ref":"#"}"##,
            #"{"pattern":"((((a*)*)*)*)*$"}"#,
        ] {
            let reply = try await client.workflow(
                "CheckWorkflow", ["source": .string(Self.small), "forms": ["monthly-open": .string(form)]])
            _ = try reply.array("problems")
        }
    }
}
