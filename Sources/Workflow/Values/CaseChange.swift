import JSONCore

/// What one command makes of one case: the case afterwards and everything that must become true with it.
public struct CaseChange: Sendable, Equatable {
    /// The version that the case must still have; 0 when this opens it.
    public var expectedVersion: Int
    /// The case afterwards.
    public var after: Case
    public var events: [Event]
    /// What waits for whom afterwards.
    public var tasks: [CaseTask]
    /// Principals who may read the case; nil when they are as before.
    public var readers: [String]?
    /// Values that the case can be found by (the definition's `index`); nil when they are as before.
    public var fields: [String: String]?
    /// What some readers must not find the case by; nil when it is as before.
    public var hiddenFields: [HiddenField]?

    /// A field that a reader may not see.
    public struct HiddenField: Sendable, Hashable {
        public var reader: String
        public var field: String

        public init(reader: String, field: String) {
            self.reader = reader
            self.field = field
        }
    }

    public init(
        expectedVersion: Int, after: Case, events: [Event], tasks: [CaseTask], readers: [String]? = nil,
        fields: [String: String]? = nil, hiddenFields: [HiddenField]? = nil
    ) {
        self.expectedVersion = expectedVersion
        self.after = after
        self.events = events
        self.tasks = tasks
        self.readers = readers
        self.fields = fields
        self.hiddenFields = hiddenFields
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        var fields: [String: String]?
        if let object = try json.optionalObject("fields") {
            fields = [:]
            for name in object.keys { fields?[name] = try object.string(name) }
        }
        self.init(
            expectedVersion: try json.int("expectedVersion"), after: try json.value("case", Case.init(json:)),
            events: try json.list("events", Event.init(json:)), tasks: try json.list("tasks", CaseTask.init(json:)),
            readers: try json.optionalStrings("readers"), fields: fields,
            hiddenFields: json["hiddenFields"].map { $0.isNull } ?? true
                ? nil
                : try json.list("hiddenFields") { (hidden) throws(JSONFieldError) in
                    HiddenField(reader: try hidden.string("reader"), field: try hidden.string("field"))
                })
    }

    public var json: JSONObject {
        var json: JSONObject = [
            "expectedVersion": .int(expectedVersion), "case": .object(after.json),
            "events": .array(events.map { .object($0.json) }), "tasks": .array(tasks.map { .object($0.json) }),
        ]
        if let readers { json["readers"] = .array(readers.map(JSON.string)) }
        if let fields {
            json["fields"] = .object(
                JSONObject(fields.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }) { $1 })
        }
        if let hiddenFields {
            json["hiddenFields"] = .array(
                hiddenFields.map { ["reader": .string($0.reader), "field": .string($0.field)] })
        }
        return json
    }
}
