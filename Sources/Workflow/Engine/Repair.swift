/// How an administrator sets a case right that its workflow does not take further. Nothing of it writes what a form would:
/// it decides no level and casts no vote.
public enum Repair: Sendable {
    /// Somebody else is to do a task of the present state, until the case leaves it.
    case reassign(event: String, to: Principal)
    /// A deadline of the present state ends with this day, later than it did.
    case extend(deadline: String, to: LocalDate)
    /// Back to a state from which the present one can be reached.
    case move(to: String)
    /// On to where an event of the present state leads, without it.
    case skip(event: String)
    /// The case ends without a result, in ``Case/cancelled``.
    case cancel
    /// The case follows a newer version of its workflow. `states`: which state takes the place of one that is not there.
    case migrate(to: Definition, states: [String: String])

    /// What the history calls it.
    public var event: String {
        switch self {
        case .reassign: "$reassigned"
        case .extend: "$extended"
        case .move: "$moved"
        case .skip: "$skipped"
        case .cancel: "$cancelled"
        case .migrate: "$migrated"
        }
    }

    /// The names that repairs have in a history.
    public static let events: Set<String> = [
        "$reassigned", "$extended", "$moved", "$skipped", "$cancelled", "$migrated",
    ]

    /// Why a repair is not made.
    public enum Problem: Sendable, Equatable {
        /// The case is as the repair would leave it.
        case nothingToDo
        case withoutReason
        case ownCase
        case taskUnknown(String)
        /// A vote is given by the person whose it is.
        case vote(String)
        /// The task is one that this person may never do: nobody decides on himself.
        case excluded(String)
        case deadlineUnknown(String)
        case notLater(than: LocalDate)
        case stateUnknown(String, version: Int)
        /// No case rests there.
        case stateAutomatic(String)
        /// Only an event of the workflow leads to an end, or out of one.
        case stateFinal(String)
        case notEarlier(String)
        case leadsNowhere(String)
        case notNewer(version: Int)
        case otherSubject
    }
}

extension Case {
    /// The state of a case that was cancelled; no definition has it.
    public static let cancelled = "$cancelled"
    public static let cancelledTitle = LocalizedText(vi: "Đã hủy", en: "Cancelled")
}

extension Repair.Problem {
    var message: LocalizedText {
        switch self {
        case .nothingToDo: LocalizedText(vi: "Hồ sơ đã như vậy rồi.", en: "The case is like that already.")
        case .withoutReason: LocalizedText(vi: "Phải nêu lý do sửa chữa.", en: "A repair needs a reason.")
        case .ownCase:
            LocalizedText(
                vi: "Không ai được sửa chữa hồ sơ của chính mình.", en: "Nobody repairs the case about himself.")
        case .taskUnknown(let event):
            LocalizedText(vi: "Không có việc \(event) nào đang chờ.", en: "No task \(event) is waiting.")
        case .vote(let event):
            LocalizedText(
                vi: "\(event) là biểu quyết nên không giao cho người khác hay bỏ qua từng phiếu được.",
                en: "\(event) is a vote, which only the voter casts.")
        case .excluded(let event):
            LocalizedText(
                vi: "Người này không được làm \(event) trong hồ sơ này.",
                en: "This person may not do \(event) in this case.")
        case .deadlineUnknown(let name):
            LocalizedText(
                vi: "Trạng thái hiện tại không có thời hạn \(name).", en: "The present state has no deadline \(name).")
        case .notLater(let day):
            LocalizedText(
                vi: "Hạn mới phải sau \(day.spoken).", en: "The new deadline must be later than \(day.spoken).")
        case .stateUnknown(let state, let version):
            LocalizedText(
                vi: "Phiên bản \(version) của quy trình không có trạng thái \(state).",
                en: "Version \(version) of the workflow has no state \(state).")
        case .stateAutomatic(let state):
            LocalizedText(
                vi: "Hồ sơ không dừng ở trạng thái \(state).",
                en: "No case stays in state \(state): it goes on by itself.")
        case .stateFinal(let state):
            LocalizedText(
                vi: "\(state) là kết thúc; chỉ quy trình mới đưa hồ sơ đến đó hoặc ra khỏi đó.",
                en: "\(state) is an end; only the workflow leads there, and nothing out of it.")
        case .notEarlier(let state):
            LocalizedText(
                vi: "Từ \(state) không đi đến trạng thái hiện tại, nên đó không phải là bước trước.",
                en: "\(state) does not come before the present state.")
        case .leadsNowhere(let event):
            LocalizedText(
                vi: "Trạng thái hiện tại không có \(event) dẫn đến trạng thái khác.",
                en: "The present state has no \(event) that leads to another.")
        case .notNewer(let version):
            LocalizedText(
                vi: "Hồ sơ đang theo phiên bản \(version), không cũ hơn.",
                en: "The case follows version \(version), which is not older.")
        case .otherSubject:
            LocalizedText(
                vi: "Theo phiên bản đó, hồ sơ sẽ là của người hoặc đơn vị khác.",
                en: "By that version the case would be about another person or unit.")
        }
    }
}

extension LocalDate {
    /// 29/07/2022
    fileprivate var spoken: String { description.split(separator: "-").reversed().joined(separator: "/") }
}
