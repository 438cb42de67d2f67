/// Where a watch stands: the position of the store's newest event that it has seen, and the beginning of that event's hash.
/// Only with the hash is a cursor found to be lost when an older backup was restored and the position has become another
/// event's.
struct WatchCursor: Equatable, Sendable, CustomStringConvertible {
    let position: Int
    private let hash: String

    private static let hashLetters = 12

    /// Before the first event.
    static let beginning = WatchCursor(position: 0, hash: "")

    init(position: Int, hash: String) {
        self.position = position
        self.hash = String(hash.prefix(Self.hashLetters))
    }

    /// Nil for what ``description`` does not give.
    init?(_ text: String) {
        if text == Self.beginning.description {
            self = .beginning
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let position = Int(parts[0]), position > 0, parts[1].count == Self.hashLetters else {
            return nil
        }
        self.init(position: position, hash: String(parts[1]))
    }

    var description: String { position == 0 ? "0" : "\(position)-\(hash)" }
}
