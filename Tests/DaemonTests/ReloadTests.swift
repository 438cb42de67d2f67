import Foundation
import Testing

/// What a reload takes over, and what it leaves.
@Suite struct ReloadTests {
    @Test(.enabled(if: getuid() == 0, "only root can be another user"))
    func testAdministratorsAreTakenOverAndAMistakeLeavesThem() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        let root = try await daemon.client()
        let nobody = try await daemon.client(uid: 65534)
        #expect(await refusal { try await nobody.manager("ListPlugins") }.name == "NotAllowed")
        let text = try String(contentsOfFile: daemon.config + "/rotationd.yaml", encoding: .utf8)
        let named = text.replacing("administrators: []", with: "administrators: [\"65534\"]")
        #expect(named != text)
        try daemon.write(named, to: "rotationd.yaml")
        #expect(try await root.manager("Reload") == ["problems": [], "needRestart": []])
        _ = try await nobody.manager("ListPlugins")

        try daemon.write(text + "\nadministratos: []\n", to: "rotationd.yaml")
        let problems = try await root.manager("Reload").array("problems")
        #expect(problems.count == 1 && problems[0].stringValue?.contains("administratos") == true, "\(problems)")
        _ = try await nobody.manager("ListPlugins")
    }

    @Test func testASettingThatIsReadAtTheStartIsNamed() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        let text = try String(contentsOfFile: daemon.config + "/rotationd.yaml", encoding: .utf8)
        try daemon.write(
            text.replacing("log_level: info", with: "log_level: debug")
                .replacing("connections: 512", with: "connections: 9"), to: "rotationd.yaml")
        let result = try await daemon.client().manager("Reload")
        #expect(result == ["problems": [], "needRestart": ["log_level", "limits.connections"]])
        #expect(daemon.log.contains("reloaded; to be restarted for a change of log_level, limits.connections"))
    }

    @Test func testAHangUpReloads() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        daemon.child?.signal(SIGHUP)
        try await until("it has reloaded") { daemon.log.contains("reloaded") }
        _ = try await daemon.client().manager("GetStatus")
    }
}
