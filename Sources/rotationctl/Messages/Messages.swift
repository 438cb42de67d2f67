import Workflow

/// Every text for people, in both languages. Its extensions hold those of one group of commands each.
struct Messages: Sendable {
    let language: Language

    func pick(_ vi: String, _ en: String) -> String { language == .vi ? vi : en }

    // MARK: Words of tables

    var name: String { pick("Tên", "Name") }
    var title: String { pick("Tiêu đề", "Title") }
    var version: String { pick("Bản", "Version") }
    var workflow: String { pick("Quy trình", "Workflow") }
    var state: String { pick("Trạng thái", "State") }
    var unit: String { pick("Đơn vị", "Unit") }
    var updated: String { pick("Cập nhật", "Updated") }
    var overdue: String { pick("quá hạn", "overdue") }
    var event: String { pick("Sự kiện", "Event") }
    var due: String { pick("Hạn", "Due") }
    var result: String { pick("Kết quả", "Result") }
    var note: String { pick("Ghi chú", "Note") }
    var caseWord: String { pick("Hồ sơ", "Case") }
    var yes: String { pick("có", "yes") }
    var no: String { pick("không", "no") }
}
