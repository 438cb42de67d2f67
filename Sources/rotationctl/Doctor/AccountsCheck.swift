/// The users and groups that sysusers.d is to have made.
struct AccountsCheck: Check {
    let name = "accounts"
    private static let file = "/usr/lib/sysusers.d/rotationd.conf"

    func findings(_ installation: Installation) -> [Finding] {
        let machine = installation.machine
        guard let text = machine.text(Self.file) else {
            return [
                .bad(
                    installation.say("Không đọc được \(Self.file)", "\(Self.file) cannot be read"),
                    installation.say("Cài lại gói rotationd", "Install the package rotationd again"))
            ]
        }
        var missing: [String] = []
        var names: [String] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 1, ["u", "g"].contains(words[0].prefix(1)) else { continue }
            let isThere = words[0].hasPrefix("u") ? machine.user(words[1]) != nil : machine.group(words[1]) != nil
            if isThere { names.append(words[1]) } else { missing.append(words[1]) }
        }
        if missing.isEmpty {
            let list = names.joined(separator: ", ")
            return [
                .good(installation.say("Đủ tài khoản và nhóm: \(list)", "The accounts and groups are there: \(list)"))
            ]
        }
        let list = missing.joined(separator: ", ")
        return [
            .bad(
                installation.say("Thiếu tài khoản hoặc nhóm: \(list)", "Accounts or groups are missing: \(list)"),
                "systemd-sysusers \(Self.file)")
        ]
    }
}
