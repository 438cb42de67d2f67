extension Messages {
    var connectionLost: String {
        pick("Mất kết nối với rotationd, đang thử lại…", "The connection to rotationd was lost, trying again…")
    }

    var isItRunning: String {
        pick(
            "rotationd có đang chạy không? Xem: systemctl status rotationd; đường dẫn khác thì dùng --socket",
            "Is the daemon running? See: systemctl status rotationd; for another socket use --socket")
    }

    var askForAccess: String {
        pick(
            "Nhờ quản trị viên cho tài khoản của bạn vào nhóm được dùng ổ cắm này.",
            "Ask an administrator to add your account to the group that may use the socket.")
    }

    var tryAgain: String { pick("Hãy thử lại sau ít phút.", "Try again in a moment.") }

    func noSocket(_ path: String, _ why: String) -> String {
        pick("không kết nối được tới \(path): \(why)", "cannot connect to \(path): \(why)")
    }

    func mayNotConnect(_ path: String) -> String {
        pick("tài khoản này không được kết nối tới \(path)", "this account may not connect to \(path)")
    }

    func nobodyAnswers(_ path: String, _ why: String) -> String {
        pick("\(path) không có ai trả lời (\(why))", "nobody answers at \(path) (\(why))")
    }

    func connectionClosed(_ path: String, _ why: String) -> String {
        pick("mất kết nối với \(path) (\(why))", "the connection to \(path) was lost (\(why))")
    }

    func tooLarge(_ bytes: Int, _ limit: Int) -> String {
        pick(
            "nội dung dài \(bytes) byte, chỉ được gửi \(limit) byte",
            "the message has \(bytes) bytes, at most \(limit) can be sent")
    }

    func strangeReply(_ why: String) -> String {
        pick(
            "không hiểu câu trả lời của rotationd (\(why)); hai bên có cùng phiên bản không?",
            "the daemon's answer is not understood (\(why)); are both of the same version?")
    }

    func noSuchCase(_ id: String) -> String {
        pick("không có hồ sơ \(id), hoặc bạn không được xem", "there is no case \(id), or you may not read it")
    }

    var listCases: String { pick("Danh sách hồ sơ: rotationctl case list", "To list the cases: rotationctl case list") }

    func noSuchWorkflow(_ name: String) -> String {
        pick("không có quy trình \(name)", "there is no workflow \(name)")
    }

    var listWorkflows: String {
        pick("Danh sách quy trình: rotationctl workflow list", "To list the workflows: rotationctl workflow list")
    }

    func accepted(_ events: [String]) -> String {
        pick("Hiện chấp nhận: ", "Accepted now: ") + events.joined(separator: ", ")
    }

    var lookAgain: String {
        pick(
            "Hãy xem lại hồ sơ (rotationctl case show) rồi gửi lại.",
            "Look at the case again (rotationctl case show), then send again.")
    }

    var watchAnew: String {
        pick(
            "Đọc lại những gì bạn đang giữ rồi theo dõi không kèm --cursor.",
            "Read again what you keep, then watch without --cursor.")
    }

    func whoMay(_ roles: [String]) -> String {
        pick("Người được làm việc này: ", "Who may do it: ") + roles.joined(separator: ", ")
    }

    var askForOfficial: String {
        pick(
            "Xem mình là ai: rotationctl directory whoami; quản trị viên ghi tài khoản vào danh bạ (officials.csv); cổng kết nối dùng --person.",
            "Who you are: rotationctl directory whoami; an administrator adds logins to the directory (officials.csv); a gateway gives --person."
        )
    }

    var importLost: String {
        pick("rotationd không còn giữ dữ liệu đã gửi", "the daemon no longer has what was sent to it")
    }

    func backupFailed(_ path: String, _ why: String) -> String {
        pick("không ghi được \(path): \(why)", "cannot write \(path): \(why)")
    }

    func invalidParameter(_ name: String) -> String {
        pick("rotationd không chấp nhận giá trị của \(name)", "the daemon does not accept the value of \(name)")
    }

    func unknownMethod(_ method: String) -> String {
        pick(
            "rotationd đang chạy không có \(method); nó thuộc phiên bản khác",
            "the running daemon has no \(method); it is of another version")
    }

    var permissionDenied: String { pick("không được phép", "not permitted") }

    // MARK: Files and forms

    func cannotRead(_ file: String, _ why: String) -> String {
        pick("không đọc được \(file): \(why)", "cannot read \(file): \(why)")
    }

    func notUTF8(_ file: String, line: Int) -> String {
        pick(
            "\(file):\(line): không phải UTF-8; hãy lưu lại tệp với bảng mã UTF-8",
            "\(file):\(line): not UTF-8; save the file as UTF-8")
    }

    func notAnObject(_ file: String) -> String {
        pick(
            "\(file): biểu mẫu phải gồm các mục \"tên: giá trị\"", "\(file): a form consists of fields \"name: value\"")
    }

    func badSchema(_ file: String) -> String {
        pick("\(file) không phải JSON Schema dùng được", "\(file) is not a JSON Schema that can be used")
    }
}
