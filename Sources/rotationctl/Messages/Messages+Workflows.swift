extension Messages {
    var listWorkflowsOperation: String { pick("liệt kê quy trình", "list the workflows") }
    func showWorkflow(_ name: String) -> String { pick("xem quy trình \(name)", "show workflow \(name)") }
    func drawWorkflow(_ name: String) -> String { pick("vẽ quy trình \(name)", "draw workflow \(name)") }
    var checkWorkflows: String { pick("kiểm tra quy trình", "check the workflows") }
    var noWorkflows: String { pick("Chưa nạp quy trình nào.", "No workflow is loaded.") }
    var openedBy: String { pick("Người mở", "Opened by") }
    var digest: String { pick("Mã băm", "Digest") }
    var form: String { pick("Biểu mẫu", "Form") }
    var sender: String { pick("Người gửi", "Sent by") }
    var leadsTo: String { pick("Chuyển tới", "Leads to") }
    var anywhere: String { pick("Ở mọi trạng thái chưa kết thúc", "In every state that is not final") }
    var opening: String { pick("Mở hồ sơ", "Opening") }
    var final: String { pick("kết thúc", "final") }
    var automatic: String { pick("tự chuyển", "automatic") }
    var optional: String { pick("không bắt buộc", "optional") }

    func isGood(_ file: String, _ version: Int, _ states: Int) -> String {
        pick(
            "\(file): hợp lệ (bản \(version), \(states) trạng thái)",
            "\(file): good (version \(version), \(states) states)")
    }

    func definitionHasProblems(_ name: String) -> String {
        pick("định nghĩa \(name) có lỗi", "the definition \(name) has problems")
    }

    var otherwise: String { pick("còn lại", "otherwise") }
    var onCondition: String { pick("theo điều kiện", "on a condition") }
    var not: String { pick("không phải", "not") }
    var anyOpenState: String { pick("Mọi trạng thái chưa kết thúc", "Every state that is not final") }
}
