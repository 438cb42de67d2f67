import Foundation
import Testing

/// Programs in C that take a place in a bed's units; see the folder Probe.
enum Probe: String {
    case sandbox, clock, plugin

    /// Compiles it and puts it where every unit may execute it.
    /// - Returns: Its path in the bed.
    func install(in bed: Bed) async throws -> String {
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Probe/\(rawValue).c").path
        let inside = "/usr/lib/test-\(rawValue)"
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        let kind = self == .clock ? ["-shared", "-fPIC"] : []
        compiler.arguments =
            ["clang", "-Wall", "-Wextra", "-Werror", "-O1"] + kind + ["-o", try bed.path(inside), source]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        return inside
    }
}
