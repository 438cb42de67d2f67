import JSONCore

/// Why a command was not carried out. Nothing was changed.
public enum Refusal: Error, Sendable, Equatable {
    /// The state does not accept the event; these it does.
    case eventNotAccepted(event: String, state: String, accepted: [String])
    case versionConflict(expected: Int, actual: Int)
    /// The actor holds none of the roles that may send the event.
    case notAllowed(event: String, roles: [String])
    /// The actor, or the one for whom he acts, is what the event's `except` names, or a deputy acts in his own case.
    case excluded(event: String, role: String)
    case formMissing(event: String, form: String)
    case formUnexpected(event: String)
    case invalidForm(form: String, violations: [Violation])
    case requirementNotMet(event: String, message: LocalizedText)
    case ballotRefused(ballot: String, reason: BallotReason)
    /// The list there has no element whose `key` has this value.
    case elementNotFound(list: JSONPointer, key: String, value: JSON)
    /// The form does not name the official or the unit that the case is about.
    case subjectMissing(place: JSONPointer)
    case timerNotFound(String)
    case repairRefused(Repair.Problem)

    public enum BallotReason: Sendable, Equatable {
        /// Every event names who sent it, so a vote cast here could not be secret.
        case secret
        case notAMember, recused, notPresent, alreadyVoted, byProxy, alreadyClosed
        case noQuorum(present: Int, members: Int)
        case moreVotesThanVoters(votes: Int, voters: Int)
        case unknownOption(String)

        public var name: String {
            switch self {
            case .secret: "secret"
            case .notAMember: "not_a_member"
            case .recused: "recused"
            case .notPresent: "not_present"
            case .alreadyVoted: "already_voted"
            case .byProxy: "by_proxy"
            case .alreadyClosed: "already_closed"
            case .noQuorum: "no_quorum"
            case .moreVotesThanVoters: "more_votes_than_voters"
            case .unknownOption: "unknown_option"
            }
        }
    }

    /// For people: what was wrong and what to do.
    public var message: LocalizedText {
        switch self {
        case .eventNotAccepted(let event, let state, let accepted):
            let list = accepted.joined(separator: ", ")
            return LocalizedText(
                vi: "Trạng thái \(state) không nhận \(event). "
                    + (list.isEmpty ? "Hồ sơ đã kết thúc." : "Có thể gửi: \(list)."),
                en: "State \(state) does not accept \(event). "
                    + (list.isEmpty ? "The case has ended." : "It accepts: \(list)."))
        case .versionConflict(let expected, let actual):
            return LocalizedText(
                vi: "Hồ sơ đã thay đổi (phiên bản \(actual), không còn là \(expected)); hãy xem lại rồi gửi lại.",
                en: "The case has changed (version \(actual), no longer \(expected)); look at it and send again.")
        case .notAllowed(let event, let roles):
            let list = roles.joined(separator: ", ")
            return LocalizedText(
                vi: "Chỉ \(list) được gửi \(event).", en: "Only \(list) may send \(event).")
        case .excluded(let event, let role):
            return LocalizedText(
                vi: "Không được gửi \(event) trong hồ sơ của chính mình hoặc với tư cách \(role).",
                en: "\(event) cannot be sent in one's own case or as \(role).")
        case .formMissing(let event, let form):
            return LocalizedText(
                vi: "\(event) cần biểu mẫu \(form).", en: "\(event) needs the form \(form).")
        case .formUnexpected(let event):
            return LocalizedText(vi: "\(event) không có biểu mẫu.", en: "\(event) comes without a form.")
        case .invalidForm(let form, let violations):
            return LocalizedText(
                vi: "Biểu mẫu \(form): \(violations.map { $0.message(.vi, titles: nil) }.joined(separator: "; "))",
                en: "Form \(form): \(violations.map { $0.message(.en, titles: nil) }.joined(separator: "; "))")
        case .requirementNotMet(_, let message): return message
        case .ballotRefused(let ballot, let reason): return reason.message(ballot)
        case .elementNotFound(let list, let key, let value):
            return LocalizedText(
                vi: "\(list) không có phần tử nào có \(key) là \(value).",
                en: "\(list) has no element whose \(key) is \(value).")
        case .subjectMissing(let place):
            return LocalizedText(vi: "Thiếu \(place).", en: "\(place) is missing.")
        case .repairRefused(let problem): return problem.message
        case .timerNotFound(let timer):
            return LocalizedText(vi: "Không có hẹn giờ \(timer).", en: "There is no timer \(timer).")
        }
    }
}

extension Refusal.BallotReason {
    func message(_ ballot: String) -> LocalizedText {
        switch self {
        case .secret:
            LocalizedText(
                vi: "Bỏ phiếu kín \(ballot) thì bỏ phiếu giấy, kiểm phiếu rồi nhập kết quả.",
                en: "A secret vote in \(ballot) is held on paper and its counted votes are entered.")
        case .notAMember:
            LocalizedText(
                vi: "Không thuộc thành phần biểu quyết \(ballot).", en: "Not a member of the electorate of \(ballot).")
        case .recused:
            LocalizedText(
                vi: "Người liên quan không biểu quyết \(ballot).",
                en: "Recused from \(ballot): nobody votes on himself.")
        case .notPresent:
            LocalizedText(vi: "Không có tên trong danh sách có mặt.", en: "Not on the list of those present.")
        case .alreadyVoted:
            LocalizedText(vi: "Đã biểu quyết \(ballot) rồi.", en: "Has voted in \(ballot) already.")
        case .byProxy:
            LocalizedText(vi: "Không biểu quyết thay người khác.", en: "A vote cannot be cast for somebody else.")
        case .alreadyClosed:
            LocalizedText(vi: "Biểu quyết \(ballot) đã kết thúc.", en: "The ballot \(ballot) is closed.")
        case .noQuorum(let present, let members):
            LocalizedText(
                vi: "Không đủ điều kiện: \(present)/\(members) thành viên; hãy đổi lịch.",
                en: "No quorum: \(present) of \(members) members; reschedule.")
        case .moreVotesThanVoters(let votes, let voters):
            LocalizedText(
                vi: "\(votes) phiếu nhưng chỉ \(voters) người được biểu quyết có mặt.",
                en: "\(votes) votes, but only \(voters) members present may vote.")
        case .unknownOption(let option):
            LocalizedText(vi: "\(ballot) không có lựa chọn \(option).", en: "\(ballot) has no option \(option).")
        }
    }
}
