import JSONCore

/// A person of the directory.
public struct Official: Sendable, Equatable {
    public var id: String
    public var fullName: String
    /// The parts of the name by which people are sorted; empty where the name has no such part.
    public var familyName: String
    public var middleName: String
    public var givenName: String
    /// The name of the person's account on the server.
    public var login: String?
    public var staffCategory: String?
    public var email: String?
    public var phone: String?
    public var preferences: Preferences

    /// - Parameters:
    ///   - familyName: With `middleName` and `givenName`, derived from the full name when all three are nil.
    public init(
        id: String, fullName: String, familyName: String? = nil, middleName: String? = nil, givenName: String? = nil,
        login: String? = nil, staffCategory: String? = nil, email: String? = nil, phone: String? = nil,
        preferences: Preferences = Preferences()
    ) {
        let derived = familyName == nil && middleName == nil && givenName == nil ? NameParts(fullName) : nil
        self.id = id
        self.fullName = fullName
        self.familyName = familyName ?? derived?.family ?? ""
        self.middleName = middleName ?? derived?.middle ?? ""
        self.givenName = givenName ?? derived?.given ?? ""
        self.login = login
        self.staffCategory = staffCategory
        self.email = email
        self.phone = phone
        self.preferences = preferences
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            id: try json.string("id"), fullName: try json.string("fullName"),
            familyName: try json.string("familyName"), middleName: try json.string("middleName"),
            givenName: try json.string("givenName"), login: try json.optionalString("login"),
            staffCategory: try json.optionalString("staffCategory"), email: try json.optionalString("email"),
            phone: try json.optionalString("phone"), preferences: try json.preferences())
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "id": .string(id), "fullName": .string(fullName), "familyName": .string(familyName),
            "middleName": .string(middleName), "givenName": .string(givenName), "login": JSON(login),
            "staffCategory": JSON(staffCategory), "email": JSON(email), "phone": JSON(phone),
            "preferences": JSON(preferences),
        ]
        return json.withoutNulls
    }
}
