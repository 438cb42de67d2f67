extension Messages {
    var checkForm: String { pick("kiểm tra biểu mẫu", "check the form") }

    func showForm(_ workflow: String, _ event: String) -> String {
        pick("lấy biểu mẫu của \(workflow) \(event)", "show the form of \(workflow) \(event)")
    }

    func formIsRefused(_ count: Int) -> String {
        pick(
            "biểu mẫu có \(count) chỗ chưa đúng",
            count == 1 ? "the form breaks a rule" : "the form breaks \(count) rules")
    }

    var formIsValid: String { pick("Biểu mẫu hợp lệ.", "The form is valid.") }

    func noSuchEvent(_ event: String, workflow: String) -> String {
        pick("quy trình \(workflow) không có sự kiện \(event)", "workflow \(workflow) has no event \(event)")
    }

    func events(_ names: [String]) -> String {
        pick("Các sự kiện: ", "Events: ") + names.joined(separator: ", ")
    }

    func eventHasNoForm(_ event: String) -> String {
        pick("sự kiện \(event) không có biểu mẫu", "event \(event) has no form")
    }

    var formIsNeeded: String {
        pick("sự kiện này cần một biểu mẫu", "this event needs a form")
    }

    var waysToGiveAForm: String {
        pick(
            "Đưa biểu mẫu bằng --file TỆP, --file - , --set MỤC=GIÁ_TRỊ hoặc --edit.",
            "Give the form with --file FILE, --file -, --set FIELD=VALUE, or --edit.")
    }

    // MARK: --set

    func setNeedsValue(_ text: String) -> String {
        pick("--set \(text): phải viết MỤC=GIÁ_TRỊ", "--set \(text): write FIELD=VALUE")
    }

    func setBadQuotes(_ text: String) -> String {
        pick("--set \(text): dấu nháy chưa đóng", "--set \(text): the quotes are not closed")
    }

    func setIndex(_ text: String, count: Int) -> String {
        pick(
            "--set \(text): danh sách đang có \(count) phần tử, phần tử tiếp theo là số \(count)",
            "--set \(text): the list has \(count) elements, the next one is \(count)")
    }

    func setThroughScalar(_ text: String, at place: String) -> String {
        pick("--set \(text): \(place) không phải nhóm mục", "--set \(text): \(place) is not a group of fields")
    }

    // MARK: The editor

    func editorHeading(_ title: String) -> String {
        pick(
            """
            \(title)
            Lưu và thoát để gửi. Để trống (hoặc không sửa gì) thì không gửi.
            """,
            """
            \(title)
            Save and quit to send. An empty or unchanged form is not sent.
            """)
    }

    var refusedHeading: String {
        pick(
            "Biểu mẫu chưa được chấp nhận. Hãy sửa rồi lưu để gửi lại:",
            "The form was refused. Correct it and save to send it again:")
    }

    var emptyForm: String { pick("biểu mẫu để trống nên không gửi", "the form is empty, so nothing was sent") }
    var unchangedForm: String {
        pick("biểu mẫu không được sửa nên không gửi", "the form was not changed, so nothing was sent")
    }

    func formKept(_ file: String) -> String {
        pick(
            "Nội dung đã điền được giữ ở \(file); gửi lại bằng --file \(file), hoặc thêm --edit để sửa tiếp.",
            "What was filled in is kept in \(file); send it with --file \(file), add --edit to go on editing.")
    }

    func editorFailed(_ editor: String, _ status: Int) -> String {
        pick("trình soạn thảo \(editor) báo lỗi (mã \(status))", "the editor \(editor) failed (status \(status))")
    }

    func cannotWrite(_ file: String, _ why: String) -> String {
        pick("không ghi được \(file): \(why)", "cannot write \(file): \(why)")
    }

    var chooseEditor: String {
        pick(
            "Chọn trình soạn thảo bằng biến EDITOR, ví dụ EDITOR=nano.",
            "Choose the editor with EDITOR, such as EDITOR=nano.")
    }
}
