import JSONCore

/// Everything that one command makes true, atomic as a whole: the changed cases, the messages, and the command's key.
public struct Transaction: Sendable, Equatable {
    public var changes: [CaseChange]
    public var messages: [OutboxMessage]
    /// Nil for what no client asked for (a timer).
    public var request: Request?

    public init(changes: [CaseChange], messages: [OutboxMessage] = [], request: Request? = nil) {
        self.changes = changes
        self.messages = messages
        self.request = request
    }

    /// A client's idempotency key. The same key of the same scope is carried out once; its answer is kept with the event.
    public struct Request: Sendable, Equatable {
        /// Whose key it is (the peer and the person), so that nobody can use another's.
        public var scope: String
        public var key: String
        /// SHA-256 of what was asked, so that a key used again for something else is found.
        public var digest: String

        public init(scope: String, key: String, digest: String) {
            self.scope = scope
            self.key = key
            self.digest = digest
        }

        public init(json: JSONObject) throws(JSONFieldError) {
            self.init(scope: try json.string("scope"), key: try json.string("key"), digest: try json.string("digest"))
        }

        public var json: JSONObject { ["scope": .string(scope), "key": .string(key), "digest": .string(digest)] }
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            changes: try json.list("changes", CaseChange.init(json:)),
            messages: try json.list("messages", OutboxMessage.init(json:)),
            request: try json.optionalObject("request") == nil ? nil : try json.value("request", Request.init(json:)))
    }

    public var json: JSONObject {
        var json: JSONObject = [
            "changes": .array(changes.map { .object($0.json) }), "messages": .array(messages.map { .object($0.json) }),
        ]
        if let request { json["request"] = .object(request.json) }
        return json
    }
}
