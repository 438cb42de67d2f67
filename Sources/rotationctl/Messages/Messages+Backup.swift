extension Messages {
    var makeBackup: String { pick("sao lưu", "back up") }
    func writeBackup(_ path: String) -> String { pick("sao lưu ra \(path)", "back up to \(path)") }
    var listBackups: String { pick("liệt kê các bản sao lưu", "list the backups") }
    func restoreBackup(_ path: String) -> String { pick("khôi phục \(path)", "restore \(path)") }

    func backedUp(_ path: String, _ size: String, _ duration: String) -> String {
        pick("Đã sao lưu ra \(path): \(size) trong \(duration).", "Backed up to \(path): \(size) in \(duration).")
    }

    func backupRemoved(_ path: String) -> String { pick("Đã xóa bản cũ \(path)", "Removed the older \(path)") }

    func backupUnreadable(_ path: String, _ why: String) -> String {
        pick("không đọc được bản sao lưu \(path): \(why)", "cannot read the backup \(path): \(why)")
    }

    func backupIsThere(_ source: String, _ target: String) -> String {
        pick(
            "Bản sao lưu đã có ở \(source); lấy về: sudo install -m 600 \(source) \(target)",
            "The backup is there, in \(source); to fetch it: sudo install -m 600 \(source) \(target)")
    }

    func backupForeign(_ path: String) -> String {
        pick(
            "\(path) không phải tệp mà phần cắm lưu trữ vừa tạo trong thư mục của nó",
            "\(path) is not a file that the storage plugin has just made in its own folder")
    }

    var nothingRemoved: String {
        pick(
            "Không có gì bị chép hay xóa. Hãy kiểm tra phần cắm lưu trữ: rotationctl plugin list",
            "Nothing was copied or removed. Look at the storage plugin: rotationctl plugin list")
    }

    func backupStays(_ path: String) -> String {
        pick(
            "Tài khoản này không xóa được bản của phần cắm, nên nó vẫn ở \(path)",
            "This account may not remove the plugin's own copy, which stays in \(path)")
    }

    var noBackups: String {
        pick("Chưa có bản sao lưu nào: rotationctl backup", "There is no backup yet: rotationctl backup")
    }

    var madeAt: String { pick("Lúc", "Made") }
    var size: String { pick("Dung lượng", "Size") }
    var file: String { pick("Tệp", "File") }

    func backupKind(_ kind: String) -> String {
        kind == "scheduled" ? pick("định kỳ", "scheduled") : pick("thủ công", "manual")
    }

    // MARK: Restore

    func noProgram(_ path: String) -> String { pick("không chạy được \(path)", "cannot run \(path)") }

    var namePlugin: String {
        pick("Chỉ ra chương trình của phần cắm: --plugin", "Name the storage plugin's program with --plugin.")
    }

    var stopForRestore: String {
        let command =
            "systemctl stop rotationd.socket rotationd.service rotationd-storage-sqlite.socket rotationd-storage-sqlite.service"
        return pick("Dừng trước rồi chạy lại: \(command)", "Stop it first, then again: \(command)")
    }

    var nothingRestored: String {
        pick(
            "Dữ liệu hiện có vẫn giữ nguyên. Các bản sao lưu: rotationctl backup list",
            "The store was left as it is. The backups: rotationctl backup list")
    }

    func restored(_ database: String, _ cases: String, _ events: String, _ newest: String) -> String {
        pick(
            "Đã khôi phục \(database): \(cases) hồ sơ, \(events) sự kiện, sự kiện cuối lúc \(newest).",
            "Restored \(database): \(cases) cases, \(events) events, the last of \(newest).")
    }

    func previousStore(_ path: String) -> String {
        pick("Dữ liệu trước đó được giữ ở \(path)", "The store that was there is kept as \(path)")
    }

    var startAfterRestore: String {
        let command = "systemctl start rotationd-storage-sqlite.socket rotationd.socket rotationd.service"
        return pick(
            "Khởi động lại: \(command); rồi kiểm tra: rotationctl verify",
            "Start again: \(command); then check it: rotationctl verify")
    }
}
