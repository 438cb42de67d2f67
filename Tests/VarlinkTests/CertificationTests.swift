import Foundation
import JSONCore
import Testing
import Varlink

/// Interoperability with the reference implementation in Python (PyPI `varlink`).
@Suite struct CertificationTests {
    private static let interpreter = ProcessInfo.processInfo.environment["VARLINK_PYTHON"] ?? "python3"
    private static let whyVarlink: Comment = "pip install varlink, or name a python that has it in VARLINK_PYTHON"

    /// Where Python's certification program is, nil when Python has no varlink.
    static let program: String? = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            interpreter, "-c", "import varlink.tests.test_certification as program; print(program.__file__)",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let path = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return path.trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    private func python(_ arguments: [String]) throws -> (process: Process, output: FileHandle) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [Self.interpreter, "-u", try #require(Self.program)] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        return (process, output.fileHandleForReading)
    }

    @Test func testOurClientCertifiesAgainstOurServer() async throws {
        let folder = Fixture.makeFolder()
        let service = CertificationService()
        let server = service.server
        try await server.listen(path: folder + "/socket", mode: 0o600)
        let client = try await VarlinkClient.connect(path: folder + "/socket")
        #expect(try await CertificationService.run(client) == ["all_ok": true])
        #expect(service.finished == 1)
        await server.shutdown()
        rmdir(folder)
    }

    @Test(.enabled(if: program != nil, whyVarlink)) func testThePythonClientCertifiesAgainstOurServer() async throws {
        let folder = Fixture.makeFolder()
        let service = CertificationService()
        let server = service.server
        try await server.listen(path: folder + "/socket", mode: 0o600)
        let (process, output) = try python(["--client", "--varlink=unix:\(folder)/socket"])
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let text = String(decoding: try output.readToEnd() ?? Data(), as: UTF8.self)
        #expect(status == 0 && text.contains("Certification passed"), "\(text)")
        #expect(service.finished == 1)
        await server.shutdown()
        rmdir(folder)
    }

    @Test(.enabled(if: program != nil, whyVarlink)) func testOurClientCertifiesAgainstThePythonServer() async throws {
        let folder = Fixture.makeFolder()
        let path = folder + "/socket"
        let (process, output) = try python(["--varlink=unix:\(path)"])
        try process.run()
        defer {
            // Foundation's children inherit blocked signals, so that SIGTERM would not reach it.
            kill(process.processIdentifier, SIGKILL)
            unlink(path)
            rmdir(folder)
        }
        // It says so when it listens.
        var said = Data()
        while !String(decoding: said, as: UTF8.self).contains("Listening on") {
            let part = output.availableData
            try #require(!part.isEmpty, "\(String(decoding: said, as: UTF8.self))")
            said += part
        }
        let client = try await VarlinkClient.connect(path: path)
        #expect(try await CertificationService.run(client) == ["all_ok": true])
        let info = try await client.call("org.varlink.service.GetInfo")
        #expect(info["product"] == "Varlink Examples")
        let text = try await client.call(
            "org.varlink.service.GetInterfaceDescription", ["interface": "org.varlink.certification"])
        let description = try InterfaceDescription(parsing: text["description"]?.stringValue ?? "")
        #expect(description.methods.count == 13)
        await client.close()
    }
}
