import JSONCore
import Varlink

/// Why a command could not do its work, for the person who gave it.
struct Failure: Error {
    let status: ExitStatus
    /// What is wrong, in the person's language.
    let reason: String
    /// More about it, one thing a line.
    var details: [String] = []
    /// What to do.
    var hint: String?
    /// The daemon's refusal, for `--json`.
    var refusal: VarlinkError?

    init(_ status: ExitStatus, _ reason: String, details: [String] = [], hint: String? = nil) {
        self.status = status
        self.reason = reason
        self.details = details
        self.hint = hint
    }

    /// The same, with the place in a file where it arose.
    func at(_ place: String) -> Failure {
        var failure = Failure(status, "\(place): \(reason)", details: details, hint: hint)
        failure.refusal = refusal
        return failure
    }

    /// What goes to standard error.
    /// - Parameter operation: What was being done, and to what.
    func lines(operation: String) -> [String] {
        ["rotationctl: \(operation): \(reason)".printable()] + details.map { "  " + $0.printable() }
            + (hint.map { ["  → " + $0.printable()] } ?? [])
    }

    func json(operation: String) -> JSONObject {
        var json: JSONObject = [
            "error": .string(refusal?.name ?? "rotationctl.\(status)"), "operation": .string(operation),
            "message": .string(reason), "exitStatus": .int(Int(status.rawValue)),
        ]
        if !details.isEmpty { json["details"] = .array(details.map(JSON.string)) }
        if let hint { json["hint"] = .string(hint) }
        if let refusal { json["parameters"] = .object(refusal.parameters) }
        return json
    }
}
