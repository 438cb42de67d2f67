import ArgumentParser
import JSONCore

/// `rotationctl plugin`
struct PluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "The daemon's plugins, and a check of whether a plugin keeps its contract.",
        subcommands: [PluginList.self, PluginCheck.self])
}

struct PluginList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the daemon's plugins and how they are.")

    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.listPlugins }) { session in
            let plugins = try await session.call("Manager.ListPlugins").array("plugins").compactMap(\.objectValue)
            if session.wantsJSON { return plugins.forEach(session.printJSON) }
            try PluginTable.print(plugins, session, try await session.formats())
        }
    }
}
