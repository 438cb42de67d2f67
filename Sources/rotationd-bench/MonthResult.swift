import JSONCore

/// What a month of so many officials took.
struct MonthResult {
    struct Phase {
        let name: String
        let stepsPerSecond: Double
        let latency: Percentiles
        /// What the disk could do, the better of before and after.
        let syncs: Double
    }

    let officials: Int
    let phases: [Phase]
    /// Another client, alone and while all cases are opened.
    let bystanderBefore: Percentiles
    let bystanderMeanwhile: Percentiles
    let residentBytes: Int
    /// Calls without work a second, as many clients at once.
    var roundTrips = 0.0
    /// Steps a second that SQLite writes with nothing around it, 64 in a transaction.
    var sqlite = 0.0
}
