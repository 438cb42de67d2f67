import JSONCore

/// One way in which a value breaks its schema.
public struct Violation: Sendable, Equatable {
    /// The place in the value. A missing member has the pointer that it would have, an unknown one its own.
    public let pointer: JSONPointer
    /// The schema keyword that is broken; `false` for the schema `false`, `depth` for a value too deep to check.
    public let keyword: String
    /// What the keyword asks and what was found, e.g. `{"minimum": 1, "actual": 0}`.
    public let detail: JSONObject
    /// How many leading tokens of ``pointer`` lead to the value that was validated, see ``Schema/validate(_:root:)``.
    public let rootLength: Int

    public init(pointer: JSONPointer, keyword: String, detail: JSONObject = [:], rootLength: Int = 0) {
        self.pointer = pointer
        self.keyword = keyword
        self.detail = detail
        self.rootLength = rootLength
    }
}
