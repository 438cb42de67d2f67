import JSONCore

/// What was made of a request: the digest that it came with and the event that it caused.
public struct RecordedRequest: Sendable, Equatable {
    public var digest: String
    public var caseID: String
    public var version: Int
    public var state: String
    public var workflow: String

    public init(digest: String, caseID: String, version: Int, state: String, workflow: String) {
        self.digest = digest
        self.caseID = caseID
        self.version = version
        self.state = state
        self.workflow = workflow
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            digest: try json.string("digest"), caseID: try json.string("case"), version: try json.int("version"),
            state: try json.string("state"), workflow: try json.string("workflow"))
    }

    public var json: JSONObject {
        [
            "digest": .string(digest), "case": .string(caseID), "version": .int(version), "state": .string(state),
            "workflow": .string(workflow),
        ]
    }
}
