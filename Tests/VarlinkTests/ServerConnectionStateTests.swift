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
}
