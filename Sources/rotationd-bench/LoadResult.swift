/// What a number of clients got done.
struct LoadResult {
    let clients: Int
    let stepsPerSecond: Double
    /// Milliseconds.
    let p50: Double
    let p99: Double
    /// Microseconds of a processor for each step, by the process's name.
    let cpu: [String: Double]

    /// fdatasync a second right before and right after. A disk that others use, or a virtual one, may change its speed
    /// by a factor of fifty within a minute, so that one sample somewhere in the run bounds nothing.
    let syncs: [Double]

    /// What the disk could do meanwhile, at its best.
    var syncBound: Double { syncs.max() ?? .nan }
    /// Whether the disk was the same before and after, so that a ratio to it means something.
    var isDiskSteady: Bool { (syncs.min() ?? 0) * 2 >= syncBound }

    /// - Parameter latencies: Nanoseconds of each step, sorted.
    init(clients: Int, seconds: Double, latencies: [UInt64], cpuSeconds: [String: Double], syncs: [Double]) {
        self.clients = clients
        self.syncs = syncs
        stepsPerSecond = Double(latencies.count) / seconds
        func percentile(_ part: Double) -> Double {
            latencies.isEmpty ? .nan : Double(latencies[Int(Double(latencies.count - 1) * part)]) / 1e6
        }
        p50 = percentile(0.5)
        p99 = percentile(0.99)
        cpu = cpuSeconds.mapValues { $0 * 1e6 / Double(max(latencies.count, 1)) }
    }
}
