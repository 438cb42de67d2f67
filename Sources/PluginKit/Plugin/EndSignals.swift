import Dispatch
import Glibc

/// SIGTERM and SIGINT as values.
final class EndSignals: Sendable {
    private let signals: AsyncStream<String>
    // Kept, because a source that nobody holds is cancelled. Nothing else is done with them.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    init() {
        let (signals, continuation) = AsyncStream.makeStream(of: String.self)
        self.signals = signals
        sources = [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT")].map { number, name in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(name) }
            source.resume()
            return source
        }
    }

    /// The next signal. Cancelled, it returns at once.
    func next() async -> String {
        for await name in signals { return name }
        return "nothing"
    }
}
