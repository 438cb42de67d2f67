/// Why a text is not the YAML that was asked for, and where.
public struct YAMLError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, in English, without the place.
    public let reason: String
    public let position: YAMLPosition

    public init(reason: String, position: YAMLPosition) {
        self.reason = reason
        self.position = position
    }

    public var description: String { "\(position): \(reason)" }
}
