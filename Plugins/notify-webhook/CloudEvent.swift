import JSONCore
import PluginKit

/// A notification as a CloudEvent 1.0 in JSON's structured mode.
enum CloudEvent {
    static let contentType = "application/cloudevents+json; charset=utf-8"

    /// - Parameter source: With the id it names the event uniquely among all that the receiver gets.
    static func json(_ notification: Notification, source: String) -> JSON {
        // What the event's own attributes say already, and what only mail programs show.
        let data = notification.json.filter { !["id", "createdAt", "html"].contains($0.key) }
        let event: JSONObject = [
            "specversion": "1.0", "id": .string(notification.id), "source": .string(source),
            "type": .string("org.rotationd.notification." + notification.topic),
            "subject": notification.caseID.isEmpty ? .null : .string(notification.caseID),
            "time": JSON(notification.createdAt), "datacontenttype": "application/json", "data": .object(data),
        ]
        return .object(event.withoutNulls)
    }
}
