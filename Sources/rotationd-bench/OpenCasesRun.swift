import Varlink

/// Fills the store with open cases, and measures what the daemon needs with them.
struct OpenCasesRun {
    let daemon: Daemon
    let count: Int

    private static let clients = 128

    func run() async throws -> OpenCasesResult {
        let begin = Machine.now
        try await fill()
        let filledPerSecond = Double(count) / (Double(Machine.now - begin) / 1e9)
        // All 64 clients at work: every cache is full.
        _ = try await LoadRun(daemon: daemon, clients: 64, seconds: 2).run()
        let worked = daemon.residentBytes
        var ready: [Double] = []
        for _ in 0..<5 {
            await daemon.stop()
            ready.append(try await daemon.start())
        }
        return OpenCasesResult(
            count: count, filledPerSecond: filledPerSecond, residentBytes: worked,
            residentBytesWhenReady: daemon.residentBytes, readyMilliseconds: ready.sorted()[ready.count / 2])
    }

    private func fill() async throws {
        let connections = try await daemon.connect(Self.clients)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, client) in connections.enumerated() {
                group.addTask(executorPreference: ClientLoop.shared) {
                    let stopwatch = Stopwatch(from: 0, to: .max)
                    for number in stride(from: index, to: count, by: Self.clients) {
                        try await CasePlayer(client: client, number: number, run: "fill", stopwatch: stopwatch).open()
                    }
                }
            }
            try await group.waitForAll()
        }
        for client in connections { await client.close() }
    }
}
