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
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(name) }
            // Not ignored meanwhile: until the source takes it a signal ends the process, as it should. Ignored it would be
            // lost, and the service manager would wait in vain.
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
