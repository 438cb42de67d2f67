import JSONCore

/// A person of the directory.
public struct Official: Sendable, Equatable {
    public var id: String
    public var fullName: String
    /// The name of the person's account on the server.
    public var login: String?
    public var staffCategory: String?
    public var block: String?
    public var email: String?
    public var language: String?

    public init(
        id: String, fullName: String, login: String? = nil, staffCategory: String? = nil, block: String? = nil,
        email: String? = nil, language: String? = nil
    ) {
        self.id = id
        self.fullName = fullName
        self.login = login
        self.staffCategory = staffCategory
        self.block = block
        self.email = email
        self.language = language
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), fullName: try json.string("fullName"), login: try json.optionalString("login"),
            staffCategory: try json.optionalString("staffCategory"), block: try json.optionalString("block"),
            email: try json.optionalString("email"), language: try json.optionalString("language"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "fullName": .string(fullName), "login": JSON(login),
            "staffCategory": JSON(staffCategory), "block": JSON(block), "email": JSON(email),
            "language": JSON(language),
        ]
        return json.withoutNulls
    }
}
