extension Messages {
    var checkInstallation: String { pick("kiểm tra cài đặt", "check the installation") }

    func verdict(_ verdict: Finding.Verdict) -> String {
        switch verdict {
        case .good: pick("tốt", "good")
        case .warning: pick("lưu ý", "warning")
        case .bad: pick("HỎNG", "BAD")
        case .unchecked: pick("chưa kiểm tra", "not checked")
        }
    }

    func diagnosis(_ good: Int, _ warnings: Int, _ bad: Int, _ unchecked: Int) -> String {
        pick(
            "\(good) tốt, \(warnings) lưu ý, \(bad) hỏng, \(unchecked) chưa kiểm tra.",
            "\(good) good, \(warnings) warnings, \(bad) bad, \(unchecked) not checked.")
    }
}
