import Dispatch
import Glibc

/// Ends the process on SIGINT or SIGTERM with the status by which shells know that, after a last word on standard error.
struct Interruption {
    private let sources: [any DispatchSourceSignal]

    init(lastWord: @escaping @Sendable () -> String?) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                if let word = lastWord() { Console.error(word) }
                exit(128 + number)
            }
            source.resume()
            return source
        }
    }

    /// From here on the signals are taken as before.
    func end() {
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
}
