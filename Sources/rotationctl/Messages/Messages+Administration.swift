extension Messages {
    // MARK: Plugins

    var listPlugins: String { pick("liệt kê phần cắm", "list the plugins") }
    var plugin: String { pick("Phần cắm", "Plugin") }
    var kind: String { pick("Loại", "Kind") }
    var address: String { pick("Địa chỉ", "Address") }
    var latency: String { pick("Phản hồi", "Latency") }
    var restarts: String { pick("Khởi động lại", "Restarts") }
    var reason: String { pick("Lý do", "Reason") }
    var noPlugins: String { pick("Không có phần cắm nào.", "There are no plugins.") }

    func pluginState(_ state: String) -> String {
        switch state {
        case "ready": pick("sẵn sàng", "ready")
        case "starting": pick("đang khởi động", "starting")
        case "connecting": pick("đang kết nối", "connecting")
        case "failing": pick("lỗi", "failing")
        default: state
        }
    }

    func pluginKind(_ kind: String) -> String {
        switch kind {
        case "storage": pick("lưu trữ", "storage")
        case "notification": pick("thông báo", "notification")
        default: kind
        }
    }

    func checkPlugin(_ address: String) -> String {
        pick("kiểm tra phần cắm \(address)", "check the plugin \(address)")
    }

    var contract: String { pick("Giao ước", "Contract") }
    var capabilities: String { pick("Khả năng", "Capabilities") }

    var startPlugin: String {
        pick(
            "Phần cắm có đang chạy không? Để công cụ này tự khởi động: exec:CHƯƠNG_TRÌNH THAM_SỐ",
            "Is the plugin running? To have it started: exec:PROGRAM ARGUMENTS")
    }

    func conformance(_ passed: Int, _ failed: Int, _ skipped: Int) -> String {
        pick(
            "Đạt \(passed), không đạt \(failed), bỏ qua \(skipped).",
            "\(passed) passed, \(failed) failed, \(skipped) skipped.")
    }

    var passed: String { pick("đạt", "passed") }
    var failed: String { pick("KHÔNG ĐẠT", "FAILED") }
    var skipped: String { pick("bỏ qua", "skipped") }

    func cannotStart(_ program: String, _ why: String) -> String {
        pick("không khởi động được \(program): \(why)", "cannot start \(program): \(why)")
    }

    func contracts(_ found: Int, _ own: Int) -> String {
        found == own ? String(found) : pick("\(found); công cụ này dùng bản \(own)", "\(found); this tool knows \(own)")
    }

    // MARK: Verify, clock, reload

    var verifyStore: String { pick("kiểm tra toàn vẹn dữ liệu", "verify the store") }

    func verifyProgress(_ events: String, _ total: String, _ percent: Int) -> String {
        pick(
            "Đã kiểm tra \(events)/\(total) sự kiện (\(percent)%)",
            "Verified \(events) of \(total) events (\(percent)%)")
    }

    func verified(_ cases: String, _ events: String) -> String {
        pick(
            "Đã kiểm tra \(cases) hồ sơ, \(events) sự kiện: không có lỗi.",
            "Verified \(cases) cases, \(events) events: no problem.")
    }

    func verifyFailed(_ cases: String, _ events: String, _ problems: String) -> String {
        pick(
            "Đã kiểm tra \(cases) hồ sơ, \(events) sự kiện: có \(problems) lỗi.",
            "Verified \(cases) cases, \(events) events: \(problems) problems.")
    }

    func sealsHeld(_ count: String) -> String {
        pick("Khớp với \(count) niêm phong trong nhật ký.", "\(count) seals of the journal hold.")
    }

    /// - Parameters:
    ///   - days: The day of the seal, or the first and the last of several.
    ///   - sound: Up to where all is well.
    func sealFinding(
        _ outcome: String, count: Int, days: String, position: String, sound: String, next: String, store: String
    ) -> String {
        let vi = count == 1 ? "Niêm phong ngày \(days)" : "\(count) niêm phong (\(days))"
        let en = count == 1 ? "The seal of \(days)" : "\(count) seals (\(days))"
        let verb = count == 1 ? ("does", "is") : ("do", "are")
        switch outcome {
        case "altered":
            return pick(
                "\(vi) không khớp: từ đó có sự kiện trong khoảng \(next)–\(position) bị sửa, bị bỏ hoặc bị chèn.",
                "\(en) \(verb.0) not hold: since then an event among \(next)–\(position) was altered, taken out or put in."
            )
        case "replaced":
            return pick(
                "\(vi) không khớp, nhưng niêm phong sau đó khớp: kho dữ liệu đã bị đưa về trạng thái cũ, "
                    + "các sự kiện sau vị trí \(sound) khi đó đã mất.",
                "\(en) \(verb.0) not hold, and later ones do: the store was put back to an earlier state, and the events "
                    + "that it then had after position \(sound) are lost.")
        case "lost":
            return pick(
                "\(vi) ở vị trí \(position), nhưng kho dữ liệu kết thúc ở \(sound): sự kiện đã mất, "
                    + "như khi khôi phục một bản sao lưu cũ.",
                "\(en) \(verb.1) of position \(position), but the store ends at \(sound): events are lost, as when an older "
                    + "backup was restored.")
        default:
            return pick("\(vi) thuộc kho dữ liệu khác, \(store).", "\(en) \(verb.1) of another store, \(store).")
        }
    }

    func journalctlFailed(_ status: Int) -> String {
        pick("journalctl kết thúc với mã \(status)", "journalctl ended with status \(status)")
    }

    var noSeals: String {
        pick("nhật ký không có niêm phong nào của rotationd", "the journal has no seal of rotationd's")
    }

    var mayReadJournal: String {
        pick(
            "Niêm phong được ghi khi hết ngày. Đọc nhật ký cần là root hoặc thuộc nhóm systemd-journal.",
            "A seal is written when a day has ended. Only root and the group systemd-journal read the journal.")
    }

    var readClock: String { pick("xem đồng hồ", "read the clock") }
    func advanceClock(_ to: String) -> String { pick("chỉnh đồng hồ tới \(to)", "advance the clock to \(to)") }

    func clockAdvanced(_ now: String, _ timers: String) -> String {
        pick("Bây giờ là \(now); đã xử lý \(timers) mốc hẹn.", "It is now \(now); \(timers) timers were carried out.")
    }

    func badTime(_ text: String) -> String {
        pick("\"\(text)\" không phải ngày giờ", "\"\(text)\" is not a date or time")
    }

    var timeForms: String {
        pick(
            "Viết 2022-08-01, 01/08/2022, \"01/08/2022 07:30\" hoặc 2022-08-01T07:30:00+07:00.",
            "Write 2022-08-01, 01/08/2022, \"01/08/2022 07:30\" or 2022-08-01T07:30:00+07:00.")
    }

    var reload: String { pick("nạp lại quy trình và cấu hình", "reload workflows and configuration") }
    var reloaded: String { pick("Đã nạp lại.", "Reloaded.") }

    func needRestart(_ keys: [String]) -> String {
        pick(
            "Có hiệu lực sau khi khởi động lại (systemctl restart rotationd): \(keys.joined(separator: ", "))",
            "Taken over after a restart (systemctl restart rotationd): \(keys.joined(separator: ", "))")
    }

    func reloadProblems(_ count: Int) -> String {
        pick(
            "Có \(count) lỗi; phần không nạp được vẫn giữ như cũ:",
            "\(count) problems; what did not load was left as it was:")
    }
}
