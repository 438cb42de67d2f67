import Foundation
import JSONCore
import Testing

/// systemd's own client speaks with the daemon. It comes with Debian 13, so that on an older system it runs in a tree of
/// that (VARLINKCTL_ROOT, which `make test` builds as root).
@Suite(.timeLimit(.minutes(1)), .enabled(if: Varlinkctl.isThere, "no varlinkctl in VARLINKCTL_ROOT, or not root"))
struct VarlinkctlTests {
    @Test func testSystemdsClientFindsItsWayAround() async throws {
        let daemon = try TestDaemon()
        try await daemon.start()
        try await daemon.importDirectory()

        let info = try await Varlinkctl.run(["info", Varlinkctl.socket], daemon)
        #expect(info.status == 0 && info.text.contains("org.rotationd.Workflow"), "\(info.text)")
        for interface in ["Workflow", "Directory", "Manager"] {
            let shown = try await Varlinkctl.run(
                ["introspect", Varlinkctl.socket, "org.rotationd.\(interface)"], daemon)
            #expect(shown.status == 0 && shown.text.contains("interface org.rotationd.\(interface)"), "\(shown.text)")
        }

        let who = try await Varlinkctl.run(
            ["call", Varlinkctl.socket, "org.rotationd.Directory.WhoAmI", #"{"person":"cb-11"}"#], daemon)
        #expect(try JSON(parsing: who.text)["official"]?["id"] == "cb-11")
        let missing = try await Varlinkctl.run(
            ["call", Varlinkctl.socket, "org.rotationd.Workflow.GetCase", #"{"person":"cb-11","case":"x"}"#], daemon)
        #expect(missing.status != 0 && missing.text.contains("org.rotationd.Workflow.CaseNotFound"))
        let verified = try await Varlinkctl.run(
            ["call", "--more", Varlinkctl.socket, "org.rotationd.Manager.Verify", "{}"], daemon)
        #expect(verified.status == 0 && verified.text.contains(#""done":true"#), "\(verified.text)")
    }
}

private enum Varlinkctl {
    /// The daemon's socket as it is seen in the tree.
    static let socket = "/mnt/s"
    static let root = ProcessInfo.processInfo.environment["VARLINKCTL_ROOT"] ?? ""
    static let isThere = getuid() == 0 && FileManager.default.isExecutableFile(atPath: root + "/usr/bin/varlinkctl")

    static func run(_ arguments: [String], _ daemon: TestDaemon) async throws -> (status: Int32, text: String) {
        let script = """
            mount --bind "$1" "$2/mnt" && mount -t proc proc "$2/proc" || exit 99
            root=$2; shift 2; exec chroot "$root" varlinkctl "$@"
            """
        let output = daemon.folder + "/varlinkctl"
        try? FileManager.default.removeItem(atPath: output)
        let child = try ChildProcess(
            "unshare", ["--mount", "sh", "-c", script, "sh", daemon.folder, root] + arguments, output: output)
        return (await child.exitStatus, try String(contentsOfFile: output, encoding: .utf8))
    }
}
