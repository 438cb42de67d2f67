import ArgumentParser

/// `rotationctl directory`
struct DirectoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "directory", abstract: "Who is who: units, officials, posts, delegations, and yourself.",
        subcommands: [
            DirectoryShow.self, DirectoryImport.self, DirectoryHistory.self, DirectoryAcceptDelegation.self,
            DirectoryWhoAmI.self,
        ])
}
