import Foundation

/// What a program that was run to its end has said.
struct ProgramRun: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// Runs a program without input.
    /// - Parameters:
    ///   - words: The program, looked for in PATH, and its arguments.
    ///   - seconds: When it has not ended until then it is killed; nil waits.
    /// - Returns: Nil when it cannot be started.
    static func of(_ words: [String], within seconds: Int? = nil) async -> ProgramRun? {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        guard (try? process.run()) != nil else { return nil }
        let pid = process.processIdentifier
        let watch = seconds.map { seconds in
            Task {
                try await Task.sleep(for: .seconds(seconds))
                kill(pid, SIGKILL)
            }
        }
        async let said = text(output)
        async let complained = text(errors)
        let run = await (said, complained)
        watch?.cancel()
        process.waitUntilExit()
        // What env(1) says of a program that is not there.
        if process.terminationStatus == 127 { return nil }
        return ProgramRun(status: process.terminationStatus, output: run.0, errors: run.1)
    }

    private static func text(_ pipe: Pipe) async -> String {
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
                let data = (try? handle.readToEnd()) ?? Data()
                continuation.resume(returning: String(decoding: data, as: UTF8.self))
            }
        }
    }
}
