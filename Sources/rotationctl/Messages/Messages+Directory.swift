extension Messages {
    var whoAmI: String { pick("xem mình là ai", "find out who you are") }
    var login: String { pick("Tài khoản", "Login") }
    var official: String { pick("Cán bộ", "Official") }
    var notInDirectory: String { pick("không có trong danh bạ", "not in the directory") }
    var roles: String { pick("Vai trò", "Roles") }
    var delegations: String { pick("Được ủy quyền", "Acting for") }
    var gateway: String { pick("Cổng kết nối", "Gateway") }
    var administrator: String { pick("Quản trị viên", "Administrator") }

    var showDirectory: String { pick("xem danh bạ", "show the directory") }
    var units: String { pick("Đơn vị", "Units") }
    var officials: String { pick("Cán bộ", "Officials") }
    var posts: String { pick("Chức vụ", "Posts") }
    var level: String { pick("Cấp", "Level") }
    var parentUnit: String { pick("Trực thuộc", "Parent") }
    var from: String { pick("Từ", "From") }
    var to: String { pick("Đến", "To") }
    var fullName: String { pick("Họ tên", "Full name") }
    var block: String { pick("Khối", "Block") }
    var category: String { pick("Ngạch", "Category") }
    var email: String { pick("Thư điện tử", "E-mail") }
    var phone: String { pick("Điện thoại", "Phone") }
    var leader: String { pick("Lãnh đạo", "Leads") }
    var main: String { pick("Chính", "Main") }
    var nothingFound: String { pick("Không tìm thấy.", "Nothing found.") }

    var importDirectory: String { pick("nhập danh bạ", "import the directory") }

    func unknownTable(_ file: String) -> String {
        pick(
            "\(file): tên tệp hoặc trang tính phải bắt đầu bằng units (đơn vị), officials (cán bộ), posts (chức vụ) hoặc delegations (ủy quyền)",
            "\(file): the name of the file or a sheet must begin with units, officials, posts or delegations")
    }

    func noTables(_ folder: String) -> String {
        pick(
            "\(folder) không có units.csv, officials.csv, posts.csv, delegations.csv hay tệp .xlsx",
            "\(folder) has no units.csv, officials.csv, posts.csv, delegations.csv or .xlsx file")
    }

    func noSpreadsheetReader(_ file: String) -> String {
        pick(
            "\(file): chưa cài xlsx2csv, chương trình đọc tệp Excel",
            "\(file): xlsx2csv, which reads Excel files, is not installed")
    }

    var saveAsCSV: String {
        pick(
            "cài đặt: apt install xlsx2csv; hoặc lưu từng trang tính thành CSV UTF-8",
            "apt install xlsx2csv, or save each sheet as CSV UTF-8")
    }

    func unreadableWorkbook(_ file: String, _ reason: String) -> String {
        pick("\(file): không đọc được tệp Excel: \(reason)", "\(file): the workbook cannot be read: \(reason)")
    }

    var showHistory: String { pick("xem lịch sử danh bạ", "show the directory's history") }
    var changeNumber: String { pick("Lần", "Change") }
    var changedAt: String { pick("Lúc", "At") }
    var changedBy: String { pick("Người thực hiện", "By") }
    var importKind: String { pick("nhập", "import") }
    var acceptanceKind: String { pick("nhận ủy quyền", "acceptance") }
    var acceptDelegation: String { pick("nhận ủy quyền", "accept a delegation") }
    var awaitsAcceptance: String { pick("chờ chấp nhận", "awaits your acceptance") }

    func delegationAccepted(_ official: String, _ from: String, _ to: String) -> String {
        pick(
            "Đã nhận ủy quyền của \(official) từ \(from) đến \(to).",
            "You may act for \(official) from \(from) to \(to).")
    }

    func emptyTable(_ file: String) -> String { pick("\(file): tệp trống", "\(file): the file is empty") }

    func openQuote(_ file: String, _ line: Int) -> String {
        pick(
            "\(file):\(line): dấu nháy mở ở đây không đóng", "\(file):\(line): the quote that opens here is not closed")
    }

    func longRow(_ file: String, _ line: Int) -> String {
        pick("\(file):\(line): dòng dài quá 1 MiB", "\(file):\(line): the row is longer than 1 MiB")
    }

    func importProgress(_ file: String, _ rows: String) -> String {
        pick("\(file): đã gửi \(rows) dòng", "\(file): \(rows) rows sent")
    }

    func importRefused(_ count: Int) -> String {
        pick("có \(count) lỗi, chưa thay đổi gì", "\(count) problems, nothing was changed")
    }

    var table: String { pick("Bảng", "Table") }
    var addedTitle: String { pick("Thêm", "Added") }
    var changedTitle: String { pick("Sửa", "Changed") }
    var sameTitle: String { pick("Giữ nguyên", "Same") }
    var delegationsTable: String { pick("Ủy quyền", "Delegations") }
    var imported: String { pick("Đã nhập danh bạ.", "The directory was imported.") }
    var dryRun: String { pick("Chạy thử: chưa thay đổi gì.", "Dry run: nothing was changed.") }
}
