import Varlink

/// Serves `org.rotationd.Plugin`, which every plugin answers.
public enum PluginService {
    /// - Parameter probe: Whether the plugin can work now.
    public static func interface(
        _ description: PluginDescription, probe: @escaping @Sendable () async -> PluginState
    ) -> ServedInterface {
        ServedInterface(
            PluginInterfaces.plugin,
            handlers: [
                "Describe": .unary { _ in description.json },
                "Probe": .unary { _ in await probe().json },
            ])
    }
}
