import Foundation

/// A folder of a test's own, removed with the value. Its path is short enough for a socket's address in it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/systemd-tests-\(UInt32.random(in: 0...(.max)))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
