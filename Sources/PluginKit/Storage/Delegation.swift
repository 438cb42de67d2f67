import JSONCore
import Workflow

/// A deputy may act for an official from one day to another, both included.
public struct Delegation: Sendable, Equatable {
    public var id: String
    public var official: String
    public var deputy: String
    /// For this role only.
    public var role: String?
    public var from: LocalDate
    public var to: LocalDate
    /// The paper that says so.
    public var document: String?

    public init(
        id: String, official: String, deputy: String, role: String? = nil, from: LocalDate, to: LocalDate,
        document: String? = nil
    ) {
        self.id = id
        self.official = official
        self.deputy = deputy
        self.role = role
        self.from = from
        self.to = to
        self.document = document
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), official: try json.string("official"), deputy: try json.string("deputy"),
            role: try json.optionalString("role"), from: try json.date("from"), to: try json.date("to"),
            document: try json.optionalString("document"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "official": .string(official), "deputy": .string(deputy), "role": JSON(role),
            "from": JSON(from), "to": JSON(to), "document": JSON(document),
        ]
        return json.withoutNulls
    }
}
