import JSONCore

/// What a check has found, for the person who asked.
struct Finding: Sendable, Equatable {
    enum Verdict: String, Sendable, CaseIterable {
        case good, warning, bad, unchecked
    }

    let verdict: Verdict
    let message: String
    /// What to do.
    let action: String?

    static func good(_ message: String) -> Finding { Finding(verdict: .good, message: message, action: nil) }

    /// It works, and may not for long.
    static func warning(_ message: String, _ action: String) -> Finding {
        Finding(verdict: .warning, message: message, action: action)
    }

    static func bad(_ message: String, _ action: String) -> Finding {
        Finding(verdict: .bad, message: message, action: action)
    }

    /// It could not be looked at, for a reason that the message gives.
    static func unchecked(_ message: String) -> Finding {
        Finding(verdict: .unchecked, message: message, action: nil)
    }

    func json(check: String) -> JSONObject {
        let json: JSONObject = [
            "check": .string(check), "verdict": .string(verdict.rawValue), "message": .string(message),
            "action": JSON(action),
        ]
        return json.filter { $0.value != .null }
    }
}
