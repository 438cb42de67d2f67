extension Messages {
    // MARK: Operations

    func openCase(_ workflow: String) -> String { pick("mở hồ sơ \(workflow)", "open a case of \(workflow)") }
    func sendEvent(_ event: String, _ id: String) -> String {
        pick("gửi \(event) tới hồ sơ \(id)", "send \(event) to case \(id)")
    }
    var listCasesOperation: String { pick("liệt kê hồ sơ", "list the cases") }
    func showCase(_ id: String) -> String { pick("xem hồ sơ \(id)", "show case \(id)") }
    func showHistory(_ id: String) -> String { pick("xem lịch sử hồ sơ \(id)", "show the history of case \(id)") }
    var watchCases: String { pick("theo dõi hồ sơ", "watch the cases") }
    var listTasks: String { pick("liệt kê việc cần làm", "list your tasks") }

    func notAccepted(_ event: String, _ state: String) -> String {
        pick("trạng thái \"\(state)\" không chấp nhận \(event)", "the state \"\(state)\" does not accept \(event)")
    }

    // MARK: Results

    func opened(_ id: String, _ state: String) -> String {
        pick("Đã mở hồ sơ \(id), trạng thái: \(state)", "Opened case \(id), state: \(state)")
    }

    func sent(_ event: String, _ id: String, _ state: String, _ version: String) -> String {
        pick(
            "Đã gửi \(event) tới hồ sơ \(id), trạng thái: \(state) (lần ghi \(version))",
            "Sent \(event) to case \(id), state: \(state) (version \(version))")
    }

    // MARK: Lists

    var noCases: String { pick("Không có hồ sơ nào.", "There are no such cases.") }
    var noTasks: String { pick("Không có việc nào đang chờ.", "Nothing is waiting for you.") }
    var noTasksOfOthers: String { pick("Không có việc nào đang chờ ai.", "Nothing is waiting for anybody.") }
    var daysLate: String { pick("Trễ (ngày làm việc)", "Late (working days)") }
    var sinceTitle: String { pick("Từ", "Since") }
    var task: String { pick("Việc", "Task") }
    var assignee: String { pick("Người làm", "Assignee") }

    // MARK: A case

    var subject: String { pick("Cán bộ", "Subject") }
    var period: String { pick("Kỳ", "Period") }
    var parent: String { pick("Hồ sơ cha", "Parent") }
    var openedAt: String { pick("Mở lúc", "Opened") }
    var closedAt: String { pick("Kết thúc", "Closed") }
    func since(_ time: String) -> String { pick("từ \(time)", "since \(time)") }
    var acceptsTitle: String { pick("Có thể gửi", "Accepts") }
    var document: String { pick("Nội dung", "Document") }
    var yours: String { pick("bạn gửi được", "you may send it") }
    var head: String { pick("Mã băm", "Head") }

    func nothingAt(_ pointer: String) -> String { pick("hồ sơ không có \(pointer)", "the case has no \(pointer)") }

    // MARK: History

    var daemon: String { pick("rotationd", "rotationd") }
    func onBehalf(_ name: String) -> String { pick("thay \(name)", "on behalf of \(name)") }
    func via(_ gateway: String) -> String { pick("qua \(gateway)", "via \(gateway)") }
    var late: String { pick("muộn", "late") }
    var because: String { pick("Lý do", "Reason") }
    var added: String { pick("thêm", "added") }
    var removed: String { pick("bỏ", "removed") }
    func moreChanges(_ count: Int) -> String {
        pick("… và \(count) thay đổi nữa (--changes để xem hết)", "… and \(count) more changes (--changes shows all)")
    }
    var noEvents: String { pick("Không có sự kiện nào.", "There are no events.") }
    func continueWith(_ cursor: String) -> String {
        pick("Theo dõi tiếp từ đây: --cursor \(cursor)", "To continue from here: --cursor \(cursor)")
    }

    func whatHappened(_ event: String) -> String {
        switch event {
        case "$open": pick("Mở hồ sơ", "Opened")
        case "$remind": pick("Nhắc hạn", "Reminder")
        case "$overdue": pick("Quá hạn", "Overdue")
        case "$escalate": pick("Báo cấp trên vì quá hạn", "Escalated")
        case "$child": pick("Mở hồ sơ con", "Opened a child case")
        case "$adopt": pick("Thành hồ sơ con", "Became a child case")
        case "$reassigned": pick("Sửa chữa: giao việc cho người khác", "Repair: a task was reassigned")
        case "$extended": pick("Sửa chữa: gia hạn", "Repair: a deadline was extended")
        case "$moved": pick("Sửa chữa: đưa về bước trước", "Repair: moved back")
        case "$skipped": pick("Sửa chữa: bỏ qua một bước", "Repair: a step was skipped")
        case "$cancelled": pick("Sửa chữa: hủy hồ sơ", "Repair: cancelled")
        case "$migrated": pick("Sửa chữa: chuyển sang phiên bản quy trình mới", "Repair: moved to a newer definition")
        default: event
        }
    }
}
