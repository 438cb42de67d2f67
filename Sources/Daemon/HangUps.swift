import Dispatch
import Foundation

/// SIGHUP, the customary wish for a reload, as values. None is lost from when this is made.
final class HangUps: Sendable {
    let signals: AsyncStream<Void>
    // Kept, because a source that nobody holds is cancelled. Nothing else is done with it.
    private nonisolated(unsafe) let source: any DispatchSourceSignal

    init() async {
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self)
        self.signals = signals
        let source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
        self.source = source
        source.setEventHandler { continuation.yield() }
        await withCheckedContinuation { registered in
            source.setRegistrationHandler { registered.resume() }
            source.resume()
        }
    }
}
