import Foundation
import Synchronization

/// Lines of a pipe as they come.
final class LineReader: Sendable {
    private let lines: AsyncStream<String>

    init(_ handle: FileHandle) {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        self.lines = lines
        let descriptor = handle.fileDescriptor
        Thread.detachNewThread {
            var rest: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(descriptor, &chunk, chunk.count)
                if count <= 0 { break }
                rest += chunk[..<count]
                while let end = rest.firstIndex(of: 0x0A) {
                    continuation.yield(String(decoding: rest[...end], as: UTF8.self))
                    rest.removeSubrange(...end)
                }
            }
            if !rest.isEmpty { continuation.yield(String(decoding: rest, as: UTF8.self)) }
            continuation.finish()
            // Held until here, so that the descriptor stays open.
            withExtendedLifetime(handle) {}
        }
    }

    /// With its line end; nil at the end.
    func next() async -> String? {
        for await line in lines { return line }
        return nil
    }

    func rest() async -> String {
        var text = ""
        for await line in lines { text += line }
        return text
    }
}
