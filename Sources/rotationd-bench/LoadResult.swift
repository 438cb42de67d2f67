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

    /// - Parameter latencies: Nanoseconds of each step.
    init(clients: Int, seconds: Double, latencies: [UInt64], cpuSeconds: [String: Double], syncs: [Double]) {
        self.clients = clients
        self.syncs = syncs
        stepsPerSecond = Double(latencies.count) / seconds
        let percentiles = Percentiles(latencies)
        p50 = percentiles.p50
        p99 = percentiles.p99
        cpu = cpuSeconds.mapValues { $0 * 1e6 / Double(max(latencies.count, 1)) }
    }
}
