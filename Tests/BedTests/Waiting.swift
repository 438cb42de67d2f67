import Testing

/// What did not come true in time.
struct NeverHappened: Error, CustomStringConvertible {
    let what: String
    var description: String { "did not happen: \(what)" }
}

/// Waits until `condition` holds, looking again and again.
/// - Throws: ``NeverHappened`` after `limit`: long enough for a slow machine, short enough for an impatient person.
func until(_ what: String, limit: Duration = .seconds(30), _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw NeverHappened(what: what)
}
