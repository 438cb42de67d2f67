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
        case "dropped": pick("Chưa có thông báo nào bị bỏ.", "No message was given up.")
        default: pick("Chưa có thông báo nào đã gửi.", "No message was delivered yet.")
        }
    }

    func messagesRetried(_ count: Int) -> String {
        pick("Sẽ gửi lại \(count) thông báo.", "\(count) messages will be tried again.")
    }

    func notParked(_ id: String) -> String {
        pick("Không có thông báo \(id) nào đang bị giữ lại", "No message \(id) is parked")
    }

    var dropMessages: String { pick("bỏ thông báo", "give messages up") }
    func showMessage(_ id: String) -> String { pick("xem thông báo \(id)", "show message \(id)") }
    var channel: String { pick("Kênh", "Channel") }
    var standsInFor: String { pick("Thay cho", "Stands in for") }
    var sentFrom: String { pick("Gửi từ", "Sent from") }
    var triedAgain: String { pick("Thử lại lúc", "Tried again at") }
    var settledAt: String { pick("Lần thử gần nhất", "Last attempt") }
    var timesDoubtful: String { pick("Số lần không rõ đã nhận hay chưa", "Times in doubt") }

    func messageState(_ state: String) -> String {
        switch state {
        case "waiting": pick("chờ gửi", "waiting")
        case "delivered": pick("đã gửi", "delivered")
        case "parked": pick("không gửi được", "parked")
        case "dropped": pick("đã bỏ", "dropped")
        default: state
        }
    }

    func messagesDropped(_ count: Int) -> String {
        pick("Đã bỏ \(count) thông báo.", "\(count) messages were given up.")
    }

    func notUndelivered(_ id: String) -> String {
        pick("Không có thông báo \(id) nào chưa gửi", "No message \(id) is undelivered")
    }

    var checkTemplates: String { pick("kiểm tra mẫu thông báo", "check the templates") }
    var templatesAreSound: String { pick("Các mẫu thông báo đều đúng.", "The templates are sound.") }
    func previewTemplate(_ topic: String) -> String {
        pick("xem thử thông báo \(topic)", "preview the message \(topic)")
    }
}
