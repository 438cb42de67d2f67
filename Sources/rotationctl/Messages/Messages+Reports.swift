import Workflow

extension Messages {
    var reports: Reports { Reports(language: language) }

    /// The words of reports.
    struct Reports: Sendable {
        let language: Language

        private func pick(_ vi: String, _ en: String) -> String { language == .vi ? vi : en }

        func monthly(_ unit: String, _ period: String) -> String {
            pick("tổng hợp tháng \(period) của \(unit)", "summarise \(period) of \(unit)")
        }
        func dossier(_ id: String) -> String { pick("xem hồ sơ cán bộ \(id)", "show the dossier of \(id)") }

        // MARK: The summary

        var block: String { pick("Khối", "Block") }
        var headcount: String { pick("Tổng số", "Headcount") }
        var assessable: String { pick("Thuộc diện", "Assessable") }
        var assessed: String { pick("Đã đánh giá", "Assessed") }
        var notAssessed: String { pick("Không đánh giá", "Not assessed") }
        var stillOpen: String { pick("Chưa xong", "Open") }
        var handedInLate: String { pick("Nộp chậm", "Late") }
        var from: String { pick("Từ", "From") }
        var to: String { pick("Đến", "To") }
        var due: String { pick("Hạn", "Due") }
        var status: String { pick("Tình trạng", "Status") }
        var unit: String { pick("Đơn vị", "Unit") }
        var fullName: String { pick("Họ và tên", "Full name") }
        var orAbove: String { pick("trở lên", "or above") }
        var leaders: String { pick("Trong đó: lãnh đạo, quản lý", "Of these: leaders") }
        var others: String { pick("Không giữ chức vụ lãnh đạo, quản lý", "Others") }
        var noReason: String { pick("Không ghi lý do", "No reason given") }
        var totalsAgree: String { pick("Các số liệu đã đối chiếu, khớp nhau.", "All numbers agree with each other.") }
        var totalsDiffer: String { pick("Số liệu chưa khớp:", "The numbers do not agree:") }
        var ordinal: String { pick("TT", "No.") }
        var postTitle: String { pick("Chức vụ", "Post") }
        var formKind: String { pick("Mẫu", "Form") }
        var own: String { pick("Tự nhận", "Own") }
        var vote: String { pick("Biểu quyết", "Vote") }
        var decision: String { pick("Quyết định", "Decision") }
        var difference: String { pick("Lý do khác biểu quyết", "Reason for the difference") }
        var note: String { pick("Ghi chú", "Note") }
        var annex: String { pick("PHỤ LỤC", "ANNEX") }
        var annexTitle: String { pick("Danh sách kết quả đánh giá, xếp loại", "List of results") }
        var chartTitle: String { pick("Tỷ lệ các mức xếp loại", "Shares of the levels") }
        var preparedBy: String { pick("NGƯỜI LẬP", "PREPARED BY") }
        var signHere: String { pick("(Ký, ghi rõ họ tên)", "(Signature and full name)") }
        var changeHint: String {
            pick(
                "Số sau dấu ± là tăng, giảm so với tháng trước.", "After ± stands the change against the month before.")
        }

        func monthTitle(_ month: String) -> String { pick("tháng \(month)", "month \(month)") }
        func cutOff(_ day: String) -> String {
            pick("Tổng số theo danh bạ ngày \(day).", "Headcount by the directory on \(day).")
        }
        func ceiling(_ group: String, _ level: String, _ share: String, _ ratio: String, exceeded: Bool) -> String {
            pick(
                "\(group): \(level) \(share), trần \(ratio)"
                    + (exceeded ? " – VƯỢT TRẦN, cần xem lại; không tự động thay đổi mức nào." : "."),
                "\(group): \(level) \(share), ceiling \(ratio)"
                    + (exceeded ? " – EXCEEDED, to be looked at; no level is changed." : "."))
        }
        func longDate(_ date: String) -> String {
            let parts = date.split(separator: "-").map(String.init)
            guard parts.count == 3 else { return date }
            return pick("ngày \(parts[2]) tháng \(parts[1]) năm \(parts[0])", "\(parts[2])/\(parts[1])/\(parts[0])")
        }
        func paperNumber(_ number: String?, _ suffix: String) -> String {
            pick("Số \(number ?? "        ")-\(suffix)", "No. \(number ?? "        ")-\(suffix)")
        }

        // MARK: The dossier

        var dossierPosts: String { pick("Chức vụ đã và đang giữ", "Posts") }
        var months: String { pick("Kết quả đánh giá hằng tháng", "Months") }
        var month: String { pick("Tháng", "Month") }
        var noMonths: String { pick("Chưa có tháng nào mà bạn được xem.", "No month that you may read.") }
        var actionProgram: String { pick("Chương trình hành động", "Action program") }
        var keyTask: String { pick("Nhiệm vụ trọng tâm", "Key task") }
        var milestone: String { pick("Mốc", "Milestone") }
        var doneOn: String { pick("Hoàn thành", "Done on") }
        var recommendation: String { pick("Kiến nghị, đề xuất", "Recommendation") }
        var outcome: String { pick("Xử lý", "Outcome") }
        var support: String { pick("Hỗ trợ, tháo gỡ", "Support") }
        var lead: String { pick("Cơ quan chủ trì", "Lead") }
        var noAnswer: String { pick("Chưa xử lý", "Not dealt with yet") }
        var isLate: String { pick("chậm", "late") }
        var trendTitle: String { pick("Mức xếp loại theo tháng", "Level by month") }

        func corrected(_ count: Int) -> String { pick("đính chính \(count) lần", "corrected \(count) times") }
        func appealed(_ filed: String, _ outcome: String?) -> String {
            pick(
                "kiến nghị ngày \(filed)" + (outcome.map { ": \($0)" } ?? ", chưa trả lời"),
                "appealed on \(filed)" + (outcome.map { ": \($0)" } ?? ", not answered yet"))
        }
        func programProgress(done: Int, late: Int, of milestones: Int) -> String {
            pick(
                "Đã hoàn thành \(done)/\(milestones) mốc, chậm \(late).",
                "\(done) of \(milestones) milestones done, \(late) late.")
        }

        // MARK: Output

        func written(_ path: String) -> String { pick("Đã ghi \(path)", "Wrote \(path)") }
        func cannotWrite(_ path: String, _ why: String) -> String {
            pick("không ghi được \(path): \(why)", "\(path) cannot be written: \(why)")
        }
        func noTemplate(_ path: String) -> String {
            pick("không đọc được mẫu \(path)", "the page \(path) cannot be read")
        }
        func badTemplate(_ name: String, _ why: String) -> String {
            pick("mẫu \(name).mustache sai: \(why)", "the page \(name).mustache is wrong: \(why)")
        }
    }
}
