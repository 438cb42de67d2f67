import JSONCore
import PluginKit
import Varlink
import Workflow

/// Turns what went wrong into the errors that an interface describes.
struct ServiceErrors {
    /// e.g. `org.rotationd.Workflow`.
    let interface: String

    func error(_ name: String, _ parameters: JSONObject) -> VarlinkError {
        VarlinkError("\(interface).\(name)", parameters)
    }

    func unavailable(_ reason: String, isUncertain: Bool = false) -> VarlinkError {
        let message =
            isUncertain
            ? LocalizedText(
                vi: "Chưa biết đã thực hiện hay chưa; hãy gửi lại với cùng khóa: \(reason)",
                en: "It is not known whether it was carried out; send it again with the same key: \(reason)")
            : LocalizedText(
                vi: "Chưa thực hiện được, chưa có gì thay đổi; hãy thử lại sau: \(reason)",
                en: "Not possible now, and nothing was changed; try again later: \(reason)")
        return error("Unavailable", ["reason": .string(reason), "message": message.json])
    }

    func notAllowed(_ operation: String, roles: [String]? = nil, _ message: LocalizedText? = nil) -> VarlinkError {
        let message =
            message
            ?? LocalizedText(
                vi: "Chỉ người quản trị được thực hiện \(operation).", en: "\(operation) is for administrators only.")
        var parameters: JSONObject = ["operation": .string(operation), "message": message.json]
        if let roles { parameters["roles"] = .array(roles.map(JSON.string)) }
        return error("NotAllowed", parameters)
    }

    func cursorLost(_ cursor: String) -> VarlinkError {
        error(
            "CursorLost",
            [
                "cursor": .string(cursor),
                "message": LocalizedText(
                    vi: "Dữ liệu không còn sự kiện ứng với con trỏ \(cursor) vì đã khôi phục một bản sao lưu cũ hơn.",
                    en: "The store has no event for the cursor \(cursor) any more: an older backup was restored."
                ).json,
            ])
    }

    func unknownPerson(_ person: String) -> VarlinkError {
        error(
            "UnknownPerson",
            [
                "person": .string(person),
                "message": LocalizedText(
                    vi: "Không có cán bộ nào ứng với \(person) trong danh bạ.",
                    en: "Nobody in the directory answers to \(person)."
                ).json,
            ])
    }

    /// - Parameter operation: What was asked, for the error of somebody who may not.
    func translate(_ problem: any Error, operation: String, caseID: String = "") -> any Error {
        switch problem {
        case let error as VarlinkError: return error
        // What the contract says of a parameter of the same name, such as limit or cursor, holds for the client's.
        case StorageError.invalidParameter(let parameter): return VarlinkError.invalidParameter(parameter)
        // The plugin may have ended between the commit and its answer.
        case StorageError.unreachable("Commit", _): return unavailable("\(problem)", isUncertain: true)
        case let error as StorageError: return unavailable("\(error)")
        case let error as JSONFieldError: return VarlinkError.invalidParameter(error.field)
        case Authoriser.Failure.unknown(let person): return unknownPerson(person)
        case Authoriser.Failure.notAGateway(let login):
            return notAllowed(
                operation, roles: interface.hasSuffix("Workflow") ? ["gateway"] : nil,
                LocalizedText(
                    vi: "Tài khoản \(login) không phải là cổng nên không được gửi thay người khác.",
                    en: "\(login) is no gateway, so it cannot speak for a person."))
        case Authoriser.Failure.noDelegation(let absent):
            return notAllowed(
                operation, roles: interface.hasSuffix("Workflow") ? ["delegation"] : nil,
                LocalizedText(
                    vi: "Hôm nay không có ủy quyền của \(absent).", en: "There is no delegation from \(absent) today."))
        case CaseEngine.Failure.caseNotFound(let id): return error("CaseNotFound", ["case": .string(id)])
        case CaseEngine.Failure.workflowNotFound(let name): return error("WorkflowNotFound", ["name": .string(name)])
        case CaseEngine.Failure.personNotFound(let id): return unknownPerson(id)
        case CaseEngine.Failure.unitNotFound(let unit):
            return error(
                "RequirementNotMet",
                [
                    "event": .string(operation),
                    "message": LocalizedText(
                        vi: "Danh bạ không có đơn vị \(unit).", en: "The directory has no unit \(unit)."
                    ).json,
                ])
        case CaseEngine.Failure.keyReused(let key, let id):
            return error(
                "KeyReused",
                [
                    "key": .string(key), "case": .string(id),
                    "message": LocalizedText(
                        vi: "Khóa \(key) đã được dùng cho một yêu cầu khác; hãy dùng khóa mới.",
                        en: "The key \(key) was used for something else; use a new one."
                    ).json,
                ])
        case CaseEngine.Failure.caseExists(let id, let workflow):
            return error(
                "CaseExists",
                [
                    "case": .string(id), "workflow": .string(workflow),
                    "message": LocalizedText(
                        vi: "Đã có hồ sơ \(id) cùng nội dung; hãy dùng hồ sơ đó.",
                        en: "There is the case \(id) for the same already; use that one."
                    ).json,
                ])
        case CaseEngine.Failure.documentFull(let id, let bytes):
            return error(
                "RequirementNotMet",
                [
                    "event": .string(operation),
                    "message": LocalizedText(
                        vi: "Hồ sơ \(id) đã đầy (\(bytes) byte); hãy rút gọn nội dung rồi gửi lại.",
                        en: "Case \(id) is full (\(bytes) bytes); shorten what you enter and send it again."
                    ).json,
                ])
        case CaseEngine.Failure.busy(let id): return unavailable("others keep changing case \(id)")
        case let refusal as Refusal: return translate(refusal, operation: operation, caseID: caseID)
        default: return problem
        }
    }

    private func translate(_ refusal: Refusal, operation: String, caseID: String) -> VarlinkError {
        let message = refusal.message.json
        switch refusal {
        case .eventNotAccepted(let event, let state, let accepted):
            return error(
                "EventNotAccepted",
                [
                    "case": .string(caseID), "event": .string(event), "state": .string(state),
                    "accepted": .array(accepted.map(JSON.string)), "message": message,
                ])
        case .versionConflict(let expected, let actual):
            return error(
                "VersionConflict",
                ["case": .string(caseID), "expected": .int(expected), "actual": .int(actual), "message": message])
        case .notAllowed(_, let roles): return notAllowed(operation, roles: roles, refusal.message)
        case .excluded(_, let role): return notAllowed(operation, roles: [role], refusal.message)
        case .invalidForm(let form, let violations):
            return error(
                "InvalidForm",
                [
                    "form": .string(form),
                    "violations": .array(
                        violations.map { violation in
                            [
                                "pointer": .string(violation.pointer.description),
                                "keyword": .string(violation.keyword),
                                "message": LocalizedText(
                                    vi: violation.message(.vi, titles: nil), en: violation.message(.en, titles: nil)
                                ).json,
                            ]
                        }), "message": message,
                ])
        case .formMissing(_, let form):
            return error("InvalidForm", ["form": .string(form), "violations": [], "message": message])
        case .ballotRefused(let ballot, let reason):
            return error(
                "BallotRefused", ["ballot": .string(ballot), "reason": .string(reason.name), "message": message])
        case .formUnexpected, .requirementNotMet, .elementNotFound, .subjectMissing, .timerNotFound,
            .repairRefused:
            return error("RequirementNotMet", ["event": .string(operation), "message": message])
        }
    }
}
