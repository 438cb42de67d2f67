import JSONCore
import Workflow

/// A message with the deliveries that it is taken apart into.
public struct AddressedMessage: Sendable, Equatable {
    /// The message's id.
    public var message: String
    public var deliveries: [Delivery]

    public init(message: String, deliveries: [Delivery]) {
        self.message = message
        self.deliveries = deliveries
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(message: try json.string("message"), deliveries: try json.list("deliveries", Delivery.init(json:)))
    }

    public var json: JSONObject {
        ["message": .string(message), "deliveries": JSON(objects: deliveries.map(\.json))]
    }
}
