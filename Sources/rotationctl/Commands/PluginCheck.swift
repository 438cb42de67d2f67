import ArgumentParser
import JSONCore
import PluginKit
import Varlink

struct PluginCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check whether a plugin keeps its contract; the daemon is not needed.",
        discussion: """
            Runs the conformance suite of the plugin's kind. A storage plugin is filled with sample cases, so the suite \
            refuses a store that is not empty; a notification plugin sends its sample messages for real. Exits with 65 \
            when a check fails.

            EXAMPLES
              rotationctl plugin check "exec:./storage-mine --database /tmp/empty"
              rotationctl plugin check unix:/run/rotationd/notification/journal --probe
            """)

    @Argument(
        help: ArgumentHelp(
            "Where it is, as in the daemon's configuration: unix:PATH, or exec:PROGRAM ARGUMENTS to start it."))
    var address: String

    @Flag(help: "Only ask who it is and how it does: changes nothing, sends nothing.")
    var probe = false

    @Option(help: ArgumentHelp("Notification: where the sample messages go.", valueName: "address"))
    var sendTo: String?

    @OptionGroup var common: CommonOptions

    /// Connections to a storage plugin, for the checks of concurrency.
    private static let connections = 4

    func validate() throws {
        guard let place = address.split(separator: ":", maxSplits: 1).last, !place.isEmpty,
            address.hasPrefix("unix:") || address.hasPrefix("exec:")
        else { throw ValidationError("ADDRESS: write unix:PATH or exec:PROGRAM.") }
    }

    func run() async throws {
        let place = String(address.dropFirst(5))
        try await common.perform({ $0.checkPlugin(address) }, socket: place) { session in
            session.unreachableHint = session.messages.startPlugin
            if address.hasPrefix("exec:") {
                let plugin = try await StartedPlugin.start(
                    place.split(separator: " ").map(String.init), connections: Self.connections, session.messages)
                let isGood: Bool
                do { isGood = try await check(plugin.connections, session) } catch {
                    await plugin.end()
                    throw error
                }
                await plugin.end()
                if !isGood { throw ExitCode(ExitStatus.data.rawValue) }
            } else {
                var connections: [VarlinkClient] = []
                for _ in 0..<Self.connections { connections.append(try await .connect(path: place)) }
                if try await !check(connections, session) { throw ExitCode(ExitStatus.data.rawValue) }
            }
        }
    }

    private func check(_ connections: [VarlinkClient], _ session: Session) async throws -> Bool {
        let description = try PluginDescription(json: try await connections[0].call("org.rotationd.Plugin.Describe"))
        let isKnown = description.contract == PluginDescription.contract
        let state = try await PluginClient(connections[0]).probe()
        tell(description, state, session)
        if probe || !isKnown { return isKnown && state == .ready }
        session.console.flush()
        let results =
            switch description.kind {
            case .storage: await StorageConformance.run(over: connections)
            case .notification: await NotificationConformance.run(over: connections[0], address: sendTo)
            }
        return tell(results, session)
    }

    private func tell(_ description: PluginDescription, _ state: PluginState, _ session: Session) {
        let messages = session.messages
        if session.wantsJSON {
            return session.printJSON(["description": .object(description.json), "state": .object(state.json)])
        }
        var sheet = FactSheet()
        sheet.add(messages.plugin, "\(description.name) \(description.version)")
        sheet.add(messages.kind, messages.pluginKind(description.kind.rawValue))
        sheet.add(
            messages.contract, messages.contracts(description.contract, PluginDescription.contract),
            description.contract == PluginDescription.contract ? nil : .red)
        sheet.add(messages.capabilities, description.capabilities.joined(separator: ", "))
        switch state {
        case .ready: sheet.add(messages.state, messages.pluginState("ready"), .green)
        case .starting(let reason): sheet.add(messages.state, "\(messages.pluginState("starting")): \(reason)", .yellow)
        case .failing(let reason): sheet.add(messages.state, "\(messages.pluginState("failing")): \(reason)", .red)
        }
        sheet.print(on: session.console)
    }

    /// - Returns: Whether no check failed.
    private func tell(_ results: [ConformanceResult], _ session: Session) -> Bool {
        let messages = session.messages
        var counts = (passed: 0, failed: 0, skipped: 0)
        for result in results {
            let (word, shown, style, reason): (String, String, Style, String?)
            switch result.outcome {
            case .passed:
                (word, shown, style, reason) = ("passed", messages.passed, .green, nil)
                counts.passed += 1
            case .failed(let why):
                (word, shown, style, reason) = ("failed", messages.failed, .red, why)
                counts.failed += 1
            case .skipped(let why):
                (word, shown, style, reason) = ("skipped", messages.skipped, .yellow, why)
                counts.skipped += 1
            }
            if session.wantsJSON {
                var json: JSONObject = ["check": .string(result.name), "outcome": .string(word)]
                json["reason"] = reason.map(JSON.string)
                session.printJSON(json)
            } else {
                let mark = session.console.styled(shown.padded(to: messages.failed.displayWidth), style)
                session.console.print("\(mark)  \(result.name)\(reason.map { ": \($0)" } ?? "")")
            }
        }
        if !session.wantsJSON {
            session.console.print()
            session.console.print(messages.conformance(counts.passed, counts.failed, counts.skipped))
        }
        return counts.failed == 0
    }
}
