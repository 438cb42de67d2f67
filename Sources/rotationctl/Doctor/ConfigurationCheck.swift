/// /etc/rotationd: readable for the daemon, writable for root alone, and valid.
struct ConfigurationCheck: Check {
    let name = "configuration"
    private static let folder = "/etc/rotationd"
    private static let file = "/etc/rotationd/rotationd.yaml"

    func findings(_ installation: Installation) async -> [Finding] {
        let machine = installation.machine
        guard machine.status(Self.folder) != nil, machine.status(Self.file) != nil || !machine.isAdministrator else {
            return [
                .bad(
                    installation.say("Không có \(Self.file)", "\(Self.file) is not there"),
                    installation.say("Cài lại gói rotationd", "Install the package rotationd again"))
            ]
        }
        var findings: [Finding] = []
        let (user, group) = (machine.user("rotationd"), machine.group("rotationd"))
        for path in machine.tree(Self.folder) {
            guard let status = machine.status(path) else { continue }
            if status.mode & 0o022 != 0 || (status.user != 0 && status.user == user) {
                findings.append(
                    .bad(
                        installation.say(
                            "\(path) không chỉ root sửa được", "\(path) can be changed by others than root"),
                        "chown root \(path); chmod go-w \(path)"))
            }
            let needed: UInt32 = status.kind == .folder ? 0o5 : 0o4
            let isReadable =
                status.mode & needed == needed || (status.group == group && status.mode >> 3 & needed == needed)
                || (status.user == user && status.mode >> 6 & needed == needed)
            if !isReadable {
                findings.append(
                    .bad(
                        installation.say("rotationd không đọc được \(path)", "rotationd cannot read \(path)"),
                        "chgrp rotationd \(path); chmod g+\(status.kind == .folder ? "rx" : "r") \(path)"))
            }
        }
        findings += await validity(installation)
        return findings
    }

    /// What the daemon itself says of it.
    private func validity(_ installation: Installation) async -> [Finding] {
        let machine = installation.machine
        let program = "/usr/bin/rotationd"
        guard machine.status(program) != nil,
            let run = await machine.run([machine.path(program), "--check", "--config", machine.path(Self.file)])
        else {
            return [
                .unchecked(installation.say("Không chạy được \(program) --check", "\(program) --check cannot be run"))
            ]
        }
        if run.status == 0 {
            return [.good(installation.say("\(Self.file) hợp lệ", "\(Self.file) is valid"))]
        }
        let said = (run.errors + run.output).split(separator: "\n").first.map(String.init) ?? ""
        return [
            .bad(
                said,
                installation.say(
                    "Sửa tệp rồi kiểm tra lại: rotationd --check; mỗi mục được giải thích trong tệp mẫu",
                    "Change the file, then check it again: rotationd --check; the file explains every setting"))
        ]
    }
}
