import ArgumentParser
import PluginKit

/// A table of the directory, as imports name it. What a table refers to comes before it.
enum DirectoryTable: String, CaseIterable, ExpressibleByArgument {
    case units, officials, posts, delegations

    /// By the beginning of the name of a file or a sheet: the table's own, or its title in Vietnamese with or without
    /// marks.
    init?(named name: String) {
        let key = searchKey(name)
        func begins(_ beginning: String) -> Bool { key.hasPrefix(searchKey(beginning)) }
        let vietnamese = Messages(language: .vi)
        guard let table = Self.allCases.first(where: { begins($0.rawValue) || begins($0.title(vietnamese)) }) else {
            return nil
        }
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
