extension Messages {
    func sendEach(_ event: String, _ file: String) -> String {
        pick("gửi \(event) theo \(file)", "send \(event) for each line of \(file)")
    }
    func makeSheet(_ event: String) -> String { pick("lập bảng \(event)", "make the sheet of \(event)") }

    // MARK: Files of lines

    func noLines(_ file: String) -> String { pick("\(file) không có dòng nào", "\(file) has no lines") }

    func badColumn(_ place: String, _ name: String) -> String {
        pick(
            "\(place): cột \"\(name)\" phải là tên mục, ví dụ votes_good hoặc comments.0.text; bắt đầu bằng # nếu chỉ để đọc",
            "\(place): column \"\(name)\" must name a field, such as votes_good or comments.0.text, or begin with #")
    }

    func columnTwice(_ place: String, _ name: String) -> String {
        pick("\(place): cột \(name) có hai lần", "\(place): there are two columns \(name)")
    }

    func cellWithoutColumn(_ place: String, _ text: String) -> String {
        pick("\(place): \"\(text)\" không nằm dưới cột nào", "\(place): \"\(text)\" stands under no column")
    }

    func unknownWord(_ word: String) -> String {
        pick(
            "không hiểu \"\(word)\"; tệp gồm form: và lines: (case, official, period, version, form)",
            "\"\(word)\" is not known; the file has form: and lines: (case, official, period, version, form)")
    }

    // MARK: Lines

    var lineTitle: String { pick("Dòng", "Line") }

    func lineResult(_ status: LineSender.Outcome.Status) -> String {
        switch status {
        case .sent: pick("đã gửi", "sent")
        case .alreadySent: pick("đã gửi từ trước", "sent before")
        case .valid: pick("gửi được", "can be sent")
        case .refused: pick("không gửi được", "refused")
        case .notSent: pick("chưa gửi", "not sent")
        }
    }

    var lineNeedsCase: String {
        pick("dòng này chưa có hồ sơ (case) hoặc cán bộ (official)", "the line names neither a case nor an official")
    }

    func noCaseOf(_ official: String, _ period: String?) -> String {
        let ofPeriod = period.map { ", kỳ \($0)" } ?? ""
        let month = period.map { " in \($0)" } ?? ""
        return pick(
            "không có hồ sơ của \(official)\(ofPeriod), hoặc bạn không được xem",
            "there is no case about \(official)\(month), or you may not read it")
    }

    func casesOf(_ official: String, _ count: Int) -> String {
        pick("\(official) có \(count) hồ sơ", "there are \(count) cases about \(official)")
    }

    var nameTheCase: String {
        pick(
            "Ghi mã hồ sơ vào cột case, hoặc thêm --workflow, --unit, --period.",
            "Give the case's id under case, or add --workflow, --unit, --period.")
    }

    var sentAndTakenBack: String {
        pick(
            "dòng này đã gửi trước đây, sau đó hồ sơ được đưa trở lại; hãy lập bảng mới (case sheet) rồi gửi",
            "this line was sent before and the case was taken back since; make a new sheet (case sheet) and send that")
    }

    var sendAgain: String {
        pick(
            "Sửa những dòng chưa được rồi gửi lại cả tệp: dòng nào đã gửi thì không gửi lần nữa.",
            "Correct the lines that failed and send the file again: what was sent is not sent twice.")
    }

    // MARK: Sheets

    func nothingWaits(_ event: String) -> String {
        pick("Không có hồ sơ nào chờ bạn gửi \(event).", "No case waits for you to send \(event).")
    }

    func sheetMade(_ file: String, _ count: Int) -> String {
        pick("Đã lập \(file): \(count) dòng.", "Made \(file) with \(count) lines.")
    }

    func sheetHeading(_ title: String, _ event: String, _ file: String) -> String {
        pick(
            """
            \(title)
            Mục nào như nhau cho mọi dòng thì điền dưới form:, còn lại điền dưới từng dòng. Gửi bằng:
            rotationctl case send-each \(event) \(file)
            """,
            """
            \(title)
            What is the same for all lines is filled in under form:, the rest under each line. To send it:
            rotationctl case send-each \(event) \(file)
            """)
    }

    func fileIsThere(_ file: String) -> String {
        pick("\(file) đã có; hãy chọn tên khác", "\(file) is there already; choose another name")
    }

    func noSuchColumn(_ name: String, _ event: String) -> String {
        pick("biểu mẫu của \(event) không có mục \(name)", "the form of \(event) has no field \(name)")
    }

    func columnNames(_ names: [String]) -> String { pick("Các mục: ", "Fields: ") + names.joined(separator: ", ") }
}
