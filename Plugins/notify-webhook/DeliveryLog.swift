import Foundation
import OrderedCollections

/// Which endpoint has taken which message, so that a message that comes again goes to the others only. The newest are
/// remembered, in a file with a line for each, which outlives a restart.
actor DeliveryLog {
    /// Messages times endpoints: months of a district.
    private static let most = 10_000

    private let path: String
    private var lines: OrderedSet<String>
    private let file: FileHandle

    init(path: String) throws {
        self.path = path
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        // A line that was cut off by a crash matches nothing.
        lines = OrderedSet(text.split(separator: "\n").suffix(Self.most).map(String.init))
        file = try Self.rewrite(path, lines)
    }

    /// - Returns: The file, at its end.
    private static func rewrite(_ path: String, _ lines: OrderedSet<String>) throws -> FileHandle {
        try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(filePath: path), options: .atomic)
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seekToEnd()
        return file
    }

    func contains(_ id: String, at endpoint: String) -> Bool { lines.contains("\(endpoint) \(id)") }

    /// - Throws: When it cannot be written; until a restart it is remembered all the same.
    func add(_ id: String, at endpoint: String) throws {
        let line = "\(endpoint) \(id)"
        guard lines.append(line).inserted else { return }
        if lines.count > 2 * Self.most { lines.removeFirst(Self.most) }
        try file.write(contentsOf: Data("\(line)\n".utf8))
    }
}
