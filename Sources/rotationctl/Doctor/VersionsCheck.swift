import JSONCore

/// That what runs is what is installed, and all of one version.
struct VersionsCheck: Check {
    let name = "versions"

    func findings(_ installation: Installation) async -> [Finding] {
        guard let status = installation.status else { return [] }
        let own = Rotationctl.configuration.version
        let daemon = status["version"]?.stringValue ?? ""
        var findings: [Finding] = []
        var said = ["rotationctl \(own)", "rotationd \(daemon)"]
        if daemon != own {
            findings.append(
                .bad(
                    installation.say(
                        "rotationctl là bản \(own), rotationd đang chạy là bản \(daemon)",
                        "rotationctl is \(own), the running rotationd is \(daemon)"),
                    installation.say(
                        "systemctl restart rotationd; vẫn khác thì cài lại gói",
                        "systemctl restart rotationd; if they still differ, install the package again")))
        }
        for plugin in status["plugins"]?.arrayValue ?? [] {
            guard let name = plugin["name"]?.stringValue, let running = plugin["version"]?.stringValue else { continue }
            let word = (plugin["kind"] == "storage" ? "storage-" : "notify-") + name
            said.append("\(word) \(running)")
            let program = "/usr/libexec/rotationd/\(word)"
            guard installation.machine.status(program) != nil,
                let run = await installation.machine.run([installation.machine.path(program), "--version"]),
                run.status == 0
            else { continue }
            let installed = run.output.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
            if installed == running { continue }
            findings.append(
                .bad(
                    installation.say(
                        "\(word) đang chạy bản \(running), đã cài bản \(installed)",
                        "\(word) runs as \(running), and \(installed) is installed"),
                    "systemctl restart rotationd-\(word)"))
        }
        return findings.isEmpty ? [.good(said.joined(separator: ", "))] : findings
    }
}
