import JSONCore
import PluginKit
import Workflow

/// Something that a person must see to, and what to do.
struct Attention {
    enum Subject: String { case plugin, messages, verify, backup, disk, clock, roster }

    let subject: Subject
    let message: LocalizedText
    let action: LocalizedText

    var json: JSON {
        ["subject": .string(subject.rawValue), "message": message.json, "action": action.json]
    }

    private init(
        _ subject: Subject, vi: String, en: String, actionVi: String, actionEn: String
    ) {
        self.subject = subject
        message = LocalizedText(vi: vi, en: en)
        action = LocalizedText(vi: actionVi, en: actionEn)
    }

    static func plugin(_ address: PluginAddress, _ kind: PluginDescription.Kind, reason: String) -> Attention {
        var unit = "rotationd"
        if case .unix = address {
            // Sockets and units have the same names.
            unit = "rotationd-\(kind == .storage ? "storage" : "notify")-\(address.name)"
        }
        return Attention(
            .plugin, vi: "Phần cắm \(address) chưa sẵn sàng: \(reason)",
            en: "The plugin \(address) is not ready: \(reason)",
            actionVi: "Xem: systemctl status \(unit); journalctl -u \(unit)",
            actionEn: "See: systemctl status \(unit); journalctl -u \(unit)")
    }

    static func parked(_ count: Int) -> Attention {
        Attention(
            .messages, vi: "\(count) thông báo không gửi được", en: "\(count) messages could not be delivered",
            actionVi: "Xem lý do: rotationctl outbox list; sửa xong thì gửi lại: rotationctl outbox retry --all",
            actionEn: "See why: rotationctl outbox list; once that is mended: rotationctl outbox retry --all")
    }

    static func unsound(_ problems: Int) -> Attention {
        Attention(
            .verify, vi: "Lần kiểm tra gần nhất thấy \(problems) chỗ sai",
            en: "The last verification found \(problems) problems",
            actionVi: "Xem: rotationctl verify; khôi phục một bản sao lưu: rotationctl restore --help",
            actionEn: "See: rotationctl verify; to restore a backup: rotationctl restore --help")
    }

    /// - Parameter days: Since the last one; nil when there was none.
    static func backup(days: Int?) -> Attention {
        Attention(
            .backup, vi: days.map { "Bản sao lưu gần nhất đã \($0) ngày" } ?? "Chưa có bản sao lưu nào",
            en: days.map { "The last backup is \($0) days old" } ?? "There is no backup yet",
            actionVi: "Sao lưu: rotationctl backup; hằng ngày: systemctl enable --now rotationd-backup.timer",
            actionEn: "Make one: rotationctl backup; daily: systemctl enable --now rotationd-backup.timer")
    }

    static func disk(free: Int) -> Attention {
        Attention(
            .disk, vi: "Ổ đĩa chỉ còn \(free / 1_000_000) MB cho dữ liệu, không đủ cho một bản sao lưu",
            en: "The disk has only \(free / 1_000_000) MB left for the store, too little for a backup",
            actionVi: "Giải phóng hoặc thêm dung lượng; các bản sao lưu: rotationctl backup list",
            actionEn: "Make room or add some; the backups: rotationctl backup list")
    }

    static func roster(_ name: String, _ problems: [LocalizedText]) -> Attention {
        let rest = problems.count > 3 ? " …" : ""
        return Attention(
            .roster,
            vi: "Lịch \(name): \(problems.count) việc: " + problems.prefix(3).map(\.vi).joined(separator: "; ") + rest,
            en: "Roster \(name): \(problems.count) problems: " + problems.prefix(3).map(\.en).joined(separator: "; ")
                + rest,
            actionVi: "Sửa danh bạ rồi nhập lại, hoặc mở hồ sơ bằng tay; tất cả: rotationctl status --json",
            actionEn: "Mend the directory and import it, or open the cases by hand; all: rotationctl status --json")
    }

    static func clock(behind last: Timestamp) -> Attention {
        Attention(
            .clock, vi: "Đồng hồ máy chậm hơn lần ghi gần nhất (\(last))",
            en: "The machine's clock is before the last commit (\(last))",
            actionVi: "Chỉnh giờ: timedatectl; bật đồng bộ: timedatectl set-ntp true",
            actionEn: "Set it: timedatectl; have it synchronised: timedatectl set-ntp true")
    }
}
