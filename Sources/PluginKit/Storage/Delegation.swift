import JSONCore
import Workflow

/// A deputy may act for an official from one day to another, both included.
public struct Delegation: Sendable, Equatable {
    /// Whether the deputy has to accept before it gives any right.
    public enum Acceptance: Sendable, Equatable {
        case notRequired
        case awaited
        case accepted(on: LocalDate)
    }

    public var id: String
    public var official: String
    public var deputy: String
    /// For this role only.
    public var role: String?
    public var from: LocalDate
    public var to: LocalDate
    /// The paper that says so.
    public var document: String?
    public var acceptance: Acceptance

    public init(
        id: String, official: String, deputy: String, role: String? = nil, from: LocalDate, to: LocalDate,
        document: String? = nil, acceptance: Acceptance = .notRequired
    ) {
        self.id = id
        self.official = official
        self.deputy = deputy
        self.role = role
        self.from = from
        self.to = to
        self.document = document
        self.acceptance = acceptance
    }

    /// Whether it gives the deputy rights, on the days on which it holds.
    public var isInForce: Bool { acceptance != .awaited }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), official: try json.string("official"), deputy: try json.string("deputy"),
            role: try json.optionalString("role"), from: try json.date("from"), to: try json.date("to"),
            document: try json.optionalString("document"), acceptance: try Acceptance(json: json))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "official": .string(official), "deputy": .string(deputy), "role": JSON(role),
            "from": JSON(from), "to": JSON(to), "document": JSON(document),
            "acceptance": .string(acceptance.word), "acceptedOn": JSON(acceptance.acceptedOn),
        ]
        return json.withoutNulls
    }
}

extension Delegation.Acceptance {
    /// From the members `acceptance` and `acceptedOn`.
    public init(json: JSONObject) throws(JSONFieldError) {
        let word = try json.string("acceptance")
        guard let acceptance = Self(word: word, on: try json.optionalDate("acceptedOn")) else {
            throw JSONFieldError(
                field: "acceptance", expected: "not_required, awaited, or accepted with acceptedOn, not \(word)")
        }
        self = acceptance
    }

    /// - Parameters:
    ///   - word: `not_required`, `awaited` or `accepted`.
    ///   - day: When it was accepted.
    public init?(word: String, on day: LocalDate?) {
        switch (word, day) {
        case ("not_required", nil): self = .notRequired
        case ("awaited", nil): self = .awaited
        case ("accepted", let day?): self = .accepted(on: day)
        default: return nil
        }
    }

    public var word: String {
        switch self {
        case .notRequired: "not_required"
        case .awaited: "awaited"
        case .accepted: "accepted"
        }
    }

    public var acceptedOn: LocalDate? { if case .accepted(let day) = self { day } else { nil } }
}
