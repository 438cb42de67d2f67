import Glibc
import JSONCore
import Varlink
import Workflow

extension Session {
    /// What went wrong, in words, and the exit status for it.
    func failure(_ error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        case let error as VarlinkError: failure(error)
        case let error as ConnectionError: failure(error)
        case let error as JSONFieldError: Failure(.software, messages.strangeReply("\(error)"))
        case let error as YAMLError: Failure(.data, "\(error)")
        default: Failure(.software, "\(error)")
        }
    }

    private func failure(_ error: ConnectionError) -> Failure {
        switch error.reason {
        case .unreachable(let why):
            if access(socket, F_OK) != 0 {
                let code = errno
                let reason = messages.noSocket(socket, String(cString: strerror(code)))
                if code == EACCES { return Failure(.notAllowed, reason, hint: messages.askForAccess) }
                return Failure(.unavailable, reason, hint: unreachableHint)
            }
            if access(socket, W_OK) != 0 {
                return Failure(.notAllowed, messages.mayNotConnect(socket), hint: messages.askForAccess)
            }
            return Failure(.unavailable, messages.nobodyAnswers(socket, Self.systemReason(why)), hint: unreachableHint)
        case .closedByPeer, .closed, .timedOut, .failed:
            return Failure(.temporary, messages.connectionClosed(socket, "\(error)"), hint: messages.tryAgain)
        case .messageTooLarge(let bytes, let limit): return Failure(.data, messages.tooLarge(bytes, limit))
        case .violation: return Failure(.software, "\(error)")
        }
    }

    /// The system's own words for the number in an error of NIO.
    private static func systemReason(_ text: String) -> String {
        guard let number = text.firstMatch(of: /errno: ([0-9]+)/)?.1, let code = CInt(number) else { return text }
        return String(cString: strerror(code))
    }

    private func failure(_ error: VarlinkError) -> Failure {
        let parameters = error.parameters
        func named(_ member: String) -> String { parameters[member]?.stringValue ?? "" }
        let said = text(parameters["message"])
        // Errors have the same names in all our interfaces, and mean the same.
        let isOurs = error.name.hasPrefix("org.rotationd.")
        var failure: Failure
        switch isOurs ? String(error.name.split(separator: ".").last ?? "") : error.name {
        case "CaseNotFound": failure = Failure(.noInput, messages.noSuchCase(named("case")), hint: messages.listCases)
        case "WorkflowNotFound":
            failure = Failure(.noInput, messages.noSuchWorkflow(named("name")), hint: messages.listWorkflows)
        case "MessageNotFound": failure = Failure(.noInput, said)
        case "ImportNotFound": failure = Failure(.temporary, messages.importLost, hint: messages.tryAgain)
        case "ImportLost": failure = Failure(.temporary, said, hint: messages.tryAgain)
        case "DelegationNotFound": failure = Failure(.noInput, said)
        case "CursorLost": failure = Failure(.data, said, hint: messages.watchAnew)
        case "EventNotAccepted":
            let accepted = parameters["accepted"]?.arrayValue?.compactMap(\.stringValue) ?? []
            failure = Failure(.data, said, hint: accepted.isEmpty ? nil : messages.accepted(accepted))
        case "VersionConflict": failure = Failure(.data, said, hint: messages.lookAgain)
        case "InvalidForm":
            let details = violations(parameters).map(\.text)
            failure = Failure(.data, details.isEmpty ? said : messages.formIsRefused(details.count), details: details)
        case "NotAllowed":
            let roles = parameters["roles"]?.arrayValue?.compactMap(\.stringValue) ?? []
            failure = Failure(.notAllowed, said, hint: roles.isEmpty ? nil : messages.whoMay(roles))
        case "UnitNotFound": failure = Failure(.noInput, said)
        case "UnknownPerson": failure = Failure(.notAllowed, said, hint: messages.askForOfficial)
        case "Unavailable":
            failure = Failure(
                .temporary, said, details: [named("reason")].filter { !$0.isEmpty }, hint: messages.tryAgain)
        case "BackupFailed": failure = Failure(.cannotCreate, messages.backupFailed(named("path"), named("reason")))
        case "RequirementNotMet", "BallotRefused", "CaseExists", "KeyReused", "ClockRefused":
            failure = Failure(.data, said)
        case "org.varlink.service.InvalidParameter":
            failure = Failure(.usage, messages.invalidParameter(named("parameter")))
        case "org.varlink.service.MethodNotFound", "org.varlink.service.MethodNotImplemented",
            "org.varlink.service.InterfaceNotFound":
            failure = Failure(.unavailable, messages.unknownMethod(named("method") + named("interface")))
        case "org.varlink.service.PermissionDenied": failure = Failure(.notAllowed, messages.permissionDenied)
        default: failure = Failure(.software, said.isEmpty ? "\(error)" : said)
        }
        if failure.reason.isEmpty {
            failure = Failure(failure.status, "\(error)", details: failure.details, hint: failure.hint)
        }
        failure.refusal = error
        return failure
    }

    /// The broken rules of an InvalidForm, each in a line that begins with its place.
    func violations(_ parameters: JSONObject) -> [(pointer: JSONPointer, text: String)] {
        (parameters["violations"]?.arrayValue ?? []).map { violation in
            let place = violation["pointer"]?.stringValue ?? ""
            let said = text(violation["message"])
            return (JSONPointer(place) ?? JSONPointer(), said.hasPrefix(place) ? said : "\(place): \(said)")
        }
    }
}
