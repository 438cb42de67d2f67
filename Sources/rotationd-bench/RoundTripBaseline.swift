import Varlink

/// Calls that need no work: what the socket, the wire and both event loops cost.
enum RoundTripBaseline {
    static func callsPerSecond(_ daemon: Daemon, clients: Int, seconds: Double) async throws -> Double {
        let connections = try await daemon.connect(clients)
        let begin = Machine.now
        let end = begin + UInt64(seconds * 1e9)
        let calls = try await withThrowingTaskGroup(of: Int.self) { group in
            for client in connections {
                group.addTask(executorPreference: ClientLoop.shared) {
                    var calls = 0
                    while Machine.now < end {
                        _ = try await client.call("org.varlink.service.GetInfo")
                        calls += 1
                    }
                    return calls
                }
            }
            return try await group.reduce(0, +)
        }
        let took = Double(Machine.now - begin) / 1e9
        for client in connections { await client.close() }
        return Double(calls) / took
    }
}
