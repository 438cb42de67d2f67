import NIOCore

#if canImport(Glibc)
    import Glibc
#endif

/// Cuts a stream of bytes into messages, each ended by a NUL.
struct MessageFramer {
    struct MessageTooLarge: Error, Equatable {
        let limit: Int
    }

    private let maximumBytes: Int
    private var buffer = ByteBuffer()
    /// How many of the readable bytes are known to hold no NUL.
    private var scanned = 0

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Bytes received and not handed out.
    var bufferedBytes: Int { buffer.readableBytes }

    mutating func append(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
            scanned = 0
        } else {
            // What has been handed out need not be copied when the buffer grows.
            buffer.discardReadBytes()
            buffer.writeImmutableBuffer(bytes)
        }
    }

    /// The next whole message without its NUL, or nil until more bytes come.
    /// - Throws: As soon as a message has more bytes than the limit, whether or not its end has come.
    mutating func next() throws(MessageTooLarge) -> ByteBuffer? {
        let readable = buffer.readableBytes
        guard scanned < readable else { return nil }
        let length = buffer.withUnsafeReadableBytes { [scanned] bytes -> Int? in
            guard let base = bytes.baseAddress, let found = memchr(base + scanned, 0, readable - scanned) else {
                return nil
            }
            return UnsafeRawPointer(found) - base
        }
        guard length ?? readable <= maximumBytes else { throw MessageTooLarge(limit: maximumBytes) }
        guard let length, let message = buffer.readSlice(length: length) else {
            scanned = readable
            return nil
        }
        buffer.moveReaderIndex(forwardBy: 1)
        scanned = 0
        return message
    }
}
