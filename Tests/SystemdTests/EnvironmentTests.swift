import Foundation
import Testing

@testable import Systemd

@Suite struct EnvironmentTests {
    @Test func testDirectoriesComeInTheUnitsOrder() throws {
        let environment = ["STATE_DIRECTORY": "/var/lib/b:/var/lib/a", "RUNTIME_DIRECTORY": "/run/rotationd"]
        #expect(
            try ProbeRun("directories", environment: environment).output == """
                state ["/var/lib/b", "/var/lib/a"]
                runtime ["/run/rotationd"]
                configuration []

                """)
    }

    @Test func testACredentialsBytesAreReadAsTheyAre() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
        try Data(bytes).write(to: URL(filePath: folder.path + "/key"))
        let environment = ["CREDENTIALS_DIRECTORY": folder.path]
        #expect(try ProbeRun("credential", "key", environment: environment).output == "\(bytes)\n")
        #expect(try ProbeRun("credential", "other", environment: environment).output == "none\n")
        #expect(try ProbeRun("credential", "key").output == "none\n")
    }

    @Test(arguments: ["", ".", "..", "../key", "a/b", "a:b", "a\nb"])
    func testANameThatLeavesTheFolderIsRefused(name: String) {
        #expect(throws: CredentialError.self) { try ServiceManager.credential(named: name) }
    }

    @Test func testACredentialThatCannotBeReadSaysWhereAndWhatToDo() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path + "/key", withIntermediateDirectories: false)
        let run = try ProbeRun("credential", "key", environment: ["CREDENTIALS_DIRECTORY": folder.path])
        #expect(
            run.output == """
                reading the credential "key": \(folder.path)/key: Is a directory; \
                check LoadCredential= in the service's unit

                """)
    }

    @Test func testACredentialLargerThanSystemdAllowsIsRefused() throws {
        let folder = try TemporaryFolder()
        try Data(count: 1 << 20).write(to: URL(filePath: folder.path + "/largest"))
        try Data(count: 1 << 20 + 1).write(to: URL(filePath: folder.path + "/larger"))
        let environment = ["CREDENTIALS_DIRECTORY": folder.path]
        #expect(try ProbeRun("credential", "largest", environment: environment).output.hasPrefix("[0, 0,"))
        #expect(try ProbeRun("credential", "larger", environment: environment).output.contains("larger than 1 MiB"))
    }
}
