import PluginKit
import Workflow

extension DirectoryProblem {
    /// What is wrong, for the person who imports.
    var message: LocalizedText {
        let other = other ?? ""
        // What is wrong with a record that the import does not have is told at one that it has.
        let (vi, en) = sentence(other)
        return LocalizedText(vi: "\(record.vi): \(vi)", en: "\(record.en): \(en)")
    }

    private var record: LocalizedText {
        switch table {
        case .units: LocalizedText(vi: "đơn vị \(id)", en: "unit \(id)")
        case .officials: LocalizedText(vi: "cán bộ \(id)", en: "official \(id)")
        case .posts: LocalizedText(vi: "chức vụ \(id)", en: "post \(id)")
        case .delegations: LocalizedText(vi: "ủy quyền \(id)", en: "delegation \(id)")
        }
    }

    private func sentence(_ other: String) -> (vi: String, en: String) {
        let (ngày, on) = (day.map { " ngày \($0.slashed)" } ?? "", day.map { " on \($0.slashed)" } ?? "")
        switch kind {
        case .duplicate:
            let first = otherPlace.flatMap { DirectoryPlace($0) }.map { "\($0.file):\($0.line)" } ?? ""
            return ("mã \(id) đã có ở \(first)", "the id \(id) was given at \(first) already")
        case .unknownUnit: return ("không có đơn vị \(other)", "there is no unit \(other)")
        case .unknownOfficial: return ("không có cán bộ \(other)", "there is no official \(other)")
        case .overlapping:
            return (
                "trùng thời gian\(ngày) với dòng khác của cùng đơn vị; hãy ghi ngày kết thúc (to) cho dòng trước",
                "shares days with another row of the unit\(on); end the row before (to)"
            )
        case .parentAbsent:
            return ("đơn vị cấp trên \(other) không tồn tại\(ngày)", "the parent \(other) is not there\(on)")
        case .cycle: return ("vòng lặp trong cây đơn vị: \(other)", "a unit is above itself: \(other)")
        case .successorAbsent:
            return (
                "đơn vị kế tục \(other) không tồn tại\(ngày)", "the successor \(other) is not there\(on)"
            )
        case .successorWithoutEnd:
            return (
                "có đơn vị kế tục \(other) nhưng không có ngày kết thúc (to)",
                "there is a successor \(other) but no last day (to)"
            )
        case .unitAbsent:
            return ("đơn vị \(other) không tồn tại\(ngày)", "the unit \(other) is not there\(on)")
        case .severalMains:
            return (
                "chức vụ \(other) cũng là chức vụ chính của người này\(ngày)",
                "the post \(other) is a main post of the same official too\(on)"
            )
        case .loginTaken:
            return ("tài khoản đã thuộc về cán bộ \(other)", "the login belongs to the official \(other)")
        }
    }
}

extension LocalDate {
    /// As people write it: 29/07/2022.
    fileprivate var slashed: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(day))/\(two(month))/\(year)"
    }
}
