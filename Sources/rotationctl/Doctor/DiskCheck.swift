import JSONCore

/// Room for the store and its backups.
struct DiskCheck: Check {
    let name = "disk"
    private static let least = 64 << 20
    private static let little = 1 << 30
    private static let leastFiles = 1000

    func findings(_ installation: Installation) -> [Finding] {
        let places = ["/var/lib/rotationd-storage-sqlite", "/var/lib", "/"]
        guard let place = places.first(where: { installation.machine.room($0) != nil }),
            let room = installation.machine.room(place)
        else { return [] }
        let store = installation.status?["storageBytes"]?.intValue ?? 0
        let free = installation.formats.bytes(room.bytes)
        var findings: [Finding] = []
        let action = installation.say(
            "Giải phóng hoặc thêm dung lượng; xem: du -xh -d1 \(place)",
            "Make room or add some; see: du -xh -d1 \(place)")
        let said = installation.say("Ổ đĩa của \(place) chỉ còn \(free)", "The disk of \(place) has only \(free) left")
        if room.bytes < store + Self.least {
            findings.append(.bad(said, action))
        } else if room.bytes < store * 2 + Self.little {
            findings.append(.warning(said, action))
        }
        // Some file systems have no limit of files, and say 0.
        if room.totalFiles > 0, room.files < Self.leastFiles {
            findings.append(
                .bad(
                    installation.say(
                        "Ổ đĩa của \(place) sắp hết inode", "The disk of \(place) has hardly an inode left"), action))
        }
        if !findings.isEmpty { return findings }
        return [.good(installation.say("Ổ đĩa của \(place) còn \(free)", "The disk of \(place) has \(free) left"))]
    }
}
