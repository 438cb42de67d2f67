import Varlink

/// The interfaces for clients, as their files in `Interfaces` describe them.
public enum DaemonInterfaces {
    public static let workflow = parse(PackageResources.org_rotationd_Workflow_varlink)
    public static let directory = parse(PackageResources.org_rotationd_Directory_varlink)
    public static let manager = parse(PackageResources.org_rotationd_Manager_varlink)
    public static let reports = parse(PackageResources.org_rotationd_Reports_varlink)

    private static func parse(_ bytes: [UInt8]) -> InterfaceDescription {
        do {
            return try InterfaceDescription(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            // They are part of the program and every test reads them.
            fatalError("\(error)")
        }
    }
}
