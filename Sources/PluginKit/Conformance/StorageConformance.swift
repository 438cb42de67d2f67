import Varlink

/// What every storage plugin must do, tried on a running one.
///
/// The suite fills the store, so it only runs on an empty one, and opens it under the rehearsal clock: what it leaves can
/// never be taken for a district's real store.
public enum StorageConformance {
    /// - Parameter connections: To the plugin. With several, checks of concurrency send from all of them.
    public static func run(over connections: [VarlinkClient]) async -> [ConformanceResult] {
        let clients = connections.map { StorageClient(writer: $0) }
        guard let connection = connections.first, let storage = clients.first else { return [] }
        let description: PluginDescription
        do {
            description = try await PluginClient(connection).describe(expecting: .storage)
            let opened = try await storage.open(clock: .rehearsal)
            let statistics = try await storage.statistics()
            try expect(
                opened.position == 0 && statistics.cases == 0 && statistics.officials == 0,
                "the store holds \(statistics.cases) cases already; run the suite on an empty store")
        } catch {
            return [ConformanceResult(name: "the plugin opens an empty store", outcome: .failed("\(error)"))]
        }
        var results: [ConformanceResult] = []
        for (number, check) in checks.enumerated() {
            // Letters and digits whose order is that of the checks, so that ids sort by it.
            let scene = StorageScene(
                plugin: PluginClient(connection), clients: clients, prefix: "k\(100 + number)-")
            results.append(await check.result(in: scene, capabilities: description.capabilities))
        }
        return results
    }

    private static var checks: [ConformanceCheck<StorageScene>] {
        opening + commits + requests + reading + finding + tasks + timers + messages + definitions + directory + care
    }
}
