import JSONCore

/// The daemon's plugins as a table.
enum PluginTable {
    static func print(_ plugins: [JSONObject], _ session: Session, _ formats: Formats) throws {
        let messages = session.messages
        var table = Table([
            .init(title: messages.plugin), .init(title: messages.kind), .init(title: messages.state),
            .init(title: messages.version), .init(title: messages.latency, isNumber: true),
            .init(title: messages.restarts, isNumber: true), .init(title: messages.address, isFlexible: true),
            .init(title: messages.reason, isFlexible: true),
        ])
        let rows: [[Table.Cell]] = try plugins.map { plugin in
            let state = try plugin.string("state")
            let style: Style = state == "ready" ? .green : state == "failing" ? .red : .yellow
            let latency = plugin["latencyMilliseconds"]?.numberValue.map { formats.number($0) + " ms" }
            return [
                .init(try plugin.string("name")), .init(messages.pluginKind(try plugin.string("kind"))),
                .init(messages.pluginState(state), style), .init(try plugin.optionalString("version") ?? ""),
                .init(latency ?? ""), .init(formats.number(try plugin.int("restarts"))),
                .init(try plugin.string("address")), .init(try plugin.optionalString("reason") ?? "", style),
            ]
        }
        table.print(rows, on: session.console)
        if plugins.isEmpty { session.console.note(messages.noPlugins) }
    }
}
