import Foundation
import Testing

/// A Debian release on which rotationd is installed. The oldest is the floor, with systemd 252; the other has 257.
enum DebianRelease: String, CaseIterable, CustomTestStringConvertible {
    case bookworm, trixie

    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// A bare system, made by `make test`.
    var tree: String { Self.repository + "/.build/" + rawValue }

    var testDescription: String { rawValue }
}
