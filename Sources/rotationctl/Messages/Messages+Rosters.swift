extension Messages {
    var roster: String { pick("Lịch hằng tháng", "Roster") }
    var rosterIsOff: String { pick("chưa đặt tháng bắt đầu", "no first month is set") }

    func rosterOpened(_ month: String, _ count: String, late: Bool) -> String {
        pick("tháng \(month): \(count) hồ sơ", "\(month): \(count) cases") + (late ? pick(", mở muộn", ", late") : "")
    }

    func rosterNext(_ time: String) -> String { pick("kỳ sau mở lúc \(time)", "next at \(time)") }
}
