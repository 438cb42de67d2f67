import Glibc

/// Sockets behind which nobody listens: whoever connects is refused, whatever systemd says.
struct StaleSocketsCheck: Check {
    let name = "sockets"
    private static let folder = "/run/rotationd"

    func findings(_ installation: Installation) -> [Finding] {
        let machine = installation.machine
        let sockets = machine.tree(Self.folder).filter { machine.status($0)?.kind == .socket }
        var findings: [Finding] = []
        var closed: [String] = []
        for socket in sockets {
            switch Self.connect(machine.path(socket)) {
            case ECONNREFUSED:
                findings.append(
                    .bad(
                        installation.say("Không ai nghe ở \(socket)", "Nobody listens at \(socket)"),
                        "rm \(socket); systemctl restart 'rotationd*.socket'"))
            case EACCES, EPERM: closed.append(socket)
            default: break
            }
        }
        if !closed.isEmpty {
            let list = closed.joined(separator: ", ")
            findings.append(
                .unchecked(installation.say("Chỉ root kiểm tra được \(list)", "Only root can check \(list)")))
        }
        if !findings.isEmpty || sockets.isEmpty { return findings }
        return [
            .good(
                installation.say(
                    "Ổ cắm nào trong \(Self.folder) cũng có người nghe",
                    "Somebody listens at every socket in \(Self.folder)"))
        ]
    }

    /// - Returns: Zero, or why it does not work.
    private static func connect(_ path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return ENAMETOOLONG }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(AF_UNIX, Int32(type), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result == 0 ? 0 : errno
    }
}
