import Varlink

/// Plays cases with some clients at once, each waiting for its answer before it goes on.
struct LoadRun {
    let daemon: Daemon
    let clients: Int
    let seconds: Double

    func run() async throws -> LoadResult {
        let connections = try await daemon.connect(clients)
        let syncsBefore = try DiskBaseline.syncsPerSecond(in: daemon.folder)
        let begin = Machine.now + UInt64(min(1, seconds / 4) * 1e9)
        let end = begin + UInt64(seconds * 1e9)
        async let cpuSeconds = cpuSeconds(from: begin, to: end)
        let latencies = try await withThrowingTaskGroup(of: [UInt64].self) { group in
            for client in connections {
                group.addTask(executorPreference: ClientLoop.shared) {
                    let stopwatch = Stopwatch(from: begin, to: end)
                    while try await CasePlayer(
                        client: client, number: CasePlayer.next(), run: "\(begin)", stopwatch: stopwatch
                    ).play() {}
                    return stopwatch.latencies
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        for client in connections { await client.close() }
        return LoadResult(
            clients: clients, seconds: seconds, latencies: latencies, cpuSeconds: await cpuSeconds,
            syncs: [syncsBefore, try DiskBaseline.syncsPerSecond(in: daemon.folder)])
    }

    /// What each process used of the processors between two moments.
    private func cpuSeconds(from begin: UInt64, to end: UInt64) async -> [String: Double] {
        func sleep(until moment: UInt64) async {
            try? await Task.sleep(for: .nanoseconds(Int64(moment) - Int64(Machine.now)))
        }
        await sleep(until: begin)
        let before = Dictionary(daemon.usage().map { ($0.pid, $0.cpuSeconds) }) { $1 }
        await sleep(until: end)
        return Dictionary(daemon.usage().map { ($0.name, $0.cpuSeconds - before[$0.pid, default: 0]) }) { $0 + $1 }
    }
}
