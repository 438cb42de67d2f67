/// A plugin that is of another kind, or of another edition of its contract, than what it is to be used for.
public struct PluginMismatch: Error, Equatable, CustomStringConvertible {
    public let expected: PluginDescription.Kind
    public let found: PluginDescription

    public var description: String {
        if found.kind != expected {
            return "the plugin \(found.name) \(found.version) is a \(found.kind.rawValue) plugin; "
                + "a \(expected.rawValue) plugin is wanted here"
        }
        return """
            the plugin \(found.name) \(found.version) speaks edition \(found.contract) of the \(expected.rawValue) \
            contract, this program edition \(PluginDescription.contract); install versions that belong together
            """
    }
}
