import Foundation

/// What the checks look at: a machine's files, below a root folder, and its programs.
struct Machine: Sendable {
    /// Empty for the machine that this runs on.
    let root: String
    let isAdministrator: Bool
    /// Runs a program of the machine; nil when it is not there.
    let run: @Sendable (_ words: [String]) async -> ProgramRun?

    /// - Parameter root: The folder of another system's tree, whose programs are not run; empty for this machine.
    init(root: String = "") {
        let isHere = root.isEmpty
        self.init(root: root, isAdministrator: geteuid() == 0) { words in
            isHere ? await ProgramRun.of(words, within: 20) : nil
        }
    }

    init(
        root: String, isAdministrator: Bool, run: @escaping @Sendable (_ words: [String]) async -> ProgramRun?
    ) {
        // Paths begin with a slash.
        self.root = root.hasSuffix("/") ? String(root.dropLast()) : root
        self.isAdministrator = isAdministrator
        self.run = run
    }

    /// Whether systemd runs there, as sd_booted(3) finds it out.
    var hasSystemd: Bool { status("/run/systemd/system") != nil }

    // MARK: - Files

    struct Status: Sendable {
        enum Kind { case file, folder, socket, other }
        let kind: Kind
        /// The permissions alone.
        let mode: UInt32
        let user: UInt32
        let group: UInt32
    }

    /// Where a file of the machine is.
    func path(_ path: String) -> String { root + path }

    /// Follows links; nil when there is no such file or it is out of reach.
    func status(_ path: String) -> Status? {
        var status = stat()
        guard stat(self.path(path), &status) == 0 else { return nil }
        let kind: Status.Kind
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .folder
        case S_IFSOCK: kind = .socket
        default: kind = .other
        }
        return Status(kind: kind, mode: status.st_mode & 0o7777, user: status.st_uid, group: status.st_gid)
    }

    func text(_ path: String) -> String? { try? String(contentsOfFile: self.path(path), encoding: .utf8) }

    /// The names in a folder in their order; nil when it is not there or may not be read.
    func names(_ folder: String) -> [String]? {
        try? FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
    }

    /// A folder and all that is in it, as far as it may be read.
    func tree(_ folder: String) -> [String] {
        guard let status = status(folder) else { return [] }
        guard status.kind == .folder else { return [folder] }
        return [folder] + (names(folder) ?? []).flatMap { tree("\(folder)/\($0)") }
    }

    /// Bytes and files that a folder's disk has room for.
    func room(_ folder: String) -> (bytes: Int, files: Int, totalFiles: Int)? {
        var status = statvfs()
        guard statvfs(path(folder), &status) == 0 else { return nil }
        return (Int(status.f_bavail) * Int(status.f_frsize), Int(status.f_favail), Int(status.f_files))
    }

    // MARK: - Accounts

    /// A line of /etc/passwd or /etc/group: name and number.
    private func accounts(_ file: String) -> [(name: String, number: UInt32)] {
        (text(file) ?? "").split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count > 2, let number = UInt32(fields[2]) else { return nil }
            return (String(fields[0]), number)
        }
    }

    func user(_ name: String) -> UInt32? { accounts("/etc/passwd").first { $0.name == name }?.number }
    func group(_ name: String) -> UInt32? { accounts("/etc/group").first { $0.name == name }?.number }

    func userName(_ number: UInt32) -> String {
        accounts("/etc/passwd").first { $0.number == number }?.name ?? String(number)
    }

    func groupName(_ number: UInt32) -> String {
        accounts("/etc/group").first { $0.number == number }?.name ?? String(number)
    }

    // MARK: - Units

    /// The folders of units, those that go before first.
    private static let unitFolders = ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system"]

    /// The names of rotationd's units, without those of channels that nobody uses.
    var units: [String] {
        let names = Self.unitFolders.flatMap { self.names($0) ?? [] }.filter { name in
            name.hasPrefix("rotationd") && [".service", ".socket", ".timer"].contains { name.hasSuffix($0) }
                && isUsed(name)
        }
        return Set(names).sorted()
    }

    /// Whether the unit of a notification plugin is switched on or named in the daemon's configuration. Others are used.
    private func isUsed(_ unit: String) -> Bool {
        guard let name = unit.split(separator: ".").first?.dropPrefix("rotationd-notify-") else { return true }
        let wanted = "/etc/systemd/system/rotationd.socket.wants/rotationd-notify-\(name).socket"
        let settings =
            text("/etc/rotationd/rotationd.yaml")?.split(separator: "\n").map { $0.prefix { $0 != "#" } } ?? []
        return status(wanted) != nil || settings.contains { $0.contains("/run/rotationd/notification/\(name)") }
    }

    /// The lines of a unit and of its drop-ins.
    func unitLines(_ unit: String) -> [String] {
        let files = Self.unitFolders.flatMap { folder in
            ["\(folder)/\(unit)"] + (names("\(folder)/\(unit).d") ?? []).map { "\(folder)/\(unit).d/\($0)" }
        }
        return files.compactMap(text).flatMap { $0.split(separator: "\n").map(String.init) }
    }
}

extension Substring {
    /// What follows the prefix; nil when it does not begin so.
    fileprivate func dropPrefix(_ prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}
