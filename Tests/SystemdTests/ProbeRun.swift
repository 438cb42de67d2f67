import Foundation

/// A real child process, systemd-probe, in an environment of the test's choosing.
struct ProbeRun {
    let output: String
    let errors: String

    /// - Parameter launcher: shell text that prepares descriptors and variables and execs `"$@"`, the probe.
    init(
        _ arguments: String..., environment: [String: String] = [:], launcher: String = #"exec "$@""#,
        input: FileHandle = .nullDevice
    ) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", launcher, "launcher", Self.probe] + arguments
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { given, _ in given }
        process.standardInput = input
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // The little that the probe prints fits into both pipes, so reading one after the other does not block it.
        self.output = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        self.errors = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
    }

    /// The probe lies beside the test bundle that runs.
    private static let probe = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "systemd-probe").path
}
