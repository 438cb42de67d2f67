/// The units as systemd sees them.
struct UnitsCheck: Check {
    let name = "units"
    /// Restarts from which on something is wrong again and again.
    private static let manyRestarts = 3

    func findings(_ installation: Installation) async -> [Finding] {
        let machine = installation.machine
        guard machine.hasSystemd else {
            return [
                .unchecked(
                    installation.say(
                        "systemd không chạy ở đây nên không hỏi được", "systemd does not run here to be asked"))
            ]
        }
        let units = Set(machine.units + ["rotationd.service", "rotationd.socket"]).sorted()
        let properties = "Id,LoadState,ActiveState,UnitFileState,Result,NRestarts,Type"
        let run = await machine.run(["systemctl", "show", "--property=\(properties)"] + units)
        guard let run, run.status == 0 else {
            let why = run?.errors.split(separator: "\n").first.map(String.init) ?? "systemctl"
            return [.unchecked(installation.say("Không hỏi được systemd: \(why)", "systemd cannot be asked: \(why)"))]
        }
        let found = run.output.components(separatedBy: "\n\n").compactMap(UnitState.init)
        let findings = found.flatMap { self.findings($0, installation) }
        if !findings.isEmpty { return findings }
        let list = found.map(\.id).joined(separator: ", ")
        return [.good(installation.say("Các đơn vị đều ổn: \(list)", "The units are well: \(list)"))]
    }

    private func findings(_ unit: UnitState, _ installation: Installation) -> [Finding] {
        let id = unit.id
        switch unit.load {
        case "loaded": break
        case "masked":
            return [.bad(installation.say("\(id) bị chặn", "\(id) is masked"), "systemctl unmask --now \(id)")]
        default:
            return [
                .bad(
                    installation.say("Không nạp được \(id): \(unit.load)", "\(id) is not loaded: \(unit.load)"),
                    installation.say(
                        "Cài lại gói rồi: systemctl daemon-reload", "Install it again, then: systemctl daemon-reload"))
            ]
        }
        if unit.active == "failed" || (unit.isOneshot && unit.result != "success") {
            return [
                .bad(
                    installation.say("\(id) hỏng: \(unit.result)", "\(id) has failed: \(unit.result)"),
                    "journalctl -xe -u \(id); systemctl restart \(id)")
            ]
        }
        var findings: [Finding] = []
        if !unit.isOneshot, !["active", "reloading"].contains(unit.active) {
            let said = installation.say("\(id) không chạy (\(unit.active))", "\(id) does not run (\(unit.active))")
            // A service that its socket starts may wait for its first client.
            let isNeeded = id.hasSuffix(".socket") || id == "rotationd.service"
            let command = unit.file == "disabled" ? "systemctl enable --now \(id)" : "systemctl start \(id)"
            findings.append(isNeeded ? .bad(said, command) : .warning(said, command))
        } else if unit.file == "disabled" {
            findings.append(
                .warning(
                    installation.say("\(id) không tự chạy khi khởi động máy", "\(id) does not start with the machine"),
                    "systemctl enable \(id)"))
        }
        if unit.restarts >= Self.manyRestarts {
            let count = installation.formats.number(unit.restarts)
            findings.append(
                .warning(
                    installation.say("\(id) đã tự khởi động lại \(count) lần", "\(id) was restarted \(count) times"),
                    "journalctl -x -u \(id) -p warning"))
        }
        return findings
    }
}

/// What `systemctl show` says of a unit.
private struct UnitState {
    let id: String
    let load: String
    let active: String
    let file: String
    let result: String
    let restarts: Int
    let isOneshot: Bool

    init?(_ text: String) {
        var values: [Substring: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[parts[0]] = String(parts[1]) }
        }
        guard let id = values["Id"] else { return nil }
        self.id = id
        load = values["LoadState"] ?? ""
        active = values["ActiveState"] ?? ""
        file = values["UnitFileState"] ?? ""
        result = values["Result"] ?? "success"
        restarts = values["NRestarts"].flatMap { Int($0) } ?? 0
        isOneshot = values["Type"] == "oneshot"
    }
}
