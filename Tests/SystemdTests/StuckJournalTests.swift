import Foundation
import Testing

@testable import Systemd

/// A journald that is there and does not read: in a mount namespace of the test's own, so that the machine keeps its own.
@Suite struct StuckJournalTests {
    /// Shell text that puts `journald`, a Python program, where journald listens, and execs `"$@"` as its service.
    private func launcher(journald: String) -> String {
        """
        exec unshare --mount bash -c '
            mount -t tmpfs none /run && mkdir -p /run/systemd/journal
            python3 -c "$0" & journald=$!; while [ ! -S /run/systemd/journal/socket ]; do sleep 0.01; done
            JOURNAL_STREAM=$(stat -Lc %d:%i /proc/$$/fd/2) "$@"
            kill -KILL $journald' '
        import socket, time
        journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        journal.bind("/run/systemd/journal/socket")
        \(journald)' "$@"
        """
    }

    @Test(.enabled(if: geteuid() == 0, "only root can have a mount namespace"), .timeLimit(.minutes(1)))
    func testAJournalThatTakesNothingStopsNobody() throws {
        let run = try ProbeRun("flood", "40000", launcher: launcher(journald: "time.sleep(60)"))
        let seconds = try #require(Double(run.output.trimmingCharacters(in: .newlines)), "\(run.output)\(run.errors)")
        #expect(seconds < 5)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can have a mount namespace"), .timeLimit(.minutes(1)))
    func testWhatIsLoggedBeforeTheEndArrives() throws {
        let count = #"print(sum(b"LOGGER" in journal.recv(65536) for _ in range(3000)))"#
        let waiting = launcher(journald: count).replacing("kill -KILL $journald", with: "wait")
        let run = try ProbeRun("flood", "3000", launcher: waiting)
        #expect(run.output.split(separator: "\n").contains("3000"), "\(run.output)")
        #expect(run.errors == "")
    }

    @Test(.enabled(if: geteuid() == 0, "only root can have a mount namespace"), .timeLimit(.minutes(1)))
    func testWithoutAJournalStandardErrorIsUsed() throws {
        let removed = launcher(journald: "time.sleep(60)")
            .replacing("JOURNAL_STREAM", with: "rm /run/systemd/journal/socket; JOURNAL_STREAM")
        #expect(try ProbeRun("log", launcher: removed).errors.contains("a line"))
    }
}
