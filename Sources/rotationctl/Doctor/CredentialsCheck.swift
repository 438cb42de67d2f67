/// The secrets that units load: there, and for nobody else to read.
struct CredentialsCheck: Check {
    let name = "credentials"

    func findings(_ installation: Installation) -> [Finding] {
        let machine = installation.machine
        var findings: [Finding] = []
        var count = 0
        for unit in machine.units where unit.hasSuffix(".service") {
            let lines = machine.unitLines(unit)
            for line in lines {
                guard let (id, place) = Self.credential(line) else { continue }
                // What has a default may be left out.
                let isOptional = lines.contains { $0.hasPrefix("SetCredential=\(id):") }
                let paths = place.map { [$0] } ?? Self.stores.map { "\($0)/\(id)" }
                guard let path = paths.first(where: { machine.status($0) != nil }), let status = machine.status(path)
                else {
                    if isOptional { continue }
                    let path = paths.last ?? id
                    findings.append(missing(path, of: unit, installation))
                    continue
                }
                count += 1
                if status.mode & 0o007 != 0 {
                    findings.append(
                        .bad(
                            installation.say(
                                "Ai cũng đọc được bí mật \(path) (\(unit))",
                                "Everybody may read the secret \(path) (\(unit))"),
                            "chown root:root \(path); chmod 600 \(path)"))
                }
            }
        }
        if !findings.isEmpty { return findings }
        return [
            .good(
                count == 0
                    ? installation.say("Không đơn vị nào cần bí mật", "No unit needs a secret")
                    : installation.say("\(count) bí mật ở đúng chỗ", "\(count) secrets are in their place"))
        ]
    }

    /// Where systemd looks for one that is named without a path.
    private static let stores = [
        "/run/credstore", "/run/credstore.encrypted", "/etc/credstore.encrypted", "/etc/credstore",
    ]

    private func missing(_ path: String, of unit: String, _ installation: Installation) -> Finding {
        // A folder that only root may look into says nothing to others.
        guard installation.machine.isAdministrator else {
            return .unchecked(
                installation.say(
                    "Chỉ root xem được bí mật \(path) (\(unit))", "Only root can look at the secret \(path) (\(unit))"))
        }
        return .bad(
            installation.say(
                "Thiếu bí mật \(path) mà \(unit) cần", "The secret \(path), which \(unit) needs, is not there"),
            installation.say(
                "Ghi vào đó: install -m 600 /dev/stdin \(path)", "Write it there: install -m 600 /dev/stdin \(path)"))
    }

    private static func credential(_ line: String) -> (id: String, path: String?)? {
        for word in ["LoadCredential=", "LoadCredentialEncrypted="] where line.hasPrefix(word) {
            let parts = line.dropFirst(word.count).split(separator: ":", maxSplits: 1).map(String.init)
            guard let id = parts.first else { return nil }
            return (id, parts.count > 1 && parts[1].hasPrefix("/") ? parts[1] : nil)
        }
        return nil
    }
}
