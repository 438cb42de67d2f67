import JSONCore
import NIOCore
import Testing

@testable import Varlink

@Suite struct ServerConnectionStateTests {
    private let echo = CallMessage(method: "a.b.Echo", parameters: [:], mode: .unary)

    private func state(pipelined: Int = 100) -> ServerConnectionState {
        var limits = ServerLimits()
        limits.maximumMessageBytes = 1000
        limits.maximumPipelinedBytes = pipelined
        return ServerConnectionState(limits: limits)
    }

    private var bytes: ByteBuffer { ByteBuffer(bytes: echo.encoded()) }

    @Test func testOneCallBeginsWhenTheOneBeforeHasFinished() {
        var state = state()
        #expect(state.received(bytes) == .start(echo))
        #expect(state.received(bytes) == .none)
        #expect(state.finished() == .start(echo))
        #expect(state.finished() == .none)
    }

    @Test func testReadingPausesBehindPipelinedCallsAndGoesOnAfterThem() {
        var state = state(pipelined: bytes.readableBytes)
        #expect(state.wantsRead)
        _ = state.received(bytes)
        #expect(state.wantsRead)
        _ = state.received(bytes)
        #expect(!state.wantsRead)
        #expect(state.finished() == .start(echo))
        #expect(state.wantsRead)
    }

    @Test func testAMessageLongerThanThePipelineIsReadToItsEnd() {
        var state = state(pipelined: 1)
        let bytes = bytes
        #expect(state.received(bytes.getSlice(at: 0, length: 10)!) == .none)
        #expect(state.wantsRead)
        #expect(state.received(bytes.getSlice(at: 10, length: bytes.readableBytes - 10)!) == .start(echo))
    }

    @Test func testNoCallBeginsAndNothingIsReadWhileTheReaderIsSlow() {
        var state = state()
        #expect(state.writabilityChanged(false) == .none)
        #expect(state.received(bytes) == .none)
        #expect(!state.wantsRead)
        #expect(state.writabilityChanged(true) == .start(echo))
    }

    @Test func testAViolationClosesAfterTheCallsBeforeIt() {
        var state = state()
        #expect(state.received(bytes) == .start(echo))
        #expect(state.received(ByteBuffer(string: "{}\0")) == .none)
        #expect(state.finished() == .close(.violation("a call names no method")))
        #expect(!state.wantsRead)
        #expect(state.received(bytes) == .none)
    }

    @Test func testAnEndOfInputClosesWhenEveryCallIsAnswered() {
        var state = state()
        _ = state.received(bytes)
        _ = state.received(bytes)
        #expect(state.receivedEndOfInput() == .none)
        #expect(state.finished() == .start(echo))
        #expect(state.finished() == .close(.endOfInput))
    }

    @Test func testShutdownAnswersTheCallUnderWayAndBeginsNoOther() {
        var state = state()
        _ = state.received(bytes)
        _ = state.received(bytes)
        #expect(state.shutDown() == .none)
        #expect(state.finished() == .close(.shutdown))
    }

    @Test func testShutdownClosesAnIdleConnection() {
        var state = state()
        #expect(state.shutDown() == .close(.shutdown))
        #expect(state.shutDown() == .none)
    }

    @Test func testACallReadsBackAsItWasWritten() throws {
        for mode in [CallMessage.Mode.unary, .oneway, .more, .upgrade] {
            for parameters: JSONObject in [[:], ["a": [1, 2.5, nil, "\u{0}\n\"xin chào\""], "b": ["c": true]]] {
                let call = CallMessage(method: "a.b.C", parameters: parameters, mode: mode)
                var bytes = call.encoded()
                #expect(bytes.removeLast() == 0 && !bytes.contains(0))
                #expect(try CallMessage(parsing: ByteBuffer(bytes: bytes), maximumDepth: 64) == call)
            }
        }
    }

    @Test func testMutatedMessagesNeverCrash() {
        var random = SeededGenerator(seed: 3)
        let parameters: JSONObject = ["text": "xin chào", "n": [1, -2.5e10, true, nil, ["deep": [:]]]]
        let message = CallMessage(method: "org.example.test.Echo", parameters: parameters, mode: .more).encoded()
        let pool = Array("{}[]\",:\\utrfn0123456789eE+-. ".utf8) + [0, 0x80, 0xC3, 0xFF]
        for _ in 0..<20_000 {
            var bytes = message
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = bytes.indices.randomElement(using: &random)!
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.remove(at: index)
                case 1: bytes.insert(pool.randomElement(using: &random)!, at: index)
                default: bytes[index] = pool.randomElement(using: &random)!
                }
            }
            var state = state()
            var action = state.received(ByteBuffer(bytes: bytes))
            while case .start = action { action = state.finished() }
        }
    }
}
