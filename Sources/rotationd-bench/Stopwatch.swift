/// How long the steps of one client took that ended within the time of measuring.
final class Stopwatch {
    private let begin: UInt64
    private let end: UInt64
    private(set) var latencies: [UInt64] = []

    /// - Parameters: Moments of ``Machine/now``.
    init(from begin: UInt64, to end: UInt64) {
        self.begin = begin
        self.end = end
    }

    /// - Returns: Whether there is time left.
    func took(since began: UInt64) -> Bool {
        let now = Machine.now
        if now >= begin, now < end { latencies.append(now - began) }
        return now < end
    }
}
