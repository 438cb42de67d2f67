import Glibc
import JSONCore
import PluginKit
import Subprocess
import SystemPackage
import Systemd

/// Hands each notification to a program, whose exit status is the outcome.
struct CommandNotifier: Notifier {
    static let version = "1.0.0"
    /// Of what the program writes to standard error, only the end is kept.
    private static let mostErrorBytes = 4096

    private let settings: CommandSettings
    private let workingDirectory: String
    private let slots: Slots

    init(_ settings: CommandSettings) {
        self.settings = settings
        workingDirectory = settings.workingDirectory ?? ServiceManager.directories(.state).first ?? "/"
        slots = Slots(settings.concurrency)
    }

    func probe() -> PluginState {
        guard let program = settings.program else { return .failing(Self.nothingSet(settings)) }
        guard access(program, X_OK) == 0 else {
            return .failing("\(program) cannot be executed: \(String(cString: strerror(errno)))")
        }
        return .ready
    }

    private static func nothingSet(_ settings: CommandSettings) -> String { "no program is set in \(settings.file)" }

    func deliver(_ notification: Notification) async -> DeliveryOutcome {
        guard let program = settings.program else {
            return .retry(afterSeconds: 3600, reason: Self.nothingSet(settings))
        }
        let input = JSON.object(notification.json).bytes() + [UInt8(ascii: "\n")]
        return await slots.withSlot { await run(program, input) }
    }

    private func run(_ program: String, _ input: [UInt8]) async -> DeliveryOutcome {
        var options = PlatformOptions()
        // Ctrl-C at the terminal is for the daemon, which lets what runs come to its end.
        options.createSession = true
        do {
            let result = try await Subprocess.run(
                .path("/proc/self/exe"),
                arguments: Arguments(
                    Supervisor.arguments(
                        parent: getpid(), seconds: settings.timeLimitSeconds, program: program,
                        arguments: settings.arguments)),
                environment: .custom(environment), workingDirectory: FilePath(workingDirectory),
                platformOptions: options, input: .inputWriter, output: .discarded, error: .sequence
            ) { execution in
                async let end = Self.end(of: execution.standardError)
                // Who does not read all of it may still have delivered it.
                _ = try? await execution.standardInputWriter.write(input)
                try? await execution.standardInputWriter.finish()
                return await end
            }
            return outcome(result.terminationStatus, errors: result.closureResult)
        } catch {
            return .retry(afterSeconds: settings.retrySeconds, reason: "\(program) could not be started: \(error)")
        }
    }

    private var environment: [Environment.Key: String] {
        var environment: [Environment.Key: String] = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
            "HOME": workingDirectory,
        ]
        if let folder = getenv("CREDENTIALS_DIRECTORY") {
            environment["CREDENTIALS_DIRECTORY"] = String(cString: folder)
        }
        return environment
    }

    private static func end(of errors: SubprocessOutputSequence) async -> String {
        var bytes: [UInt8] = []
        do {
            for try await chunk in errors {
                bytes += chunk.withUnsafeBytes { Array($0) }
                bytes.removeFirst(max(0, bytes.count - mostErrorBytes))
            }
        } catch {
            // What came until then.
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func outcome(_ status: TerminationStatus, errors: String) -> DeliveryOutcome {
        let line = errors.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }
        let said = line.map { String($0).oneLine(300) }
        func retry(_ reason: String) -> DeliveryOutcome {
            .retry(afterSeconds: settings.retrySeconds, reason: reason)
        }
        switch status {
        case .exited(0): return .delivered
        case .exited(EX_TEMPFAIL): return retry(said ?? "the program asked for another attempt (75)")
        case .exited(let code):
            return .rejected(reason: said ?? "the program ended with \(code) and wrote nothing to standard error")
        case .signaled(Supervisor.timeIsUp):
            return retry("the program did not end within \(settings.timeLimitSeconds) s and was killed")
        case .signaled(let signal): return retry("the program was ended by signal \(signal)")
        }
    }
}
