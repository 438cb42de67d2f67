import Foundation

/// A process that runs, its ends of the pipes read by threads of their own.
final class RunningTool: Sendable {
    let process: Process
    private let input = Pipe()
    private let output: LineReader
    private let errors: LineReader

    init(_ arguments: [String], _ environment: [String: String]) throws {
        process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = arguments
        process.environment = environment
        let (out, err) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = out
        process.standardError = err
        output = LineReader(out.fileHandleForReading)
        errors = LineReader(err.fileHandleForReading)
        try process.run()
    }

    /// Gives it all that it will ever read.
    func write(_ text: String) {
        try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try? input.fileHandleForWriting.close()
    }

    /// The next line of standard output; nil after the last.
    func line() async -> String? { await output.next() }

    func end() async -> Tool.Run {
        let text = await output.rest()
        let errors = await errors.rest()
        process.waitUntilExit()
        let isSignal = process.terminationReason == .uncaughtSignal
        return Tool.Run(
            status: isSignal ? -1 : process.terminationStatus, signal: isSignal ? process.terminationStatus : nil,
            output: text, errors: errors)
    }
}
