import ArgumentParser

/// A table of the directory, as imports name it. What a table refers to comes before it.
enum DirectoryTable: String, CaseIterable, ExpressibleByArgument {
    case units, officials, posts, delegations

    /// By the beginning of the file's name.
    init?(file: String) {
        let name = file.split(separator: "/").last ?? ""
        guard let table = Self.allCases.first(where: { name.hasPrefix($0.rawValue) }) else { return nil }
        self = table
    }

    func title(_ messages: Messages) -> String {
        switch self {
        case .units: messages.units
        case .officials: messages.officials
        case .posts: messages.posts
        case .delegations: messages.delegationsTable
        }
    }
}
