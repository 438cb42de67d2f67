extension Messages {
    var repairCases: String { pick("sửa chữa hồ sơ", "repair cases") }
    var withheld: String { pick("Có phần bạn không được xem.", "Parts of it are not for you to see.") }
    func administratorNamed(_ login: String) -> String { pick("quản trị viên \(login)", "administrator \(login)") }

    func repaired(_ status: String, isTried: Bool) -> String {
        switch (status, isTried) {
        case ("done", false): pick("đã sửa", "repaired")
        case ("done", true): pick("sẽ sửa", "would be repaired")
        case ("unchanged", _): pick("giữ nguyên", "unchanged")
        default: pick("bị từ chối", "refused")
        }
    }

    var taskEnds: String { pick("Thôi chờ", "No longer waits") }
    var taskBegins: String { pick("Chờ", "Waits") }
    var deadline: String { pick("Thời hạn", "Deadline") }
    func misfit(_ place: String) -> String {
        pick("\(place) không đúng biểu mẫu mới; nội dung được giữ", "\(place) does not fit the new form; it stays")
    }

    func repairSummary(_ done: String, _ unchanged: String, _ refused: String, isTried: Bool) -> String {
        isTried
            ? pick(
                "Thử, chưa thay đổi gì: \(done) sẽ sửa, \(unchanged) giữ nguyên, \(refused) bị từ chối.",
                "Tried, and nothing was changed: \(done) to be repaired, \(unchanged) unchanged, \(refused) refused.")
            : pick(
                "\(done) đã sửa, \(unchanged) giữ nguyên, \(refused) bị từ chối.",
                "\(done) repaired, \(unchanged) unchanged, \(refused) refused.")
    }

    func dueChange(_ before: String?, _ after: String?) -> String { "\(before ?? "—") → \(after ?? "—")" }
}
