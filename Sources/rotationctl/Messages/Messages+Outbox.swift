extension Messages {
    var listMessages: String { pick("xem thông báo", "list messages") }
    var retryMessages: String { pick("gửi lại thông báo", "retry messages") }
    var messageID: String { pick("Thông báo", "Message") }
    var topic: String { pick("Về việc", "Topic") }
    var recipient: String { pick("Người nhận", "Recipient") }
    var attempts: String { pick("Số lần", "Attempts") }

    func noMessages(_ state: String) -> String {
        switch state {
        case "parked": pick("Không có thông báo nào không gửi được.", "No message is parked.")
        case "waiting": pick("Không có thông báo nào đang chờ gửi.", "No message waits.")
        default: pick("Chưa có thông báo nào đã gửi.", "No message was delivered yet.")
        }
    }

    func messagesRetried(_ count: Int) -> String {
        pick("Sẽ gửi lại \(count) thông báo.", "\(count) messages will be tried again.")
    }

    func notParked(_ id: String) -> String {
        pick("Không có thông báo \(id) nào đang bị giữ lại", "No message \(id) is parked")
    }
}
