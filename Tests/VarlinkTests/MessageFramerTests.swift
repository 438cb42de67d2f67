import NIOCore
import Testing

@testable import Varlink

@Suite struct MessageFramerTests {
    @Test func testAnySplitOfTheBytesGivesTheSameMessages() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            let messages = (0..<Int.random(in: 1...20, using: &random)).map { _ -> [UInt8] in
                (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 1...255, using: &random) }
            }
            var bytes = Array(messages.map { $0 + [0] }.joined())[...]
            var framer = MessageFramer(maximumBytes: 300)
            var received: [[UInt8]] = []
            while !bytes.isEmpty {
                let count = min(bytes.count, Int.random(in: 1...400, using: &random))
                framer.append(ByteBuffer(bytes: bytes.prefix(count)))
                bytes = bytes.dropFirst(count)
                // Sometimes messages are left to wait for the next bytes.
                while Int.random(in: 0..<4, using: &random) > 0, let message = try framer.next() {
                    received.append(Array(message.readableBytesView))
                }
            }
            while let message = try framer.next() { received.append(Array(message.readableBytesView)) }
            #expect(received == messages)
            #expect(framer.bufferedBytes == 0)
        }
    }

    @Test func testAMessageIsRefusedAsSoonAsItPassesTheLimit() throws {
        var framer = MessageFramer(maximumBytes: 10)
        framer.append(ByteBuffer(repeating: 1, count: 10))
        #expect(try framer.next() == nil)
        framer.append(ByteBuffer(repeating: 1, count: 1))
        #expect(throws: MessageFramer.MessageTooLarge(limit: 10)) { try framer.next() }
    }

    @Test func testAMessageOfJustTheLimitPassesAndOneMoreDoesNot() throws {
        var framer = MessageFramer(maximumBytes: 10)
        framer.append(ByteBuffer(bytes: Array(repeating: 1, count: 10) + [0] + Array(repeating: 1, count: 11) + [0]))
        #expect(try framer.next()?.readableBytes == 10)
        #expect(throws: MessageFramer.MessageTooLarge(limit: 10)) { try framer.next() }
    }
}
