/// Whether what was journaled is there after the next start.
struct JournalCheck: Check {
    let name = "journal"
    private static let folder = "/var/log/journal"

    func findings(_ installation: Installation) -> [Finding] {
        let machine = installation.machine
        let storage = Self.storage(machine)
        let isThere = machine.status(Self.folder)?.kind == .folder
        switch storage {
        case "none":
            return [
                .bad(
                    installation.say("Nhật ký không được lưu (Storage=none)", "Nothing is journaled (Storage=none)"),
                    Self.remedy)
            ]
        case "volatile":
            return [
                .warning(
                    installation.say(
                        "Nhật ký mất khi khởi động lại máy (Storage=volatile)",
                        "The journal is lost when the machine starts again (Storage=volatile)"), Self.remedy)
            ]
        case "auto" where !isThere:
            return [
                .warning(
                    installation.say(
                        "Nhật ký mất khi khởi động lại máy: không có \(Self.folder)",
                        "The journal is lost when the machine starts again: \(Self.folder) is not there"), Self.remedy)
            ]
        default:
            return [.good(installation.say("Nhật ký được giữ lâu dài", "The journal is kept"))]
        }
    }

    private static let remedy = """
        mkdir -p /etc/systemd/journald.conf.d && \
        printf '[Journal]\\nStorage=persistent\\n' >/etc/systemd/journald.conf.d/persistent.conf && \
        systemctl restart systemd-journald
        """

    /// The last word of journald.conf and its drop-ins, which are read in the order of their names.
    private static func storage(_ machine: Machine) -> String {
        let folders = ["/usr/lib/systemd", "/run/systemd", "/etc/systemd"]
        var dropIns: [String: String] = [:]
        for folder in folders {
            for name in machine.names("\(folder)/journald.conf.d") ?? [] where name.hasSuffix(".conf") {
                dropIns[name] = "\(folder)/journald.conf.d/\(name)"
            }
        }
        let files = ["/etc/systemd/journald.conf"] + dropIns.sorted { $0.key < $1.key }.map(\.value)
        var storage = "auto"
        for line in files.compactMap(machine.text).flatMap({ $0.split(separator: "\n") })
        where line.hasPrefix("Storage=") {
            storage = String(line.dropFirst("Storage=".count))
        }
        return storage
    }
}
