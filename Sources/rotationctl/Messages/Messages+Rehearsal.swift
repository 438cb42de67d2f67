extension Messages {
    func playing(_ file: String) -> String { pick("diễn tập \(file)", "playing \(file)") }

    func noSteps(_ file: String) -> String {
        pick("\(file) không có bước nào (steps)", "\(file) has no steps")
    }

    func stepLacks(_ member: String) -> String { pick("bước này thiếu: \(member)", "the step lacks: \(member)") }

    func timersFired(_ count: Int) -> String {
        pick("đồng hồ diễn tập; \(count) hẹn giờ đến hạn", "the rehearsal clock; \(count) timers were due")
    }

    var nothingOpened: String {
        pick("hồ sơ này chưa mở hồ sơ nào khác", "the case has not opened any other case")
    }

    func noCaseNamed(_ name: String) -> String {
        pick("kịch bản chưa đặt tên \(name) cho hồ sơ nào", "the scenario has given no case the name \(name)")
    }

    func nothingThere(_ place: String) -> String {
        pick("hồ sơ không có gì ở \(place)", "the case has nothing at \(place)")
    }
}
