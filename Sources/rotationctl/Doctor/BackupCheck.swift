import JSONCore
import Workflow

/// How old the newest backup is, as the daemon says or, when it does not, as the files say.
struct BackupCheck: Check {
    let name = "backup"
    private static let folder = "/var/lib/rotationd-storage-sqlite/backups"
    /// Without the daemon, whose configuration says it.
    private static let warningDays = 3

    func findings(_ installation: Installation) -> [Finding] {
        if let status = installation.status { return [finding(status, installation)] }
        guard let names = installation.machine.names(Self.folder) else {
            let isKnown = installation.machine.isAdministrator || installation.machine.status(Self.folder) != nil
            return [
                isKnown && installation.machine.isAdministrator
                    ? none(installation)
                    : .unchecked(
                        installation.say(
                            "Chỉ root xem được \(Self.folder)", "Only root can look into \(Self.folder)"))
            ]
        }
        let newest = names.compactMap { name -> Timestamp? in
            let pattern = /([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2}).*\.sqlite/
            guard let time = name.wholeMatch(of: pattern)?.output else { return nil }
            return Timestamp("\(time.1)-\(time.2)-\(time.3)T\(time.4):\(time.5):00Z")
        }.max()
        guard let newest else { return [none(installation)] }
        let days = (installation.now.milliseconds - newest.milliseconds) / 86_400_000
        if days < Self.warningDays { return [good(newest.description, installation)] }
        return [
            .bad(
                installation.say("Bản sao lưu gần nhất đã \(days) ngày", "The last backup is \(days) days old"),
                "rotationctl backup; systemctl enable --now rotationd-backup.timer")
        ]
    }

    private func finding(_ status: JSONObject, _ installation: Installation) -> Finding {
        let need = status["needsAttention"]?.arrayValue?.first { $0["subject"] == "backup" }
        let language = installation.messages.language.rawValue
        if let message = need?["message"]?[language]?.stringValue,
            let action = need?["action"]?[language]?.stringValue
        {
            return .bad(message, action)
        }
        if let last = status["lastBackupAt"]?.stringValue { return good(last, installation) }
        return .good(installation.say("Chưa có gì cần sao lưu", "There is nothing to back up yet"))
    }

    private func good(_ time: String, _ installation: Installation) -> Finding {
        let time = installation.formats.time(time)
        return .good(installation.say("Bản sao lưu gần nhất lúc \(time)", "The last backup is of \(time)"))
    }

    private func none(_ installation: Installation) -> Finding {
        .warning(
            installation.say("Không có bản sao lưu nào trong \(Self.folder)", "There is no backup in \(Self.folder)"),
            "rotationctl backup; systemctl enable --now rotationd-backup.timer")
    }
}
