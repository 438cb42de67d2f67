/// What a number of clients got done.
struct LoadResult {
    let clients: Int
    let stepsPerSecond: Double
    /// Milliseconds.
    let p50: Double
    let p99: Double
    /// Microseconds of a processor for each step, by the process's name.
    let cpu: [String: Double]

    /// - Parameter latencies: Nanoseconds of each step, sorted.
    init(clients: Int, seconds: Double, latencies: [UInt64], cpuSeconds: [String: Double]) {
        self.clients = clients
        stepsPerSecond = Double(latencies.count) / seconds
        func percentile(_ part: Double) -> Double {
            latencies.isEmpty ? .nan : Double(latencies[Int(Double(latencies.count - 1) * part)]) / 1e6
        }
        p50 = percentile(0.5)
        p99 = percentile(0.99)
        cpu = cpuSeconds.mapValues { $0 * 1e6 / Double(max(latencies.count, 1)) }
    }
}
