import JSONCore

/// A role that may read cases, beside the person whom a case is about: he reads all of it that is not restricted.
public struct ReaderDefinition: Sendable {
    public let role: String
    /// Only cases in these states; in any when nil.
    public let states: [String]?
    /// Only these places of the document, and that something happened; everything that is not restricted when nil.
    public let sees: [JSONPointer]?
}

/// Places of the document, and what comes from them in forms and events, that only some of the readers see.
public struct RestrictedPart: Sendable {
    public let places: [JSONPointer]
    /// The person whom the case is about sees them only when his own role is among these, whatever else he is.
    public let readers: [String]
}
