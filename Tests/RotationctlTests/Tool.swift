import Foundation
import JSONCore
import Testing

/// The real rotationctl, run as a process.
struct Tool {
    /// What a run left behind.
    struct Run {
        let status: Int32
        /// The signal that ended it, if one did.
        let signal: Int32?
        let output: String
        let errors: String

        var lines: [String] {
            output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        }

        /// The output as one JSON value a line.
        func json() throws -> [JSON] { try lines.map { try JSON(parsing: $0) } }
    }

    var socket: String?
    var environment: [String: String] = [:]

    /// Programs lie beside the test bundle that runs.
    static let programs = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    /// The repository's files.
    static func file(_ path: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../" + path).standardizedFileURL.path
    }

    func callAsFunction(_ arguments: String..., input: String = "") async throws -> Run {
        try await run(arguments, input: input)
    }

    func run(_ arguments: [String], input: String = "") async throws -> Run {
        let process = try start(arguments)
        process.write(input)
        return await process.end()
    }

    func start(_ arguments: [String], shell: String = #"exec "$@""#) throws -> RunningTool {
        var environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"]
        environment["ROTATIOND_SOCKET"] = socket ?? "/nonexistent/socket"
        environment.merge(self.environment) { $1 }
        return try RunningTool(
            ["-c", shell, "sh", Self.programs.appending(path: "rotationctl").path] + arguments, environment)
    }
}
