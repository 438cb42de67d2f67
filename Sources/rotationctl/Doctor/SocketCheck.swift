/// The socket for clients, and who may connect to it.
struct SocketCheck: Check {
    let name = "socket"

    func findings(_ installation: Installation) -> [Finding] {
        let (machine, socket) = (installation.machine, installation.socket)
        guard let status = machine.status(socket) else {
            return [
                .bad(
                    installation.say("Không có \(socket)", "\(socket) is not there"),
                    "systemctl enable --now rotationd.socket")
            ]
        }
        guard status.kind == .socket else {
            return [
                .bad(
                    installation.say("\(socket) không phải ổ cắm", "\(socket) is no socket"),
                    "rm \(socket); systemctl restart rotationd.socket")
            ]
        }
        let (user, group) = (machine.userName(status.user), machine.groupName(status.group))
        let mode = "0" + String(status.mode & 0o777, radix: 8)
        var who = ["root"]
        if status.mode & 0o200 != 0, user != "root" { who.append(user) }
        if status.mode & 0o020 != 0 { who.append(installation.say("nhóm \(group)", "the group \(group)")) }
        if status.mode & 0o002 != 0 { who = [installation.say("mọi tài khoản", "every account")] }
        let list = who.joined(separator: ", ")
        return [
            .good(
                installation.say(
                    "\(socket) (\(mode)); được kết nối: \(list)", "\(socket) (\(mode)); who may connect: \(list)"))
        ]
    }
}
