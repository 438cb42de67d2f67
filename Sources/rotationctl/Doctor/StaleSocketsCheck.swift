import Foundation

/// Sockets behind which nobody listens: whoever connects is refused, whatever systemd says. The kernel is asked, as a
/// connection would start the service behind the socket.
struct StaleSocketsCheck: Check {
    let name = "sockets"
    private static let folder = "/run/rotationd"
    private static let table = "/proc/net/unix"

    func findings(_ installation: Installation) -> [Finding] {
        let machine = installation.machine
        let sockets = machine.tree(Self.folder).filter { machine.status($0)?.kind == .socket }
        if sockets.isEmpty { return [] }
        guard let listening = Self.listening() else {
            return [.unchecked(installation.say("Không đọc được \(Self.table)", "\(Self.table) cannot be read"))]
        }
        let stale = sockets.filter { !listening.contains(machine.path($0)) }
        if stale.isEmpty {
            return [
                .good(
                    installation.say(
                        "Ổ cắm nào trong \(Self.folder) cũng có người nghe",
                        "Somebody listens at every socket in \(Self.folder)"))
            ]
        }
        return stale.map { socket in
            .bad(
                installation.say("Không ai nghe ở \(socket)", "Nobody listens at \(socket)"),
                "rm \(socket); systemctl restart 'rotationd*.socket'")
        }
    }

    /// The paths at which somebody listens; nil when the kernel does not say.
    private static func listening() -> Set<String>? {
        guard let data = FileManager.default.contents(atPath: table), !data.isEmpty else { return nil }
        // Num RefCount Protocol Flags Type St Inode Path; names need not be UTF-8. The flag is __SO_ACCEPTCON.
        let paths = String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { line -> String? in
            let fields = line.split(separator: " ", maxSplits: 7)
            return fields.count == 8 && fields[3] == "00010000" ? String(fields[7]) : nil
        }
        return Set(paths)
    }
}
