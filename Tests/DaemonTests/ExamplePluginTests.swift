import Foundation
import Testing

/// The plugin of a few lines of Python, which shows that any language will do.
@Suite(.timeLimit(.minutes(1))) struct ExamplePluginTests {
    @Test func testItKeepsItsContractAndIsToldWhatHappens() async throws {
        let daemon = try TestDaemon()
        let program = "exec:\(daemon.config)/plugins/notify-file.py \(daemon.folder)/messages"
        let output = daemon.folder + "/check"
        let check = try ChildProcess(
            TestDaemon.programs + "/rotationctl", ["plugin", "check", program], output: output)
        let status = await check.exitStatus
        let said = try String(contentsOfFile: output, encoding: .utf8)
        #expect(status == 0, "\(said)")

        try await daemon.start(["notifications=\(program)"])
        try await daemon.importDirectory()
        try await daemon.client("cb-01").open("rotation-onboarding", Samples.form("rotation"))
        try await until("the official is told to draft the program") {
            let told = try? String(contentsOfFile: daemon.folder + "/messages", encoding: .utf8)
            return told?.contains("Đề nghị xây dựng chương trình hành động") ?? false
        }
    }
}
