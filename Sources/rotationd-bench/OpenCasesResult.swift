/// The daemon with many open cases.
struct OpenCasesResult {
    let count: Int
    let filledPerSecond: Double
    /// After the filling and work with all caches full, and right after a start.
    let residentBytes: Int
    let residentBytesWhenReady: Int
    /// From the start of the process to its first answer; the median of five.
    let readyMilliseconds: Double
}
