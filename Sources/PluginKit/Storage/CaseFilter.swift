import JSONCore

/// Which cases to find; what is nil does not matter, what is given must hold together.
public struct CaseFilter: Sendable, Equatable {
    public var workflow: String?
    /// One of these.
    public var states: [String]?
    public var subject: String?
    public var unit: String?
    /// One of these, at most 1000.
    public var units: [String]?
    public var parent: String?
    public var period: String?
    /// Not closed, or closed.
    public var open: Bool?
    /// With an overdue deadline, or without.
    public var overdue: Bool?
    /// Contained in the title, without regard to case and diacritics.
    public var text: String?
    /// Values that the case can be found by.
    public var field: [String: String]?
    /// Any of these principals may read the case.
    public var readers: [String]?
    /// Not by a field that is hidden from any of these, whatever readers may see.
    public var hiddenFrom: [String]?

    public init(
        workflow: String? = nil, states: [String]? = nil, subject: String? = nil, unit: String? = nil,
        units: [String]? = nil, parent: String? = nil, period: String? = nil, open: Bool? = nil, overdue: Bool? = nil,
        text: String? = nil, field: [String: String]? = nil, readers: [String]? = nil, hiddenFrom: [String]? = nil
    ) {
        self.workflow = workflow
        self.states = states
        self.subject = subject
        self.unit = unit
        self.units = units
        self.parent = parent
        self.period = period
        self.open = open
        self.overdue = overdue
        self.text = text
        self.field = field
        self.readers = readers
        self.hiddenFrom = hiddenFrom
    }

    public init(json: JSONObject) throws(JSONFieldError) {
        self.init(
            workflow: try json.optionalString("workflow"), states: try json.optionalStrings("states"),
            subject: try json.optionalString("subject"), unit: try json.optionalString("unit"),
            units: try json.optionalStrings("units"), parent: try json.optionalString("parent"),
            period: try json.optionalString("period"),
            open: try json.optionalBool("open"), overdue: try json.optionalBool("overdue"),
            text: try json.optionalString("text"), field: try json.optionalStringMap("field"),
            readers: try json.optionalStrings("readers"), hiddenFrom: try json.optionalStrings("hiddenFrom"))
    }

    public var json: JSONObject {
        let json: JSONObject = [
            "workflow": JSON(workflow), "states": JSON(states), "subject": JSON(subject), "unit": JSON(unit),
            "units": JSON(units),
            "parent": JSON(parent), "period": JSON(period), "open": JSON(open), "overdue": JSON(overdue),
            "text": JSON(text), "field": JSON(field), "readers": JSON(readers), "hiddenFrom": JSON(hiddenFrom),
        ]
        return json.withoutNulls
    }
}
