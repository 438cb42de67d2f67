import ArgumentParser
import JSONCore
import PluginKit
import Varlink

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

struct PluginCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check a plugin by itself; the daemon is not needed.",
        discussion: "Asks who the plugin is and how it does, and compares the edition of the contract.")

    @Argument(help: "The plugin's socket, as in the daemon's configuration: unix:/run/rotationd/storage/sqlite.")
    var address: String

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if !address.hasPrefix("unix:") && !address.hasPrefix("/") {
            throw ValidationError("ADDRESS: write unix:PATH. A plugin that is started by the daemon listens with: PLUGIN --socket PATH.")
        }
    }

    func run() async throws {
        let path = address.hasPrefix("unix:") ? String(address.dropFirst(5)) : address
        try await common.perform({ $0.checkPlugin(address) }, socket: path) { session in
            let messages = session.messages
            let described = try await session.call("Plugin.Describe")
            let probed = try await session.call("Plugin.Probe")
            let description = try PluginDescription(json: described)
            let state = try PluginState(json: probed)
            let isKnown = description.contract == PluginDescription.contract
            if session.wantsJSON {
                session.printJSON(["description": .object(described), "state": .object(probed)])
            } else {
                var sheet = FactSheet()
                sheet.add(messages.plugin, "\(description.name) \(description.version)")
                sheet.add(messages.kind, messages.pluginKind(description.kind.rawValue))
                sheet.add(
                    messages.contract, messages.contracts(description.contract, PluginDescription.contract),
                    isKnown ? nil : .red)
                sheet.add(messages.capabilities, description.capabilities.joined(separator: ", "))
                switch state {
                case .ready: sheet.add(messages.state, messages.pluginState("ready"), .green)
                case .starting(let reason): sheet.add(messages.state, "\(messages.pluginState("connecting")): \(reason)", .yellow)
                case .failing(let reason): sheet.add(messages.state, "\(messages.pluginState("failing")): \(reason)", .red)
                }
                sheet.print(on: session.console)
            }
            if !isKnown || state != .ready { throw ExitCode(ExitStatus.data.rawValue) }
        }
    }
}
