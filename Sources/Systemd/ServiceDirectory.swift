/// The folders that the service manager makes for a service and names in its environment; see systemd.exec(5).
public enum ServiceDirectory: String, Sendable, CaseIterable {
    /// `StateDirectory=`, in /var/lib: what must outlive a reboot.
    case state = "STATE_DIRECTORY"
    /// `RuntimeDirectory=`, in /run: gone when the service stops.
    case runtime = "RUNTIME_DIRECTORY"
    /// `ConfigurationDirectory=`, in /etc: what an administrator edits.
    case configuration = "CONFIGURATION_DIRECTORY"
}
