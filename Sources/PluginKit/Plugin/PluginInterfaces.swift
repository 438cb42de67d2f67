import Varlink

/// The contracts, as their `.varlink` files describe them.
public enum PluginInterfaces {
    public static let plugin = parse(PackageResources.org_rotationd_Plugin_varlink)
    public static let storage = parse(PackageResources.org_rotationd_Storage_varlink)
    public static let notification = parse(PackageResources.org_rotationd_Notification_varlink)

    private static func parse(_ bytes: [UInt8]) -> InterfaceDescription {
        do {
            return try InterfaceDescription(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            // They are part of the program and every test reads them.
            fatalError("\(error)")
        }
    }
}
