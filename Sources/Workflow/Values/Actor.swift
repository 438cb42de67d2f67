import JSONCore

/// Who did something.
public struct Actor: Sendable, Equatable {
    /// The official who acted; nil for the system (a timer).
    public var official: String?
    /// The official for whom a deputy acted, under a delegation.
    public var onBehalfOf: String?
    /// The gateway that vouches for the person, when it was not the person's own login.
    public var gateway: String?

    public init(official: String?, onBehalfOf: String? = nil, gateway: String? = nil) {
        self.official = official
        self.onBehalfOf = onBehalfOf
        self.gateway = gateway
    }

    /// The engine itself.
    public static let system = Actor(official: nil)

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            official: try json.optionalString("official"), onBehalfOf: try json.optionalString("onBehalfOf"),
            gateway: try json.optionalString("gateway"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "official": JSON(official), "onBehalfOf": JSON(onBehalfOf), "gateway": JSON(gateway),
        ]
        return json.withoutNulls
    }
}
