import JSONCore

/// Whether the daemon answers, and what it says that it needs.
struct DaemonCheck: Check {
    let name = "daemon"

    func findings(_ installation: Installation) -> [Finding] {
        switch installation.daemon {
        case .answers(let status):
            let needs = (status["needsAttention"]?.arrayValue ?? []).filter { $0["subject"] != "backup" }
            if !needs.isEmpty {
                return needs.map { .bad(installation.text($0["message"]), installation.text($0["action"])) }
            }
            let version = status["version"]?.stringValue ?? ""
            return [
                .good(
                    installation.say(
                        "rotationd \(version) trả lời, các phần cắm sẵn sàng",
                        "rotationd \(version) answers, its plugins are ready"))
            ]
        case .refuses(let why):
            return [
                .unchecked(
                    installation.say(
                        "Tài khoản này không được hỏi rotationd (\(why)); hãy chạy bằng root",
                        "This account may not ask the daemon (\(why)); run this as root"))
            ]
        case .unreachable(let why, let hint):
            return [
                .bad(
                    installation.say("Không kết nối được: \(why)", "The connection does not work: \(why)"),
                    hint ?? "systemctl status rotationd")
            ]
        case .notAsked:
            return [
                .unchecked(installation.say("Chỉ xem tệp dưới --root", "Only the files below --root are looked at"))
            ]
        }
    }
}

extension Installation {
    /// The text of a `Text` of the interfaces.
    fileprivate func text(_ json: JSON?) -> String { json?[messages.language.rawValue]?.stringValue ?? "" }
}
