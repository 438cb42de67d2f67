extension Messages {
    var readStatus: String { pick("xem tình trạng rotationd", "read the daemon's status") }
    var service: String { pick("Dịch vụ", "Service") }
    var since: String { pick("chạy từ", "since") }
    var clock: String { pick("Đồng hồ", "Clock") }

    func clockKind(_ kind: String) -> String {
        kind == "rehearsal" ? pick("diễn tập", "rehearsal") : pick("thật", "real")
    }

    var cases: String { pick("Hồ sơ", "Cases") }

    func caseCounts(_ all: String, _ open: String, _ overdue: String) -> String {
        pick("\(all), đang mở \(open), quá hạn \(overdue)", "\(all), \(open) open, \(overdue) overdue")
    }

    func waits(since time: String) -> String { pick("lâu nhất từ \(time)", "the oldest since \(time)") }

    func freeSpace(_ size: String) -> String { pick("ổ đĩa còn \(size)", "\(size) free on its disk") }

    var events: String { pick("Sự kiện", "Events") }
    var messagesTitle: String { pick("Thông báo", "Messages") }

    func messageCounts(_ waiting: String, _ parked: String, _ doubtful: String?) -> String {
        pick("chờ gửi \(waiting), không gửi được \(parked)", "\(waiting) waiting, \(parked) parked")
            + (doubtful.map { pick(", có thể gửi hai lần \($0)", ", \($0) perhaps delivered twice") } ?? "")
    }

    var store: String { pick("Dữ liệu", "Store") }
    var lastCommit: String { pick("Ghi gần nhất", "Last commit") }
    var lastBackup: String { pick("Sao lưu gần nhất", "Last backup") }
    var lastVerify: String { pick("Kiểm tra gần nhất", "Last verify") }
    var never: String { pick("chưa lần nào", "never") }

    func problemCount(_ count: String) -> String { pick("\(count) lỗi", "\(count) problems") }

    var connections: String { pick("Kết nối", "Connections") }
    var needsAttention: String { pick("Cần xem", "Needs attention") }
    var allIsWell: String { pick("Mọi thứ bình thường.", "All is well.") }
    var count: String { pick("Số lượng", "Count") }
    var overdueTitle: String { pick("Quá hạn", "Overdue") }
}
