import JSONCore
import Varlink

/// Asks a plugin who it is and how it does.
public struct PluginClient: Sendable {
    private let client: VarlinkClient

    public init(_ client: VarlinkClient) { self.client = client }

    /// - Throws: ``PluginMismatch`` when it is of another kind or speaks another edition of the contract; what
    ///   ``VarlinkClient`` throws.
    @discardableResult
    public func describe(expecting kind: PluginDescription.Kind) async throws -> PluginDescription {
        let description = try PluginDescription(json: try await client.call("org.rotationd.Plugin.Describe"))
        guard description.kind == kind, description.contract == PluginDescription.contract else {
            throw PluginMismatch(expected: kind, found: description)
        }
        return description
    }

    public func probe() async throws -> PluginState {
        try PluginState(json: try await client.call("org.rotationd.Plugin.Probe"))
    }
}
