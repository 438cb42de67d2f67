import Foundation
import Synchronization
import Testing

/// A booted Debian system: systemd as PID 1 and journald, in namespaces of its own, over a bare tree. See bed.sh.
final class Bed: Sendable {
    let release: DebianRelease
    /// What the system has written is here, over a reboot too.
    let folder: String
    private let layers: [String]
    private let system = Mutex<System?>(nil)

    private struct System {
        /// PID 1 as it is called outside.
        let leader: pid_t
        let script: Process
        /// While this is open, the system lives.
        let hold: FileHandle
    }

    struct BootFailed: Error, CustomStringConvertible {
        let description: String
    }

    /// Why no system can be booted here; nil when one can.
    static let obstacle: String? = {
        if getuid() != 0 { return "only root can boot a system in namespaces" }
        if package == nil { return "no package to install in ROTATIOND_DEB; make test builds one" }
        for release in DebianRelease.allCases
        where !FileManager.default.isExecutableFile(atPath: release.tree + "/lib/systemd/systemd") {
            return "no bare Debian system in \(release.tree); make test makes one"
        }
        return nil
    }()

    /// The package under test.
    static let package: String? = {
        guard let path = ProcessInfo.processInfo.environment["ROTATIOND_DEB"],
            FileManager.default.isReadableFile(atPath: path)
        else { return nil }
        return path
    }()

    /// - Parameter layers: What other beds have written, to stand on: see ``upper``.
    init(_ release: DebianRelease, layers: [String] = []) throws {
        self.release = release
        self.layers = layers
        var template = Array("/tmp/bed-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw BootFailed(description: "mkdtemp: \(errno)") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.folder = folder
        Self.folders.withLock { _ = $0.insert(folder) }
        try FileManager.default.createDirectory(atPath: upper, withIntermediateDirectories: false)
    }

    /// Those of beds that are kept until the test program ends.
    private static let folders: Mutex<Set<String>> = {
        atexit { Bed.removeFolders() }
        return Mutex([])
    }()

    private static func removeFolders() {
        for folder in folders.withLock({ $0 }) { try? FileManager.default.removeItem(atPath: folder) }
    }

    deinit {
        system.withLock { system in
            try? system?.hold.close()
            system?.script.waitUntilExit()
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What the system has written; another bed can stand on it when this one is down.
    var upper: String { folder + "/upper" }

    // MARK: - Life

    func boot() async throws {
        let script = Process()
        script.executableURL = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "bed.sh")
        script.arguments = [folder, (layers + [release.tree]).joined(separator: ":")]
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        script.standardInput = input
        script.standardOutput = output
        script.standardError = errors
        try script.run()
        let told = await Self.blocking { output.fileHandleForReading.readDataToEndOfFile() }
        guard let leader = pid_t(String(decoding: told, as: UTF8.self).trimmingCharacters(in: .newlines)) else {
            let said = await Self.blocking { errors.fileHandleForReading.readDataToEndOfFile() }
            throw BootFailed(description: String(decoding: said, as: UTF8.self))
        }
        let hold = input.fileHandleForWriting
        system.withLock { $0 = System(leader: leader, script: script, hold: hold) }
    }

    /// Stops every service in order, as a machine that is switched off.
    func shutDown() async throws {
        let system = try #require(system.withLock { $0.take() })
        // SIGRTMIN+4 asks systemd for poweroff.target; glibc keeps the first two real-time signals, so RTMIN is 34.
        kill(system.leader, 34 + 4)
        await system.script.whenEnded()
        try system.hold.close()
    }

    /// Ends it at once, as a power cut does.
    func cutPower() async throws {
        let system = try #require(system.withLock { $0.take() })
        try system.hold.close()
        await system.script.whenEnded()
    }

    private func leader() throws -> pid_t { try #require(system.withLock { $0 }, "the bed is down").leader }

    // MARK: - Files

    /// The path from outside of a file inside.
    func path(_ inside: String) throws -> String { "/proc/\(try leader())/root\(inside)" }

    func read(_ file: String) throws -> String { try String(contentsOfFile: path(file), encoding: .utf8) }

    func write(_ text: String, to file: String, mode: mode_t = 0o644) throws {
        let outside = try path(file)
        try FileManager.default.createDirectory(
            atPath: URL(filePath: outside).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try text.write(toFile: outside, atomically: false, encoding: .utf8)
        chmod(outside, mode)
    }

    func exists(_ file: String) throws -> Bool { FileManager.default.fileExists(atPath: try path(file)) }

    // MARK: - Commands

    /// What a command said, on both outputs, and how it ended.
    struct Result: CustomStringConvertible {
        let status: Int32
        let text: String
        var description: String { "status \(status): \(text)" }
    }

    struct CommandFailed: Error, CustomStringConvertible {
        let command: String
        let result: Result
        var description: String { "\(command): \(result)" }
    }

    /// Runs a shell's text as root.
    func attempt(_ command: String) async throws -> Result {
        let inside = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd"]
        let environment = [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG=C.UTF-8", "HOME=/root", "TERM=dumb",
            "SYSTEMD_COLORS=0", "SYSTEMD_PAGER=", "DEBIAN_FRONTEND=noninteractive",
        ]
        let words =
            ["--target", "\(try leader())"] + inside + ["--", "env", "-i"] + environment + ["bash", "-c", command]
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/nsenter")
        process.arguments = words
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = await Self.blocking { output.fileHandleForReading.readDataToEndOfFile() }
        await process.whenEnded()
        return Result(status: process.terminationStatus, text: String(decoding: said, as: UTF8.self))
    }

    /// Runs a shell's text as root, which must end with 0.
    @discardableResult
    func run(_ command: String) async throws -> String {
        let result = try await attempt(command)
        guard result.status == 0 else { throw CommandFailed(command: command, result: result) }
        return result.text
    }

    private static func blocking<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }

    // MARK: - systemd

    /// A property of a unit, as `systemctl show` prints it.
    func show(_ unit: String, _ property: String) async throws -> String {
        try await run("systemctl show --value --property \(property) \(unit)").trimmingCharacters(in: .newlines)
    }

    /// The unit's main process as it is called inside; 0 without one.
    func mainPID(_ unit: String) async throws -> Int { Int(try await show(unit, "MainPID")) ?? 0 }

    /// What the unit and systemd about it have written into the journal.
    func journal(_ unit: String, _ options: String = "") async throws -> String {
        try await run("journalctl --sync; journalctl --no-pager --unit \(unit) \(options)")
    }

    /// Puts a drop-in over a unit.
    func override(_ unit: String, _ text: String) async throws {
        try write(text, to: "/run/systemd/system/\(unit).d/test.conf")
        try await run("systemctl daemon-reload")
    }

    func removeOverride(_ unit: String) async throws {
        try await run("rm -r /run/systemd/system/\(unit).d; systemctl daemon-reload")
    }
}

extension Process {
    /// Returns when it has ended. `waitUntilExit` would turn a run loop, and keep a core busy, in the meantime.
    func whenEnded() async {
        while isRunning { try? await Task.sleep(for: .milliseconds(5)) }
    }
}
