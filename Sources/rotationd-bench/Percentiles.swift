/// How long things took, in milliseconds.
struct Percentiles {
    let p50: Double
    let p99: Double

    /// - Parameter latencies: Nanoseconds.
    init(_ latencies: [UInt64]) {
        let sorted = latencies.sorted()
        func percentile(_ part: Double) -> Double {
            sorted.isEmpty ? .nan : Double(sorted[Int(Double(sorted.count - 1) * part)]) / 1e6
        }
        p50 = percentile(0.5)
        p99 = percentile(0.99)
    }
}
