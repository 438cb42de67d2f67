import Foundation
import PluginKit
import Workflow

/// The folder beside a database in which the plugin keeps copies of it. A file that it did not name it never touches.
struct BackupFolder: Sendable {
    let path: String
    /// The beginning of the store's id, a part of every name: several stores may share a folder.
    private let store: String

    init(database: String, storeID: String) {
        path = URL(filePath: database).deletingLastPathComponent().appending(path: "backups").path
        store = String(storeID.prefix(8))
    }

    func file(_ kind: StoreBackup.Kind, madeAt: Timestamp) -> String {
        "\(path)/\(Self.text(madeAt))-\(kind.rawValue)-\(store)\(Self.suffix)"
    }

    /// What ``file(_:madeAt:)`` is called until it is whole.
    static func part(of file: String) -> String {
        let url = URL(filePath: file)
        return url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent)\(partSuffix)").path
    }

    /// Makes it when it is not there.
    func make() throws {
        guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw POSIXError.current }
    }

    /// The backups of this store, newest first.
    func list() -> [StoreBackup] {
        names.compactMap(backup).sorted { ($0.madeAt, $0.path) > ($1.madeAt, $1.path) }
    }

    /// Removes scheduled backups, the oldest first, until only so many remain.
    /// - Parameter file: Stays in any case: a clock that was set back makes the newest look old.
    /// - Returns: The paths of those removed.
    func prune(keeping count: Int, besides file: String) -> [String] {
        list().filter { $0.kind == .scheduled && $0.path != file }.dropFirst(count - 1).map(\.path)
            .filter { unlink($0) == 0 }
    }

    /// Removes what a plugin that was killed left half written.
    func removeParts() {
        for name in names where name.hasPrefix(".") && name.hasSuffix(Self.partSuffix) {
            let file = String(name.dropFirst().dropLast(Self.partSuffix.count))
            if parse(file) != nil { unlink("\(path)/\(name)") }
        }
    }

    // MARK: - Names

    private static let suffix = ".sqlite"
    private static let partSuffix = ".part"

    private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

    /// `20220729T020000.000Z`: no colons, which other systems' file names cannot have.
    static func text(_ time: Timestamp) -> String { time.description.filter { $0 != "-" && $0 != ":" } }

    private func backup(_ name: String) -> StoreBackup? {
        guard let (kind, madeAt) = parse(name) else { return nil }
        let file = "\(path)/\(name)"
        var status = stat()
        guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return StoreBackup(path: file, kind: kind, madeAt: madeAt, bytes: Int(status.st_size))
    }

    private func parse(_ name: String) -> (StoreBackup.Kind, Timestamp)? {
        guard name.hasSuffix(Self.suffix) else { return nil }
        let parts = name.dropLast(Self.suffix.count).split(separator: "-", omittingEmptySubsequences: false)
        let numbers = /([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2}\.[0-9]{3}Z)/
        guard parts.count == 3, parts[2] == store, let kind = StoreBackup.Kind(rawValue: String(parts[1])),
            let time = parts[0].wholeMatch(of: numbers)?.output,
            let madeAt = Timestamp("\(time.1)-\(time.2)-\(time.3)T\(time.4):\(time.5):\(time.6)")
        else { return nil }
        return (kind, madeAt)
    }
}
