import Foundation
import Testing

@testable import Systemd

@Suite struct ActivationTests {
    /// The probe with a listening socket as descriptor 3, LISTEN_PID set by shell text if at all.
    private func sockets(pid: String = "", _ environment: [String: String]) throws -> String {
        let folder = try TemporaryFolder()
        let socket = try UnixSocket(SOCK_STREAM, path: folder.path + "/listen")
        return try ProbeRun(
            "sockets", environment: environment, launcher: pid + #" exec "$@" 3<&0"#,
            input: FileHandle(fileDescriptor: socket.descriptor, closeOnDealloc: false)
        ).output
    }

    @Test func testWithoutVariablesNothingIsTaken() throws {
        #expect(try sockets([:]) == "")
    }

    @Test func testTheOwnPidIsAccepted() throws {
        #expect(try sockets(pid: "LISTEN_PID=$$", ["LISTEN_FDS": "1"]) == "3 unknown listening cloexec\n")
    }

    @Test func testAPlugInsSocketNeedsNoPid() throws {
        #expect(
            try sockets(["LISTEN_FDS": "1", "LISTEN_FDNAMES": "varlink"]) == "3 varlink listening cloexec\n")
    }

    @Test(arguments: ["LISTEN_PID=1", "LISTEN_PID=x", "LISTEN_PID="])
    func testAnotherProcessesSocketsAreLeftAlone(pid: String) throws {
        #expect(try sockets(pid: pid, ["LISTEN_FDS": "1"]) == "")
    }

    @Test(arguments: ["0", "-1", "x", "", "99999999999", "2147483647"])
    func testANonsensicalCountGivesNothing(count: String) throws {
        #expect(try sockets(["LISTEN_FDS": count]) == "")
    }

    @Test func testAFileAmongTheDescriptorsIsLeftOut() throws {
        let run = try ProbeRun(
            "sockets", environment: ["LISTEN_FDS": "2", "LISTEN_FDNAMES": "file:absent"],
            launcher: #"exec "$@" 3</dev/null"#)
        #expect(run.output == "")
    }

    @Test func testAnEndOfAConnectionIsConnected() throws {
        var pair: [CInt] = [0, 0]
        #expect(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0)
        defer { pair.forEach { close($0) } }
        let run = try ProbeRun(
            "sockets", environment: ["LISTEN_FDS": "1", "LISTEN_FDNAMES": "varlink"], launcher: #"exec "$@" 3<&0"#,
            input: FileHandle(fileDescriptor: pair[0], closeOnDealloc: false))
        #expect(run.output == "3 varlink connected cloexec\n")
    }

    private static let activator = "/usr/bin/systemd-socket-activate"

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: activator), "systemd-socket-activate is not installed"))
    func testSystemdHandsOverTwoNamedSockets() throws {
        let folder = try TemporaryFolder()
        // The activator starts the probe at the first connection, which a client makes once the last socket listens.
        let client = "import socket; socket.socket(socket.AF_UNIX).connect('\(folder.path)/a')"
        let run = try ProbeRun(
            "sockets",
            launcher: """
                exec \(Self.activator) --fdname=admin:public -l \(folder.path)/a -l \(folder.path)/b "$@" \
                    2> >(grep -q 'Listening on .*/b' && python3 -c "\(client)")
                """)
        #expect(run.output == "3 admin listening cloexec\n4 public listening cloexec\n")
    }
}
