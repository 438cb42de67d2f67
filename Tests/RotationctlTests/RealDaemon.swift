/// The real daemon with its plugins, under the rehearsal clock, with the sample directory imported; the caller is a
/// gateway.
struct RealDaemon {
    /// - Parameter more: Settings, put over those that it has here.
    static func with(_ more: [String] = [], _ body: (Tool) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let programs = Tool.programs.path
        let settings =
            [
                "listen=\(folder.path)/socket", "socket_mode=0600", "clock=rehearsal", "gateways=0", "notifications=",
                "plugins=\(programs)", "storage=exec:storage-sqlite --database \(folder.path)/db.sqlite",
            ] + more
        // Its log ends with its errors and begins with a line that says when it is ready.
        let daemon = try RunningTool(
            ["-c", #"exec "$@" 2>&1"#, "sh", programs + "/rotationd", "--config", Tool.file("config/rotationd.yaml")]
                + settings.flatMap { ["--set", $0] }, ["PATH": "/usr/bin:/bin"])
        var log = ""
        while !log.contains(" ready on "), let line = await daemon.line() { log += line }
        defer { withExtendedLifetime(folder) {} }
        do {
            let tool = Tool(socket: folder.path + "/socket")
            let imported = try await tool("directory", "import", Tool.file("config/directory"))
            guard imported.status == 0 else { throw Failed(reason: imported.errors + log) }
            try await body(tool)
        } catch {
            daemon.process.terminate()
            _ = await daemon.end()
            throw error
        }
        daemon.process.terminate()
        _ = await daemon.end()
    }

    struct Failed: Error {
        let reason: String
    }
}
