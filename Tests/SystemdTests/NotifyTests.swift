import Glibc
import Testing

@testable import Systemd

@Suite struct NotifyTests {
    @Test func testStatesArriveAsOneDatagramOfAssignments() throws {
        let folder = try TemporaryFolder()
        let socket = try UnixSocket(SOCK_DGRAM, path: folder.path + "/notify")
        let run = try ProbeRun("notify", environment: ["NOTIFY_SOCKET": socket.path])
        #expect(run.output == "true\n")

        let lines = try #require(socket.receive()).split(separator: "\n")
        try #require(lines.count == 5)
        #expect(lines[0] == "RELOADING=1")
        #expect(lines[1].wholeMatch(of: /MONOTONIC_USEC=[0-9]+/) != nil)
        #expect(lines[2] == "STATUS=one MAINPID=1")
        #expect(lines[3] == "EXTEND_TIMEOUT_USEC=1500000")
        #expect(lines[4] == "READY=1")
        #expect(socket.receive() == nil)
    }

    @Test func testWithoutAServiceManagerNothingIsSent() throws {
        #expect(try ProbeRun("notify").output == "false\n")
    }

    @Test func testAServiceManagerThatIsGoneIsNoSuccess() throws {
        #expect(try ProbeRun("notify", environment: ["NOTIFY_SOCKET": "/nowhere/notify"]).output == "false\n")
    }

    @Test(arguments: ["a\nMAINPID=1", "a\r\nMAINPID=1", "a\rMAINPID=1", "a\0MAINPID=1"])
    func testAStatusStaysOnOneLine(text: String) {
        #expect(NotifyState.status(text).assignments(monotonicMicroseconds: 0) == "STATUS=a MAINPID=1")
    }

    @Test(arguments: [
        (NotifyState.stopping, "STOPPING=1"), (.watchdog, "WATCHDOG=1"), (.watchdogTrigger, "WATCHDOG=trigger"),
        (.mainPID(42), "MAINPID=42"), (.errorNumber(ENOSPC), "ERRNO=28"),
        (.reloading, "RELOADING=1\nMONOTONIC_USEC=7"),
        (.extendTimeout(.seconds(-1)), "EXTEND_TIMEOUT_USEC=0"),
        (.extendTimeout(.seconds(Int64.max)), "EXTEND_TIMEOUT_USEC=18446744073709551615"),
    ])
    func testEveryStateHasItsAssignment(state: NotifyState, assignment: String) {
        #expect(state.assignments(monotonicMicroseconds: 7) == assignment)
    }

    @Test func testTheWatchdogIsForTheProcessThatItNames() throws {
        let interval = ["WATCHDOG_USEC": "30000000"]
        #expect(try ProbeRun("watchdog").output == "none\n")
        #expect(try ProbeRun("watchdog", environment: interval).output == "30.0 seconds\n")
        let own = #"WATCHDOG_PID=$$ exec "$@""#
        #expect(try ProbeRun("watchdog", environment: interval, launcher: own).output == "30.0 seconds\n")
        let other = interval.merging(["WATCHDOG_PID": "1"]) { $1 }
        #expect(try ProbeRun("watchdog", environment: other).output == "none\n")
    }
}
