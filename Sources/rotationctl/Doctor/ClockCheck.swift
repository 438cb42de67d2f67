import Foundation
import Workflow

/// Deadlines are only as right as the machine's clock.
struct ClockCheck: Check {
    let name = "clock"
    private static let tolerance = 60_000

    func findings(_ installation: Installation) async -> [Finding] {
        var findings: [Finding] = []
        // A store under the rehearsal clock has its own time.
        if let status = installation.status, status["clock"] == "real",
            let last = status["lastCommitAt"]?.stringValue.flatMap(Timestamp.init),
            last > installation.now + Self.tolerance
        {
            let time = installation.formats.time(last.description)
            findings.append(
                .bad(
                    installation.say(
                        "Đồng hồ máy chậm hơn lần ghi gần nhất (\(time))",
                        "The machine's clock is before the last commit (\(time))"),
                    "timedatectl set-ntp true"))
        }
        return findings + [zone(installation)] + (await synchronisation(installation))
    }

    private func zone(_ installation: Installation) -> Finding {
        let file = installation.machine.path("/etc/localtime")
        let link = (try? FileManager.default.destinationOfSymbolicLink(atPath: file)) ?? ""
        let name = link.firstMatch(of: /zoneinfo\/(.+)/).map { String($0.1) } ?? "UTC"
        return .good(installation.say("Múi giờ của máy: \(name)", "The machine's time zone: \(name)"))
    }

    private func synchronisation(_ installation: Installation) async -> [Finding] {
        let machine = installation.machine
        guard machine.hasSystemd,
            let run = await machine.run(["timedatectl", "show", "--property=NTPSynchronized", "--value"]),
            run.status == 0
        else {
            return [
                .unchecked(
                    installation.say(
                        "Không hỏi được timedatectl đồng hồ có được đồng bộ không",
                        "timedatectl cannot be asked whether the clock is synchronised"))
            ]
        }
        if run.output.hasPrefix("yes") {
            return [.good(installation.say("Đồng hồ được đồng bộ", "The clock is synchronised"))]
        }
        return [
            .warning(
                installation.say("Đồng hồ không được đồng bộ", "The clock is not synchronised"),
                installation.say(
                    "timedatectl set-ntp true; cần systemd-timesyncd hoặc chrony và một máy chủ giờ",
                    "timedatectl set-ntp true; it takes systemd-timesyncd or chrony, and a time server"))
        ]
    }
}
